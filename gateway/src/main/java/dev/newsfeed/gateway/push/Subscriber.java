package dev.newsfeed.gateway.push;

import dev.newsfeed.schemas.FeedIds;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One event stream: a place in the log and at most one write under way. Whatever happens while the
 * write takes its time stays in the log and goes with the next one.
 */
final class Subscriber implements Callback {

  private static final int EVENTS_AT_ONCE = 256;

  /** What one that does not read costs; the kernel holds as much again and more. */
  private static final int BYTES_PER_WRITE = 16 << 10;

  private static final byte[] NOTHING = {};

  private static final int MIN_RETRY_MS = 1_000;
  private static final int MAX_RETRY_MS = 5_000;

  private final EventLog log;
  private final Snapshots snapshots;
  private final Interests interests;
  private final Response response;
  private final Callback done;

  /** What it is sent before the log goes on: a reset and the state after it. */
  private final Deque<byte[]> afresh = new ArrayDeque<>();

  private EventLog.Place place;
  private long nextEvent;
  private long nextList;

  /** Whether an event's own id says all that it knows. */
  private boolean inStep;

  private long writingSinceNs;
  private boolean writing;
  private boolean sending;
  private boolean ended;

  /**
   * Of a reader who knows what happened up to a place.
   *
   * @param from empty: its place is unknown, so it must start afresh
   * @param nextList the number of the first most-read list to send
   */
  Subscriber(
      EventLog log,
      Snapshots snapshots,
      Interests interests,
      Optional<EventLog.Place> from,
      long nextList,
      Response response,
      Callback done) {
    this.log = log;
    this.snapshots = snapshots;
    this.interests = interests;
    this.response = response;
    this.done = done;
    this.place = from.orElseGet(log::recent);
    this.nextEvent = place.number();
    this.nextList = nextList;
    if (from.isEmpty()) {
      startAfresh();
    }
    claim(); // for begin: it may be woken by news before
  }

  /** Whose connection breaks before the end of this has no id, and starts afresh again. */
  private void startAfresh() {
    byte[] why =
        utf8("{\"detail\":\"some events are lost to you: what follows is how it is now\"}");
    afresh.add(EventLog.wire(null, "reset", why));
    afresh.addAll(log.noticesBefore(place.number()));
    for (String feed : interests.feeds().isEmpty() ? Set.of(FeedIds.ALL) : interests.feeds()) {
      afresh.add(EventLog.wire(null, "snapshot", snapshots.of(feed)));
    }
    afresh.add(utf8("id: " + place.known() + "\n\n"));
  }

  /**
   * Opens the stream: the reader learns where it stands before anything happens, and when to come
   * back should it end, which is another time for each: they would all come back at once.
   */
  void begin() {
    int retryMs = ThreadLocalRandom.current().nextInt(MIN_RETRY_MS, MAX_RETRY_MS);
    String id = afresh.isEmpty() ? "id: " + place.known() + "\n" : "";
    if (written(utf8("retry: " + retryMs + "\n" + id + ": open\n\n"))) {
      pump();
    }
  }

  /**
   * Shows that the connection lives, and moves the reader's id on when nothing concerned it.
   *
   * @param afterNs not before it has heard nothing for so long
   */
  void heartbeat(long afterNs) {
    synchronized (this) {
      if (System.nanoTime() - writingSinceNs < afterNs) {
        return;
      }
    }
    pump();
    String id = "";
    synchronized (this) {
      if (writing || ended) {
        return;
      }
      Position here = afresh.isEmpty() ? log.positionBefore(nextEvent) : null;
      if (here != null) {
        id = "id: " + here.and(place.known()) + "\n";
      }
      claim();
    }
    if (written(utf8(id + ": heartbeat\n\n"))) {
      pump();
    }
  }

  /** Sends what there is to send, unless a write is under way: its end comes back here. */
  void pump() {
    while (true) {
      byte[] bytes;
      synchronized (this) {
        if (writing || ended || (afresh.isEmpty() && log.endsAt(nextEvent, nextList))) {
          return;
        }
        bytes = collect();
        if (bytes.length == 0) {
          return;
        }
        claim(); // together with collecting: another thread's write must not come between
      }
      if (!written(bytes)) {
        return;
      }
    }
  }

  /** The caller alone may write now. */
  private void claim() {
    writing = true;
    writingSinceNs = System.nanoTime();
    sending = true;
  }

  /** False: the write is still under way; its end will pump. */
  private boolean written(byte[] bytes) {
    response.write(false, ByteBuffer.wrap(bytes), this);
    synchronized (this) {
      sending = false;
      return !writing;
    }
  }

  private byte[] collect() {
    Outgoing out = new Outgoing();
    while (out.size() < BYTES_PER_WRITE) {
      byte[] first = afresh.poll();
      if (first != null) {
        out.add(first);
        continue;
      }
      Optional<List<EventLog.Event>> events = log.from(nextEvent, EVENTS_AT_ONCE);
      if (events.isEmpty()) {
        place = log.recent();
        nextEvent = place.number();
        inStep = false;
        startAfresh();
      } else if (events.get().isEmpty()) {
        lists(out);
        break;
      } else {
        tell(events.get(), out);
      }
    }
    return out.bytes();
  }

  private void tell(List<EventLog.Event> events, Outgoing out) {
    for (EventLog.Event event : events) {
      if (out.size() >= BYTES_PER_WRITE) {
        return;
      }
      nextEvent = event.number() + 1;
      if (event.wire().length > 0
          && !place.known().knows(event.partition(), event.offset())
          && interests.in(event)) {
        byte[] wire = inStep ? event.wire() : event.wireFor(place.known());
        inStep = wire == event.wire(); // for positions only grow
        out.add(wire);
      }
    }
  }

  private void lists(Outgoing out) {
    for (EventLog.ListEvent list : log.listsFrom(nextList)) {
      nextList = Math.max(nextList, list.number() + 1);
      if (interests.in(list)) {
        out.add(list.wire());
      }
    }
  }

  @Override
  public void succeeded() {
    synchronized (this) {
      writing = false;
      if (sending) {
        return; // the sender goes on itself: no recursion, however long the backlog
      }
    }
    pump();
  }

  @Override
  public void failed(Throwable cause) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      writing = false;
    }
    done.failed(cause);
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  /**
   * Cuts off a reader that has not taken a write for so long; it comes back with its last id.
   *
   * @return whether it was
   */
  boolean cutIfStuck(long atMostNs) {
    synchronized (this) {
      if (ended || !writing || System.nanoTime() - writingSinceNs < atMostNs) {
        return false;
      }
      ended = true;
    }
    done.failed(new TimeoutException("the reader of an event stream does not read"));
    return true;
  }

  /** Ends the stream from this side, so that the reader comes back with its last id. */
  void end() {
    boolean idle;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      idle = !writing;
    }
    if (idle) {
      response.write(true, null, done);
    }
  }

  /** What goes with one write. A single piece is sent as it is: all who get it share its bytes. */
  private static final class Outgoing {

    private byte[] only = NOTHING;
    private @Nullable ByteArrayOutputStream several;

    int size() {
      return several == null ? only.length : several.size();
    }

    void add(byte[] piece) {
      if (several != null) {
        several.writeBytes(piece);
      } else if (only.length == 0) {
        only = piece;
      } else {
        several = new ByteArrayOutputStream(2 * (only.length + piece.length));
        several.writeBytes(only);
        several.writeBytes(piece);
      }
    }

    byte[] bytes() {
      return several == null ? only : several.toByteArray();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
