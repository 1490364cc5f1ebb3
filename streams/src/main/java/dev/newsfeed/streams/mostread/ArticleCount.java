package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.state.CountedArticle;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.avro.state.Series;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One article on the heap: how it would be listed, and its reads.
 *
 * <p>A read is a row of its day, and adds to a minute bucket, a 15-minute bucket and the sums of the
 * windows it falls into; that is all, however long the windows are. A sum is taken anew from the
 * buckets when its window has moved.
 *
 * <pre>
 * days      2 Mar → {visitor 10:03, visitor 10:04, …}   3 Mar → {…}
 * minutes   10:03 → 2   10:04 → 7
 * quarters   9:45 → 5   10:00 → 9
 * sums      now 9 (9:05 – 10:05)   today 14 (0:00 – 24:00)   this-week 14
 * refused   repeat → {…}   bot → {…}
 * </pre>
 *
 * Not safe for several threads: it belongs to one task.
 */
final class ArticleCount {

  private static final Span NEVER = new Span(0, 0);

  private final String articleId;
  private final ReadRules rules;
  private final Retention retention;
  private final List<ReadsOfDay> days = new ArrayList<>(2); // ascending
  private final List<WindowSum> sums = new ArrayList<>(3);
  private final Map<String, CountSeries> refused = new HashMap<>(2);

  /** Refused for what the rows say together; made anew from them after a restart. */
  private final Map<String, CountSeries> derived = new HashMap<>(2);

  private CountSeries reads = new CountSeries();

  /** Reads of clicks that say nothing of who clicked: they have no row. */
  private CountSeries nameless = new CountSeries();

  private @Nullable Listing listing;
  private boolean isKnown;
  private long clickedAtMs;

  /** Records of the changelog that wait until all are there; null: counting. */
  private @Nullable Map<Long, NavigableMap<Integer, ByteBuffer>> restoring;

  // what the store has noted of it
  boolean isChanged;
  boolean isListingChanged;
  boolean areCountsChanged;
  boolean isUnsettled;
  boolean isForgotten;
  WaitingClicks.@Nullable Chain waiting;

  ArticleCount(String articleId, ReadRules rules, Retention retention) {
    this.articleId = articleId;
    this.rules = rules;
    this.retention = retention;
  }

  private static final class WindowSum {
    Span span = NEVER;
    long reads;
  }

  String articleId() {
    return articleId;
  }

  /** Whether its id is these bytes, or rather the first of them; ids are ASCII. */
  boolean hasId(byte[] id, int length) {
    if (articleId.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (articleId.charAt(i) != id[i]) {
        return false;
      }
    }
    return true;
  }

  /** How it would be listed; null while the public may not see it. */
  @Nullable
  Listing listing() {
    return listing;
  }

  void list(@Nullable Listing newListing) {
    listing = newListing;
    isKnown = true;
  }

  /** It is as if nothing had been published under the id. */
  void unlist() {
    listing = null;
    isKnown = false;
  }

  /** Whether it is an article at all, published or withdrawn, and not just an id in clicks. */
  boolean isKnown() {
    return isKnown;
  }

  /** When the last click came in, milliseconds since 1970 UTC; 0: none since the last start. */
  long clickedAtMs() {
    return clickedAtMs;
  }

  void clickedAt(long timeMs) {
    clickedAtMs = Math.max(clickedAtMs, timeMs);
  }

  // ---- clicks

  /** Takes a click that nobody suspects. */
  void count(ClickView click, long timeMs) {
    count(click.hasVisitor(), click.visitor(), click.event(), click.network(), timeMs);
  }

  /**
   * The same.
   *
   * @param visitor means something when {@code hasVisitor}
   * @param event 0: none
   * @param network 0: not known
   */
  void count(boolean hasVisitor, long visitor, long event, int network, long timeMs) {
    if (hasVisitor && !rules.countsRepeats()) {
      take(visitor, 0, network, event, timeMs);
    } else if (event != 0) {
      take(event, ReadsOfDay.BY_EVENT, network, event, timeMs);
    } else if (network != 0) {
      take(0, ReadsOfDay.NAMELESS, network, 0, timeMs);
    } else {
      nameless.add(timeMs, 1, retention.minutesFromMs());
      areCountsChanged = true;
      addRead(timeMs, 1);
    }
  }

  private void take(long visitor, int namedBy, int network, long event, long timeMs) {
    long number = Math.floorDiv(timeMs, ReadsOfDay.DAY_MS);
    long startMs = number * ReadsOfDay.DAY_MS;
    int minute = (int) ((timeMs - startMs) / CountSeries.MINUTE_MS);
    int again = day(number).take(visitor, namedBy, minute, network, event);
    if (again >= 0) {
      refuse(ReadRules.REPEAT, startMs + again * CountSeries.MINUTE_MS, 1);
    }
  }

  private ReadsOfDay day(long number) {
    int at = days.size();
    while (at > 0 && days.get(at - 1).day() >= number) {
      at--;
      if (days.get(at).day() == number) {
        return days.get(at);
      }
    }
    ReadsOfDay day = new ReadsOfDay(this, number, rules);
    days.add(at, day);
    return day;
  }

  private @Nullable ReadsOfDay dayIfAny(long number) {
    for (int at = days.size() - 1; at >= 0 && days.get(at).day() >= number; at--) {
      if (days.get(at).day() == number) {
        return days.get(at);
      }
    }
    return null;
  }

  /** Counts clicks as refused. */
  void refuse(String reason, long timeMs, int count) {
    series(refused, reason).add(timeMs, count, retention.minutesFromMs());
    areCountsChanged = true;
  }

  private static CountSeries series(Map<String, CountSeries> byReason, String reason) {
    return byReason.computeIfAbsent(reason, r -> new CountSeries());
  }

  // ---- what the rows of a day come to

  void addRead(long timeMs, int change) {
    reads.add(timeMs, change, retention.minutesFromMs());
    for (int i = 0; i < sums.size(); i++) {
      WindowSum sum = sums.get(i);
      if (sum.span.contains(timeMs)) {
        sum.reads += change;
      }
    }
  }

  void derive(String reason, long timeMs, int change) {
    series(derived, reason).add(timeMs, change, retention.minutesFromMs());
  }

  boolean hasEvent(long dayNumber, long event) {
    ReadsOfDay day = dayIfAny(dayNumber);
    return day != null && day.hasEvent(event);
  }

  void eventChanged(long nextDay, long event) {
    ReadsOfDay day = dayIfAny(nextDay);
    if (day != null) {
      day.eventBeforeChanged(event);
    }
  }

  /** Applies the caps that need all clicks to be known; before reads are asked for. */
  void settle() {
    days.forEach(ReadsOfDay::settle);
  }

  // ---- lists

  /**
   * Reads within a span of time, added up once and then kept up to date until the span moves.
   *
   * @param place where the sum is kept: each list that is ranked has a place of its own
   */
  long reads(int place, Span span) {
    while (sums.size() <= place) {
      sums.add(new WindowSum());
    }
    WindowSum sum = sums.get(place);
    if (!sum.span.equals(span)) {
      sum.span = span;
      sum.reads = reads.sum(span);
    }
    return sum.reads;
  }

  /** Adds the clicks refused within a window to totals by reason. */
  void addRefused(Span span, Map<String, Long> totals) {
    addRefused(refused, span, totals);
    addRefused(derived, span, totals);
  }

  private static void addRefused(
      Map<String, CountSeries> byReason, Span span, Map<String, Long> totals) {
    byReason.forEach((reason, series) -> {
      long sum = series.sum(span);
      if (sum > 0) {
        totals.merge(reason, sum, Long::sum);
      }
    });
  }

  boolean hasRefused() {
    return !refused.isEmpty() || !derived.isEmpty();
  }

  // ---- what is kept

  /** Its days, the earliest first. */
  List<ReadsOfDay> days() {
    return days;
  }

  /** Rows of all days. */
  int rows() {
    int rows = 0;
    for (ReadsOfDay day : days) {
      rows += day.size();
    }
    return rows;
  }

  /** Forgets buckets that no window can need any more; whether the changelog has any of them. */
  boolean prune(long nowMs) {
    reads.prune(nowMs);
    derived.values().forEach(series -> series.prune(nowMs));
    derived.values().removeIf(CountSeries::isEmpty);
    boolean pruned = nameless.prune(nowMs);
    for (CountSeries series : refused.values()) {
      pruned |= series.prune(nowMs);
    }
    refused.values().removeIf(CountSeries::isEmpty);
    areCountsChanged |= pruned;
    return pruned;
  }

  /** Nothing is known of it: it need not be kept. */
  boolean isEmpty() {
    return listing == null && days.isEmpty() && hasNoCounts();
  }

  /** Nothing is counted without a row. */
  boolean hasNoCounts() {
    return nameless.isEmpty() && refused.isEmpty();
  }

  /** What is counted without a row, as the changelog keeps it. */
  CountedArticle counts() {
    Map<String, Series> packed = new HashMap<>();
    refused.forEach((reason, series) -> packed.put(reason, series.packed()));
    return new CountedArticle(nameless.packed(), packed);
  }

  // ---- after a restart

  void restore(@Nullable CountedArticle counts) {
    restoring();
    nameless = counts == null ? new CountSeries() : CountSeries.unpacked(counts.getReads());
    refused.clear();
    if (counts != null) {
      counts
          .getRefused()
          .forEach((reason, packed) -> refused.put(reason, CountSeries.unpacked(packed)));
    }
  }

  /** Takes rows of the changelog; null: they are gone. A later record replaces an earlier one. */
  void restore(long day, int chunk, @Nullable ByteBuffer rows) {
    NavigableMap<Integer, ByteBuffer> chunks =
        restoring().computeIfAbsent(day, d -> new TreeMap<>());
    if (rows == null) {
      chunks.remove(chunk);
    } else {
      chunks.put(chunk, rows);
    }
  }

  /** A task that gave up counting may be restored again: its rows wait with those that come. */
  private Map<Long, NavigableMap<Integer, ByteBuffer>> restoring() {
    Map<Long, NavigableMap<Integer, ByteBuffer>> waiting = restoring;
    if (waiting == null) {
      waiting = new TreeMap<>();
      for (ReadsOfDay day : days) {
        NavigableMap<Integer, ByteBuffer> chunks = new TreeMap<>();
        for (int chunk = 0; chunk < day.chunks(); chunk++) {
          chunks.put(chunk, day.packed(chunk));
        }
        waiting.put(day.day(), chunks);
      }
      days.clear();
      restoring = waiting;
    }
    return waiting;
  }

  /** All records are there: counts them. */
  void restored() {
    Map<Long, NavigableMap<Integer, ByteBuffer>> waiting = restoring;
    if (waiting == null) {
      return;
    }
    restoring = null;
    reads = CountSeries.unpacked(nameless.packed());
    derived.clear();
    sums.clear();
    waiting.forEach((number, chunks) -> {
      if (chunks.isEmpty()) {
        return;
      }
      ReadsOfDay day = day(number);
      int[] rows = new int[1];
      chunks
          .values()
          .forEach(chunk -> ReadRow.readAll(chunk, (namedBy, minute, network, visitor, event) -> {
            day.take(visitor, namedBy, minute, network, event);
            rows[0]++;
          }));
      day.restoredFrom(rows[0]);
    });
  }
}
