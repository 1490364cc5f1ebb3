package dev.newsfeed.gateway.push;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The open event streams. One thread wakes them all when there is news and keeps them alive with a
 * heartbeat when there is none; it never waits for any of them.
 */
public final class Subscribers implements AutoCloseable {

  private static final long HEARTBEAT_S = 15;

  private final EventLog log;
  private final ReadAlsoWatch readAlso;
  private final int max;
  private final Set<Subscriber> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean wakeUpDue = new AtomicBoolean();
  private final ScheduledExecutorService thread = new ScheduledThreadPoolExecutor(
      1,
      task -> {
        Thread push = new Thread(task, "push");
        push.setDaemon(true);
        return push;
      },
      new ThreadPoolExecutor.DiscardPolicy()); // news that comes after the end wakes nobody

  /** Tells of what comes into the log; {@code max}: streams that may be open at once. */
  public Subscribers(EventLog log, ReadAlsoWatch readAlso, int max) {
    this.log = log;
    this.readAlso = readAlso;
    this.max = max;
    log.onNews(this::wakeUp);
    var unused = thread.scheduleAtFixedRate(
        () -> open.forEach(Subscriber::heartbeat), HEARTBEAT_S, HEARTBEAT_S, TimeUnit.SECONDS);
  }

  private void wakeUp() {
    // news that comes while the streams are being woken is one more round, not one per record
    if (wakeUpDue.compareAndSet(false, true)) {
      thread.execute(() -> {
        wakeUpDue.set(false);
        open.forEach(Subscriber::pump);
      });
    }
  }

  /** Streams open now. */
  public int count() {
    return open.size();
  }

  /**
   * Opens a stream on a response whose headers are set; false: there are too many.
   *
   * @param lastEventId the last id the subscriber has seen; null: it begins now
   */
  public boolean open(
      Interests interests,
      @Nullable String lastEventId,
      Request request,
      Response response,
      Callback done) {
    if (open.size() >= max) {
      return false;
    }
    Optional<EventLog.Place> place =
        lastEventId == null ? Optional.of(log.now()) : log.after(lastEventId);
    // who comes back has missed lists; only the newest of each counts
    long firstList = lastEventId == null ? log.nextList() : 0;
    Subscriber subscriber = new Subscriber(log, interests, place, firstList, response, done);
    String related = interests.related();
    if (related != null) {
      readAlso.follow(related);
    }
    Request.addCompletionListener(request, cause -> {
      open.remove(subscriber);
      if (related != null) {
        readAlso.unfollow(related);
      }
    });
    open.add(subscriber);
    subscriber.begin();
    return true;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    open.forEach(Subscriber::end);
  }
}
