package dev.newsfeed.streams.mostread;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reads of one article on one UTC day: who read it, when, from which network.
 *
 * <pre>
 * visitor   minute  network  event
 * 4f1c…     613     9a02     77e1…   counts
 * 81d3…     613     9a02     -       counts
 * 81d3…     688     9a02     -       counts: another slot
 * c05a…     702     11f8     77e1…   repeat: the event of 613 again
 * </pre>
 *
 * What counts is a function of the set of clicks, not of the order in which they came:
 *
 * <ol>
 *   <li>A visitor's earliest click in a slot is the read of that slot, the others are repeats.
 *   <li>Of reads with one event id on this day, the earliest counts; none does when the day before
 *       has the event.
 *   <li>Of a visitor's reads, the first {@link ReadRules#visitorReads} count.
 *   <li>Of a network's reads, the first {@code n} count, {@code n} as {@link NetworkCounts#cap} says.
 * </ol>
 *
 * The first three are kept up to date with every click; the fourth needs all networks and is done by
 * {@link #settle} before lists are made. A late click that turns out to be a slot's earliest takes the
 * row over. Rows never change their place, because the changelog holds them in chunks of {@link
 * #CHUNK}.
 *
 * <p>Not safe for several threads.
 */
final class ReadsOfDay {

  /** Rows in a record of the changelog: a click rewrites at most so many. */
  static final int CHUNK = 64;

  static final long DAY_MS = 86_400_000;
  private static final long MINUTE_MS = 60_000;

  /** Below this size, looking at every row is quicker than an index, and takes no room. */
  private static final int SCANNED = 8;

  /** Nobody is named: the row is there to be counted for its network, and is like no other. */
  static final int NAMELESS = 1;

  /** Only the event is named, in the visitor's place; its slot is the whole day. */
  static final int BY_EVENT = 2;

  private static final int REPEATED = 4;
  private static final int OVER_CAP = 8;
  private static final int NAMED_BY = NAMELESS | BY_EVENT;
  private static final short[] NONE = {};
  private static final int NO_ROW = -1;

  private final ArticleCount article;
  private final ReadRules rules;
  private final long day;

  private int size;

  /** Of each row the visitor, then network, 32 bits │ flags, 16 │ minute of the day, 16. */
  private long[] rows = new long[4];

  private long @Nullable [] events; // 0: no event
  private @Nullable RowIndex byVisitor;
  private @Nullable RowIndex byEvent; // the earliest row of each event
  private @Nullable Set<Long> shared; // events that more than one row has had
  private int othersOfVisitor; // that the last find() came by

  private int counted;
  private int countedWithoutNetwork;
  private NetworkCounts networks = new NetworkCounts();
  private int inNetworks; // rows that are counted there
  private boolean unsettled;
  private short[] overNetworkCap = NONE;

  private int written;
  private @Nullable BitSet rewritten; // chunks below "written" that have changed
  private int chunksBefore; // that the changelog may have beyond those there are

  ReadsOfDay(ArticleCount article, long day, ReadRules rules) {
    this.article = article;
    this.day = day;
    this.rules = rules;
  }

  long day() {
    return day;
  }

  int size() {
    return size;
  }

  // ---- clicks

  /**
   * Takes a click.
   *
   * @param visitor who clicked, or with {@link #BY_EVENT} the event
   * @param namedBy 0, {@link #NAMELESS} or {@link #BY_EVENT}
   * @param minute of the day
   * @param network 0: not known
   * @param event 0: none given
   * @return the minute in which it turned out to be one more click of a read that stands already; -1
   *     when it is a row of its own
   */
  int take(long visitor, int namedBy, int minute, int network, long event) {
    int row = namedBy == NAMELESS ? -1 : find(visitor, namedBy, minute);
    if (row < 0) {
      append(visitor, place(network, namedBy, minute), event);
      count(size - 1, 1);
      if (event != 0) {
        eventEnters(size - 1);
      }
      if (namedBy == 0 && othersOfVisitor >= rules.visitorReads()) {
        capVisitor(visitor);
      }
      return -1;
    }
    if (!isEarlier(minute, event, network, row)) {
      return minute;
    }
    int later = minute(row);
    takeOver(row, minute, network, event);
    return later;
  }

  private boolean isEarlier(int minute, long event, int network, int row) {
    if (minute != minute(row)) {
      return minute < minute(row);
    }
    int byEventId = Long.compareUnsigned(event, event(row));
    return byEventId != 0 ? byEventId < 0 : Integer.compareUnsigned(network, network(row)) < 0;
  }

  private void takeOver(int row, int minute, int network, long event) {
    if (row < written) {
      rewritten = rewritten == null ? new BitSet() : rewritten;
      rewritten.set(row / CHUNK);
    }
    eventIndex(NO_ROW); // should it be made now: while the row is what the others know
    count(row, -1);
    long left = event(row);
    rows[row * 2 + 1] = place(network, flags(row) & NAMED_BY, minute);
    putEvent(row, event);
    count(row, 1);
    if (left != 0 && left != event) {
      eventLeaves(left, row);
    }
    if (event != 0) {
      eventEnters(row);
    }
    if ((flags(row) & NAMED_BY) == 0) {
      capVisitor(visitor(row));
    }
  }

  /** The row of this visitor and slot, or -1; passes the visitor's others on its way. */
  private int find(long visitor, int namedBy, int minute) {
    othersOfVisitor = 0;
    RowIndex index = visitorIndex();
    if (index == null) {
      for (int row = 0; row < size; row++) {
        if (visitor(row) == visitor) {
          if (isSame(row, namedBy, minute)) {
            return row;
          }
          othersOfVisitor++;
        }
      }
      return -1;
    }
    for (int at = index.first(visitor); at >= 0; at = index.next(at, visitor)) {
      int row = index.row(at);
      if (visitor(row) == visitor) {
        if (isSame(row, namedBy, minute)) {
          return row;
        }
        othersOfVisitor++;
      }
    }
    return -1;
  }

  private boolean isSame(int row, int namedBy, int minute) {
    return (flags(row) & NAMED_BY) == namedBy
        && (namedBy == BY_EVENT || rules.slotOf(minute(row)) == rules.slotOf(minute));
  }

  private void append(long visitor, long place, long event) {
    if (size * 2 == rows.length) {
      int length = size + Math.max(2, size / 2);
      rows = Arrays.copyOf(rows, length * 2);
      events = events == null ? null : Arrays.copyOf(events, length);
    }
    rows[size * 2] = visitor;
    rows[size * 2 + 1] = place;
    size++;
    if (event != 0) {
      putEvent(size - 1, event);
    }
    if (byVisitor != null && !isNameless(size - 1)) {
      byVisitor.add(visitor, size - 1);
    }
  }

  /** Null while there are so few rows that it is quicker to look at them all. */
  private @Nullable RowIndex visitorIndex() {
    if (byVisitor == null && size > SCANNED) {
      byVisitor = new RowIndex(size);
      for (int row = 0; row < size; row++) {
        if (!isNameless(row)) {
          byVisitor.add(visitor(row), row);
        }
      }
    }
    return byVisitor;
  }

  /** Nobody ever looks for such a row; all of them under one key would be one long chain. */
  private boolean isNameless(int row) {
    return (flags(row) & NAMED_BY) == NAMELESS;
  }

  // ---- what counts

  /** Adds a row to what it counts as, or takes it out. */
  private void count(int row, int change) {
    int flags = flags(row);
    long timeMs = timeMs(minute(row));
    if ((flags & REPEATED) != 0) {
      article.derive(ReadRules.REPEAT, timeMs, change);
    } else if ((flags & OVER_CAP) != 0) {
      article.derive(ReadRules.VISITOR_CAP, timeMs, change);
    } else {
      article.addRead(timeMs, change);
      counted += change;
      if (row < inNetworks) {
        countInNetwork(row, change); // later rows are looked at when it is settled, side by side
      }
      unsettled = true;
    }
  }

  private void countInNetwork(int row, int change) {
    int network = network(row);
    if (network == 0) {
      countedWithoutNetwork += change;
    } else {
      networks.add(network, change);
    }
  }

  private void flag(int row, int flag, boolean set) {
    int before = flags(row);
    int after = set ? before | flag : before & ~flag;
    if (after != before) {
      count(row, -1);
      setFlags(row, after);
      count(row, 1);
    }
  }

  /** Looks again which of a visitor's reads are too many. */
  private void capVisitor(long visitor) {
    int[] ofVisitor = rowsOf(visitor);
    if (ofVisitor.length <= rules.visitorReads()) {
      return;
    }
    int reads = 0;
    for (int row : ofVisitor) {
      if ((flags(row) & REPEATED) == 0) {
        reads++;
      }
      flag(row, OVER_CAP, reads > rules.visitorReads());
    }
  }

  /** A visitor's reads, the earliest first. Few: a day has only so many slots. */
  private int[] rowsOf(long visitor) {
    int[] found = NO_ROWS;
    RowIndex index = visitorIndex();
    if (index == null) {
      for (int row = 0; row < size; row++) {
        found = withIfOf(visitor, row, found);
      }
    } else {
      for (int at = index.first(visitor); at >= 0; at = index.next(at, visitor)) {
        found = withIfOf(visitor, index.row(at), found);
      }
    }
    return found;
  }

  private static final int[] NO_ROWS = {};

  private int[] withIfOf(long visitor, int row, int[] found) {
    if (visitor(row) != visitor || (flags(row) & NAMED_BY) != 0) {
      return found;
    }
    int[] more = Arrays.copyOf(found, found.length + 1);
    int at = found.length;
    while (at > 0 && minute(more[at - 1]) > minute(row)) {
      more[at] = more[at - 1];
      at--;
    }
    more[at] = row;
    return more;
  }

  // ---- events

  /** Whether some read of the day has this event. */
  boolean hasEvent(long event) {
    return earliest(event) >= 0;
  }

  /** The earliest row with this event, or -1. */
  private int earliest(long event) {
    RowIndex index = eventIndex(NO_ROW);
    if (index == null) {
      return earliestBut(NO_ROW, event);
    }
    int at = place(index, event);
    return at < 0 ? NO_ROW : index.row(at);
  }

  /** Where the index has the event, or -1. */
  private int place(RowIndex index, long event) {
    for (int at = index.first(event); at >= 0; at = index.next(at, event)) {
      if (event(index.row(at)) == event) {
        return at;
      }
    }
    return -1;
  }

  /** The earliest row with this event that is not a certain one, or -1; looks at all rows. */
  private int earliestBut(int without, long event) {
    int earliest = NO_ROW;
    for (int row = 0; row < size && events != null; row++) {
      if (row != without
          && event(row) == event
          && (earliest == NO_ROW || isBefore(row, earliest))) {
        earliest = row;
      }
    }
    return earliest;
  }

  /**
   * Null while there are so few rows that it is quicker to look at them all.
   *
   * @param without a row that is to be taken in later, should the index be made now
   */
  private @Nullable RowIndex eventIndex(int without) {
    if (byEvent == null && events != null && size > SCANNED) {
      RowIndex index = new RowIndex(size);
      byEvent = index;
      for (int row = 0; row < size; row++) {
        if (row != without && event(row) != 0) {
          int at = place(index, event(row));
          if (at < 0) {
            index.add(event(row), row);
          } else {
            share(event(row));
            if (isBefore(row, index.row(at))) {
              index.replace(at, row);
            }
          }
        }
      }
    }
    return byEvent;
  }

  private void share(long event) {
    shared = shared == null ? new HashSet<>() : shared;
    shared.add(event);
  }

  private void eventEnters(int row) {
    long event = event(row);
    RowIndex index = eventIndex(row);
    int at = index == null ? -1 : place(index, event);
    int earliest = index == null ? earliestBut(row, event) : at < 0 ? NO_ROW : index.row(at);
    boolean isFirst = earliest == NO_ROW || earliest == row || isBefore(row, earliest);
    if (index != null) {
      if (at < 0) {
        index.add(event, row);
      } else if (earliest != row) {
        share(event);
        if (isFirst) {
          index.replace(at, row);
        }
      }
    }
    if (earliest == NO_ROW) {
      repeated(row, article.hasEvent(day - 1, event));
      article.eventChanged(day + 1, event);
    } else if (isFirst) {
      repeated(row, article.hasEvent(day - 1, event));
      if (earliest != row) {
        repeated(earliest, true);
      }
    } else {
      repeated(row, true);
    }
  }

  /** A row that had this event has another one now. */
  private void eventLeaves(long event, int row) {
    RowIndex index = byEvent;
    if (index != null) {
      int at = index.first(event);
      while (at >= 0 && index.row(at) != row) {
        at = index.next(at, event);
      }
      if (at < 0) {
        return; // it was not the earliest, so nothing hung on it
      }
      index.remove(at);
      if (shared == null || !shared.contains(event)) {
        article.eventChanged(day + 1, event);
        return;
      }
    }
    int next = earliestBut(row, event);
    if (next < 0) {
      article.eventChanged(day + 1, event);
      return;
    }
    if (index != null) {
      index.add(event, next);
    }
    repeated(next, article.hasEvent(day - 1, event));
  }

  /** The day before has this event now, or has it no more. */
  void eventBeforeChanged(long event) {
    int earliest = earliest(event);
    if (earliest >= 0) {
      repeated(earliest, article.hasEvent(day - 1, event));
    }
  }

  private void repeated(int row, boolean repeated) {
    if (((flags(row) & REPEATED) != 0) != repeated) {
      flag(row, REPEATED, repeated);
      if ((flags(row) & NAMED_BY) == 0) {
        capVisitor(visitor(row));
      }
    }
  }

  private boolean isBefore(int row, int other) {
    if (minute(row) != minute(other)) {
      return minute(row) < minute(other);
    }
    int byVisitorKey = Long.compareUnsigned(visitor(row), visitor(other));
    return byVisitorKey != 0
        ? byVisitorKey < 0
        : (flags(row) & NAMED_BY) < (flags(other) & NAMED_BY);
  }

  // ---- networks

  /** Looks again which reads of which networks are too many. */
  void settle() {
    if (!unsettled) {
      return;
    }
    unsettled = false;
    short[] over = overNetworkCap();
    if (Arrays.equals(over, overNetworkCap)) {
      return;
    }
    for (short minute : overNetworkCap) {
      overCap(minute, -1);
    }
    for (short minute : over) {
      overCap(minute, 1);
    }
    overNetworkCap = over;
  }

  private short[] overNetworkCap() {
    if (counted <= rules.networkFloor()) {
      return NONE; // so few that no network can be over its cap
    }
    for (; inNetworks < size; inNetworks++) {
      if ((flags(inNetworks) & (REPEATED | OVER_CAP)) == 0) {
        countInNetwork(inNetworks, 1);
      }
    }
    int cap = networks.cap(rules.networkFloor(), rules.networkPercent(), countedWithoutNetwork);
    return networks.largest() <= cap ? NONE : overNetworkCap(networks, cap);
  }

  private void overCap(int minute, int change) {
    article.addRead(timeMs(minute), -change);
    article.derive(ReadRules.NETWORK_CAP, timeMs(minute), change);
  }

  /** The minutes of the reads that are too many: of each network those after the first ones. */
  private short[] overNetworkCap(NetworkCounts counts, int cap) {
    Map<Integer, short[]> minutes = new HashMap<>();
    Map<Integer, Integer> sizes = new HashMap<>();
    int total = 0;
    for (int row = 0; row < size; row++) {
      int network = network(row);
      if (network != 0
          && (flags(row) & (REPEATED | OVER_CAP)) == 0
          && counts.count(network) > cap) {
        short[] of = minutes.computeIfAbsent(network, n -> new short[counts.count(n)]);
        of[sizes.merge(network, 1, Integer::sum) - 1] = (short) minute(row);
      }
    }
    for (short[] of : minutes.values()) {
      total += of.length - cap;
    }
    short[] over = new short[total];
    int at = 0;
    for (short[] of : minutes.values()) {
      Arrays.sort(of);
      System.arraycopy(of, cap, over, at, of.length - cap);
      at += of.length - cap;
    }
    Arrays.sort(over);
    return over;
  }

  /** Gives up what can be made again from the rows; for a day on which hardly a click still falls. */
  void rest() {
    if (size * 2 < rows.length) {
      rows = Arrays.copyOf(rows, size * 2);
      events = events == null ? null : Arrays.copyOf(events, size);
    }
    byVisitor = null;
    byEvent = null;
    shared = null;
    if (inNetworks > 0) {
      networks = new NetworkCounts();
      countedWithoutNetwork = 0;
      inNetworks = 0;
    }
  }

  // ---- the changelog

  boolean hasUnwritten() {
    return written < size || rewritten != null;
  }

  /** How many records it takes in the changelog. */
  int chunks() {
    return (size + CHUNK - 1) / CHUNK;
  }

  /** Takes a chunk for the changelog; null: it is no more. */
  interface ChunkWriter {
    void write(int chunk, @Nullable ByteBuffer rows);
  }

  /** Hands out what has changed since the last call. */
  void writeChanged(ChunkWriter writer) {
    BitSet changed = rewritten == null ? new BitSet() : rewritten;
    rewritten = null;
    if (written < size) {
      changed.set(written / CHUNK, chunks());
      written = size;
    }
    changed.stream().forEach(chunk -> writer.write(chunk, packed(chunk)));
    for (int chunk = chunks(); chunk < chunksBefore; chunk++) {
      writer.write(chunk, null);
    }
    chunksBefore = 0;
  }

  /** The rows of a chunk as the changelog keeps them; see {@link ReadRow}. */
  ByteBuffer packed(int chunk) {
    int end = Math.min(size, (chunk + 1) * CHUNK);
    ByteBuffer out = ByteBuffer.allocate((end - chunk * CHUNK) * ReadRow.MAX_BYTES);
    for (int row = chunk * CHUNK; row < end; row++) {
      ReadRow.put(out, flags(row) & NAMED_BY, minute(row), network(row), visitor(row), event(row));
    }
    return out.flip();
  }

  /**
   * The rows came from the changelog.
   *
   * @param rows how many stood there; when they were counted by other rules then, fewer may be left,
   *     and all are written anew
   */
  void restoredFrom(int rows) {
    if (rows == size) {
      written = size;
      rewritten = null;
    } else {
      chunksBefore = (rows + CHUNK - 1) / CHUNK;
    }
  }

  // ---- columns

  private long timeMs(int minute) {
    return day * DAY_MS + minute * MINUTE_MS;
  }

  private static long place(int network, int flags, int minute) {
    return (long) network << 32 | (long) flags << 16 | minute;
  }

  private long visitor(int row) {
    return rows[row * 2];
  }

  private int minute(int row) {
    return (int) (rows[row * 2 + 1] & 0xffff);
  }

  private int flags(int row) {
    return (int) (rows[row * 2 + 1] >>> 16) & 0xffff;
  }

  private int network(int row) {
    return (int) (rows[row * 2 + 1] >>> 32);
  }

  private long event(int row) {
    return events == null ? 0 : events[row];
  }

  private void putEvent(int row, long event) {
    if (events == null) {
      if (event == 0) {
        return;
      }
      events = new long[rows.length / 2];
    }
    events[row] = event;
  }

  private void setFlags(int row, int flags) {
    rows[row * 2 + 1] = place(network(row), flags, minute(row));
  }
}
