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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
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

  private static final int MAX_EVENTS = 8_192;
  private static final long MAX_BYTES = 16L << 20;

  /**
   * What happened to an article.
   *
   * @param feeds those it stands in now, and those it has just left
   * @param forAll told whatever a subscriber filters
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Event(
      long number,
      int partition,
      long offset,
      String articleId,
      Set<String> feeds,
      boolean forAll,
      byte[] wire) {

    /** The same place in the log, at which nothing is told any more. */
    Event erased() {
      return new Event(number, partition, offset, articleId, Set.of(), false, new byte[0]);
    }
  }

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

  private final String source;
  private final @Nullable Event[] ring = new Event[MAX_EVENTS];
  private final Map<String, ListEvent> lists = new LinkedHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** By partition: the next offset to come, and the first one from which nothing is missing. */
  private long[] next;

  private long[] complete;
  private long oldest;
  private long nextNumber;
  private long nextList;
  private long bytes;
  private boolean unseen;

  /**
   * A log that begins at these positions.
   *
   * @param source tells the topic from one of the same name that was created anew
   * @param partitions how many the topic has
   * @param positions the first offset that will be told, by partition; 0 where it is missing
   */
  public EventLog(String source, int partitions, Map<Integer, Long> positions) {
    this.source = source;
    this.next = new long[partitions];
    this.complete = new long[partitions];
    positions.forEach((partition, offset) -> {
      grow(partition);
      next[partition] = offset;
      complete[partition] = offset;
    });
  }

  /**
   * Tells what happened to an article.
   *
   * @param before the feeds in which it stood until now
   * @param now those in which it stands
   */
  public void article(
      int partition, long offset, PublishedArticle published, Set<String> before, Set<String> now) {
    Set<String> left = new HashSet<>(before);
    left.removeAll(now);
    Set<String> concerned = new HashSet<>(before);
    concerned.addAll(now);
    ObjectNode data =
        FeedEntries.of(published).map(RecordJson::of).orElseGet(() -> notice(published));
    data.put("change", published.getChange().toString());
    data.put("changedAt", published.getChangedAt().toString());
    now.stream().sorted().forEach(data.putArray("feeds")::add);
    left.stream().sorted().forEach(data.putArray("left")::add);
    boolean gone = published.getStatus() != Status.usable;
    String name = gone ? Change.withdrawn.toString() : published.getChange().toString();
    synchronized (this) {
      if (gone) {
        erase(published.getArticleId());
      }
      byte[] wire = wire(positionAfter(partition, offset), name, RecordJson.bytes(data));
      add(new Event(
          nextNumber,
          partition,
          offset,
          published.getArticleId(),
          Set.copyOf(concerned),
          gone,
          wire));
    }
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
      if (event.articleId().equals(articleId) && !event.forAll()) {
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
    ring[slot(nextNumber)] = event;
    nextNumber++;
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
    lists.put(key, new ListEvent(nextList++, key, articleIds, wire));
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

  /** The id of a subscriber that waits for this event; null: the event has come already. */
  synchronized @Nullable String idBefore(long number) {
    return number == nextNumber ? position() : null;
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
      known = complete[p] <= seen.get(p) && seen.get(p) <= next[p];
    }
    return known ? Optional.of(new Place(oldest, asked.get())) : Optional.empty();
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

  /** The number that the next list will get. */
  synchronized long nextList() {
    return nextList;
  }

  /** The lists that changed since a number. */
  synchronized List<ListEvent> listsFrom(long number) {
    return lists.values().stream().filter(list -> list.number() >= number).toList();
  }
}
