package dev.newsfeed.gateway.push;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.RecordJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The recent events, ready to be sent, each with the position in the log after it.
 *
 * <pre>
 * events     41: (a7 updated)   42: a9 published   43: a7 withdrawn     next: 44
 * subscriber                         ▲ sends 42 when its last write is done
 * states     now/all       as of 10:31, sent to those who have only seen an older one
 *            read-also/a9  a2 a5 …
 *            curated/top-stories  another one since 10:30
 * </pre>
 *
 * All subscribers read from this one bounded log and keep only their place in it, so a slow one
 * costs no memory: when its place has been dropped it is told to {@code reset}. A list, most-read or
 * read-also, replaces its predecessor, so of each only the newest is kept.
 *
 * <p>When an article is withdrawn, nothing that was told of it before is kept: event 41 keeps its
 * number and its place in the topic, but a subscriber who comes back gets no text of a7 any more.
 */
public final class EventLog {

  static final String READ_ALSO = "read-also/";

  /** How many events are kept at most. */
  public static final int MAX_EVENTS = 8_192;

  private static final long MAX_BYTES = 16L << 20;

  /** By how much another gateway may have been ahead of this one, in offsets of a partition. */
  private static final long MAX_AHEAD = 10_000;

  /** What happened so shortly ago may be missing in the heads of feeds. */
  private static final long RECENT_NS = 10_000_000_000L;

  private static final int RECENT_EVENTS = 64;

  /**
   * What happened to an article.
   *
   * @param feeds those it stands in now, and those it has just left; null: not known, so that
   *     everybody has to be told
   * @param notice of a withdrawal: told whatever a subscriber filters
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Event(
      long number,
      int partition,
      long offset,
      String articleId,
      @Nullable Set<String> feeds,
      boolean notice,
      long atNs,
      byte[] wire) {

    boolean concerns(Set<String> readersFeeds) {
      return notice || feeds == null || feeds.stream().anyMatch(readersFeeds::contains);
    }

    /** The same place in the log, at which nothing is told any more. */
    Event erased() {
      return new Event(number, partition, offset, articleId, Set.of(), false, atNs, new byte[0]);
    }

    /** The event for a reader who does not stand where it stands. */
    byte[] withoutId() {
      return Arrays.copyOfRange(wire, endOfId() + 1, wire.length);
    }

    private int endOfId() {
      int end = 0;
      while (wire[end] != '\n') {
        end++;
      }
      return end;
    }

    /**
     * The event for a reader who knows more than its id says, so that he does not step back: he came
     * from another gateway, which had read the partitions in another order.
     */
    byte[] wireFor(Position known) {
      int end = endOfId();
      String id = new String(wire, ID.length, end - ID.length, StandardCharsets.UTF_8);
      Position after = Position.parse(id).orElseThrow();
      Position both = after.and(known);
      if (both.equals(after)) {
        return wire;
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(wire.length + 16);
      out.writeBytes(ID);
      out.writeBytes(both.toString().getBytes(StandardCharsets.UTF_8));
      out.write(wire, end, wire.length - end);
      return out.toByteArray();
    }
  }

  /** What is to be told of a record, wherever its place in the log will be. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Told(
      int partition,
      long offset,
      String articleId,
      @Nullable Set<String> feeds,
      boolean notice,
      long atMs,
      String name,
      byte[] json) {}

  /**
   * The newest state of a list.
   *
   * @param key {@code now/section/world}, {@code read-also/a7}, {@code curated/top-stories}
   * @param articleIds those in it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record ListEvent(long number, String key, Set<String> articleIds, byte[] wire) {}

  /**
   * Where a subscriber goes on.
   *
   * @param number the first event it may not know
   * @param known what it knows in any case
   */
  record Place(long number, Position known) {}

  private static final byte[] ID = "id: ".getBytes(StandardCharsets.UTF_8);

  private final String source;
  private final LongSupplier nanoTime;
  private final @Nullable Event[] ring = new Event[MAX_EVENTS];
  private final Map<String, ListEvent> lists = new LinkedHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** By partition: the next offset to come, and the first one from which nothing is missing. */
  private long[] next;

  private long[] complete;
  private long oldest;
  /** Written under the lock; who only wants to know whether there is news reads them without. */
  private volatile long nextNumber;

  private volatile long nextList;
  private long bytes;
  private boolean unseen;

  /** What was read back so far; null: the log has begun. */
  private @Nullable List<Told> past;

  /**
   * A log that begins at these positions.
   *
   * @param source tells the topic from one of the same name that was created anew
   * @param partitions how many the topic has
   * @param positions the first offset that will be told, by partition; 0 where it is missing
   */
  public EventLog(String source, int partitions, Map<Integer, Long> positions) {
    this(source, partitions, positions, System::nanoTime);
  }

  /** The same by another clock, which never goes back. */
  EventLog(String source, int partitions, Map<Integer, Long> positions, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.next = new long[partitions];
    this.complete = new long[partitions];
    positions.forEach((partition, offset) -> {
      grow(partition);
      next[partition] = offset;
      complete[partition] = offset;
    });
  }

  /**
   * A log that tells nothing before {@link #begin}, and then what {@link #past} was told first.
   *
   * @param positions the next offset to come, by partition; 0 where it is missing
   */
  public static EventLog waiting(String source, int partitions, Map<Integer, Long> positions) {
    EventLog log = new EventLog(source, partitions, positions);
    log.past = new ArrayList<>();
    return log;
  }

  /** By partition, the next offset to come. */
  public synchronized Map<Integer, Long> next() {
    Map<Integer, Long> offsets = new HashMap<>();
    for (int p = 0; p < next.length; p++) {
      offsets.put(p, next[p]);
    }
    return offsets;
  }

  /**
   * Takes what happened before the log begins, for those who come back: in the order of each
   * partition.
   *
   * @param before the feeds in which it stood until then; null: not known
   */
  public synchronized void past(
      int partition,
      long offset,
      PublishedArticle published,
      @Nullable Set<String> before,
      Set<String> now) {
    if (past != null) {
      past.add(told(partition, offset, published, before, now));
    }
  }

  /**
   * Begins with the past, in the order in which it happened.
   *
   * @param from the first offset from which nothing is missing in the past, by partition
   */
  public synchronized void begin(Map<Integer, Long> from) {
    if (past == null) {
      return;
    }
    long[] end = next;
    next = end.clone();
    from.forEach((partition, offset) -> {
      next[partition] = Math.min(offset, end[partition]);
      complete[partition] = next[partition];
    });
    List<Timed> inOrder = inOrder(past);
    past = null;
    long longAgo = nanoTime.getAsLong() - RECENT_NS;
    inOrder.forEach(each -> add(each.told(), longAgo));
    next = end;
  }

  private record Timed(long atMs, Told told) {}

  /** By time, as far as the order of each partition allows. */
  private static List<Timed> inOrder(List<Told> told) {
    Map<Integer, Long> latest = new HashMap<>();
    List<Timed> timed = new ArrayList<>();
    for (Told each : told) {
      timed.add(new Timed(latest.merge(each.partition(), each.atMs(), Math::max), each));
    }
    timed.sort(Comparator.comparingLong(Timed::atMs)); // stable
    return timed;
  }

  /**
   * Tells what happened to an article.
   *
   * @param before the feeds in which it stood until now
   * @param now those in which it stands
   */
  public void article(
      int partition, long offset, PublishedArticle published, Set<String> before, Set<String> now) {
    Told told = told(partition, offset, published, before, now);
    synchronized (this) {
      if (past == null) {
        add(told, nanoTime.getAsLong());
      } else {
        positionAfter(partition, offset); // it will be read back
      }
    }
  }

  private static Told told(
      int partition,
      long offset,
      PublishedArticle published,
      @Nullable Set<String> before,
      Set<String> now) {
    ObjectNode data =
        FeedEntries.of(published).map(RecordJson::of).orElseGet(() -> notice(published));
    data.put("change", published.getChange().toString());
    data.put("changedAt", published.getChangedAt().toString());
    now.stream().sorted().forEach(data.putArray("feeds")::add);
    if (before != null) {
      before.stream()
          .filter(feed -> !now.contains(feed))
          .sorted()
          .forEach(data.putArray("left")::add);
    }
    boolean gone = published.getStatus() != Status.usable;
    return new Told(
        partition,
        offset,
        published.getArticleId(),
        before == null ? null : union(before, now),
        gone,
        published.getChangedAt().toEpochMilli(),
        gone ? Change.withdrawn.toString() : published.getChange().toString(),
        RecordJson.bytes(data));
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return Set.copyOf(all);
  }

  private void add(Told told, long atNs) {
    if (told.notice()) {
      erase(told.articleId());
    }
    byte[] wire = wire(positionAfter(told.partition(), told.offset()), told.name(), told.json());
    add(new Event(
        nextNumber,
        told.partition(),
        told.offset(),
        told.articleId(),
        told.feeds(),
        told.notice(),
        atNs,
        wire));
  }

  private static ObjectNode notice(PublishedArticle published) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("articleId", published.getArticleId()).put("version", published.getVersion());
    Withdrawal withdrawal = published.getWithdrawal();
    if (withdrawal != null) {
      data.setAll(RecordJson.of(withdrawal));
    }
    return data;
  }

  private void erase(String articleId) {
    for (long n = oldest; n < nextNumber; n++) {
      Event event = event(n);
      if (event.articleId().equals(articleId) && !event.notice()) {
        ring[slot(n)] = event.erased();
        bytes -= event.wire().length;
      }
    }
    lists.values().removeIf(list -> list.articleIds().contains(articleId));
  }

  private String positionAfter(int partition, long offset) {
    grow(partition);
    next[partition] = offset + 1;
    return position();
  }

  private void add(Event event) {
    if (nextNumber - oldest == MAX_EVENTS) {
      dropOldest();
    }
    ring[slot(event.number())] = event;
    nextNumber = event.number() + 1;
    bytes += event.wire().length;
    while (bytes > MAX_BYTES && nextNumber - oldest > 1) {
      dropOldest();
    }
    unseen = true;
  }

  private void dropOldest() {
    Event dropped = event(oldest);
    ring[slot(oldest)] = null;
    oldest++;
    bytes -= dropped.wire().length;
    int partition = dropped.partition();
    complete[partition] = Math.max(complete[partition], dropped.offset() + 1);
  }

  private Event event(long number) {
    return Objects.requireNonNull(ring[slot(number)], "an event between oldest and next");
  }

  private static int slot(long number) {
    return (int) (number % MAX_EVENTS);
  }

  private void grow(int partition) {
    if (partition >= next.length) {
      next = Arrays.copyOf(next, partition + 1);
      complete = Arrays.copyOf(complete, partition + 1);
    }
  }

  /**
   * Tells the newest state of a most-read list.
   *
   * @param key {@code now/section/world}
   */
  public void mostRead(String key, MostReadList list) {
    Set<String> articleIds =
        list.getEntries().stream().map(MostReadEntry::getArticleId).collect(Collectors.toSet());
    byte[] wire = wire(null, "most-read", RecordJson.bytes(RecordJson.of(list)));
    put(key, articleIds, wire);
  }

  /** Tells the newest state of the list "read also" of an article. */
  void readAlso(String articleId, Set<String> articleIds, byte[] json) {
    put(READ_ALSO + articleId, articleIds, wire(null, "read-also", json));
  }

  /** Keeps the list of an article no longer: nobody asks for it. */
  synchronized void forgetReadAlso(String articleId) {
    lists.remove(READ_ALSO + articleId);
  }

  /**
   * Tells that an editor's list is another one, not what is in it.
   *
   * @param updated when it was computed
   */
  public void curated(String feedId, String title, Instant updated) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("feedId", feedId).put("title", title).put("updated", updated.toString());
    put(feedId, Set.of(), wire(null, "curated", RecordJson.bytes(data)));
  }

  private synchronized void put(String key, Set<String> articleIds, byte[] wire) {
    long number = nextList;
    lists.put(key, new ListEvent(number, key, articleIds, wire));
    nextList = number + 1;
    unseen = true;
  }

  static byte[] wire(@Nullable String id, String name, byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 96);
    String head = (id == null ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: ";
    out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    out.writeBytes(json); // JSON has no line breaks of its own
    out.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  /** Wakes the subscribers when something was added since the last call. */
  public void flush() {
    synchronized (this) {
      if (!unseen) {
        return;
      }
      unseen = false;
    }
    listeners.forEach(Runnable::run);
  }

  void onNews(Runnable listener) {
    listeners.add(listener);
  }

  /** Tells the topic from one of the same name that was created anew. */
  public String source() {
    return source;
  }

  /** How far the log has come, as an event's id says it. */
  public synchronized String position() {
    return here().toString();
  }

  private Position here() {
    return new Position(source, Arrays.stream(next).boxed().toList());
  }

  /** The place of a subscriber that knows all there was until now. */
  synchronized Place now() {
    return new Place(nextNumber, here());
  }

  /** Where a subscriber stands that waits for this event; null: the event has come already. */
  synchronized @Nullable Position positionBefore(long number) {
    return number == nextNumber ? here() : null;
  }

  /** The place after an event's id; empty: unknown, or something after it has been dropped. */
  synchronized Optional<Place> after(String eventId) {
    Optional<Position> asked = Position.parse(eventId);
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    List<Long> seen = asked.get().next();
    boolean known = asked.get().source().equals(source) && seen.size() == next.length;
    for (int p = 0; known && p < seen.size(); p++) {
      known = complete[p] <= seen.get(p) && seen.get(p) <= next[p] + MAX_AHEAD;
    }
    return known ? Optional.of(new Place(oldest, asked.get())) : Optional.empty();
  }

  /**
   * Where one goes on who has just been given the heads of feeds: they may lack what happened
   * shortly before.
   */
  synchronized Place recent() {
    long number = nextNumber;
    long since = nanoTime.getAsLong() - RECENT_NS;
    long[] known = next.clone();
    while (number > oldest
        && (event(number - 1).atNs() > since || nextNumber - number < RECENT_EVENTS)) {
      number--;
      Event event = event(number);
      known[event.partition()] = Math.min(known[event.partition()], event.offset());
    }
    return new Place(number, new Position(source, Arrays.stream(known).boxed().toList()));
  }

  /** The notices before a number of articles that have not come back since. */
  synchronized List<byte[]> noticesBefore(long number) {
    Map<String, Event> last = new LinkedHashMap<>();
    for (long n = oldest; n < nextNumber; n++) {
      last.put(event(n).articleId(), event(n));
    }
    return last.values().stream()
        .filter(event -> event.notice() && event.number() < number)
        .map(Event::withoutId)
        .toList();
  }

  /** Events from a number on, at most so many; empty: the first of them have been dropped. */
  synchronized Optional<List<Event>> from(long number, int atMost) {
    if (number < oldest) {
      return Optional.empty();
    }
    List<Event> found = new ArrayList<>();
    for (long n = number; n < nextNumber && found.size() < atMost; n++) {
      found.add(event(n));
    }
    return Optional.of(found);
  }

  /** Whether there is nothing that a subscriber at this place does not know. */
  boolean endsAt(long number, long list) {
    return nextNumber == number && nextList <= list;
  }

  /** The number that the next list will get. */
  synchronized long nextList() {
    return nextList;
  }

  /** The lists that changed since a number. */
  synchronized List<ListEvent> listsFrom(long number) {
    return number >= nextList // mostly: then they need not be looked through
        ? List.of()
        : lists.values().stream().filter(list -> list.number() >= number).toList();
  }
}
