package dev.newsfeed.gateway.push;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * One event stream: a place in the log and at most one write under way. Whatever happens while the
 * write takes its time stays in the log and goes with the next one.
 */
final class Subscriber implements Callback {

  private static final int EVENTS_AT_ONCE = 256;
  private static final int BYTES_PER_WRITE = 64 << 10;

  private final EventLog log;
  private final Interests interests;
  private final Response response;
  private final Callback done;

  private EventLog.Place place;
  private long nextEvent;
  private long nextList;
  private boolean resetDue;
  private boolean writing;
  private boolean sending;
  private boolean ended;

  /**
   * Of a reader who knows what happened up to a place.
   *
   * @param from empty: its place is unknown, so it must be told to start afresh
   * @param nextList the number of the first most-read list to send
   */
  Subscriber(
      EventLog log,
      Interests interests,
      Optional<EventLog.Place> from,
      long nextList,
      Response response,
      Callback done) {
    this.log = log;
    this.interests = interests;
    this.response = response;
    this.done = done;
    this.place = from.orElseGet(log::now);
    this.nextEvent = place.number();
    this.nextList = nextList;
    this.resetDue = from.isEmpty();
  }

  /** Opens the stream: the reader learns where it stands before anything happens. */
  void begin() {
    if (send(utf8("retry: 2000\nid: " + place.known() + "\n: open\n\n"))) {
      pump();
    }
  }

  /** Shows that the connection lives, and moves the reader's id on when nothing concerned it. */
  void heartbeat() {
    pump();
    String id;
    synchronized (this) {
      id = log.idBefore(nextEvent);
    }
    if (send(utf8((id == null ? "" : "id: " + id + "\n") + ": heartbeat\n\n"))) {
      pump();
    }
  }

  /** Sends what there is to send, unless a write is under way: its end comes back here. */
  void pump() {
    while (true) {
      byte[] bytes;
      synchronized (this) {
        if (writing || ended) {
          return;
        }
        bytes = collect();
        if (bytes.length == 0) {
          return;
        }
      }
      if (!send(bytes)) {
        return;
      }
    }
  }

  /** False: the write is under way, or another one is; its end will pump. */
  private boolean send(byte[] bytes) {
    synchronized (this) {
      if (writing || ended) {
        return false;
      }
      writing = true;
      sending = true;
    }
    response.write(false, ByteBuffer.wrap(bytes), this);
    synchronized (this) {
      sending = false;
      return !writing;
    }
  }

  private byte[] collect() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    reset(out);
    while (out.size() < BYTES_PER_WRITE) {
      Optional<List<EventLog.Event>> events = log.from(nextEvent, EVENTS_AT_ONCE);
      if (events.isEmpty()) {
        resetDue = true;
        place = log.now();
        nextEvent = place.number();
        reset(out);
      } else if (events.get().isEmpty()) {
        lists(out);
        break;
      } else {
        for (EventLog.Event event : events.get()) {
          nextEvent = event.number() + 1;
          if (!place.known().knows(event.partition(), event.offset()) && interests.in(event)) {
            out.writeBytes(event.wire());
          }
        }
      }
    }
    return out.toByteArray();
  }

  private void reset(ByteArrayOutputStream out) {
    if (resetDue) {
      resetDue = false;
      byte[] why = utf8("{\"detail\":\"some events are lost to you: load again what you show\"}");
      out.writeBytes(EventLog.wire(place.known().toString(), "reset", why));
    }
  }

  private void lists(ByteArrayOutputStream out) {
    for (EventLog.ListEvent list : log.listsFrom(nextList)) {
      nextList = Math.max(nextList, list.number() + 1);
      if (interests.in(list)) {
        out.writeBytes(list.wire());
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

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
