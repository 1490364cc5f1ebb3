package dev.newsfeed.gateway.push;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open event streams. One thread wakes them all when there is news and keeps them alive with a
 * heartbeat when there is none; it never waits for any of them.
 */
public final class Subscribers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** How often it is looked who has heard nothing for that long. */
  private static final int LOOKS_PER_HEARTBEAT = 15;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What became of a wish for a stream. */
  public enum Outcome {
    OPEN,
    TOO_MANY,
    TOO_MANY_FROM_THERE
  }

  private final EventLog log;
  private final Snapshots snapshots;
  private final ReadAlsoWatch readAlso;
  private final int max;
  private final int maxPerAddress;
  private final Duration heartbeat;
  private final Duration patience;
  private final Set<Subscriber> open = ConcurrentHashMap.newKeySet();

  /** How many streams have been let in: all, and by address. */
  private final Map<String, Integer> perAddress = new HashMap<>();

  private int all;

  private final AtomicBoolean wakeUpDue = new AtomicBoolean();
  private final ScheduledExecutorService thread = new ScheduledThreadPoolExecutor(
      1,
      task -> {
        Thread push = new Thread(task, "push");
        push.setDaemon(true);
        return push;
      },
      new ThreadPoolExecutor.DiscardPolicy()); // news that comes after the end wakes nobody

  /**
   * Tells of what comes into the log.
   *
   * @param max streams that may be open at once
   * @param maxPerAddress those of one address; 0: as many as it likes
   */
  public Subscribers(
      EventLog log, Snapshots snapshots, ReadAlsoWatch readAlso, int max, int maxPerAddress) {
    this(log, snapshots, readAlso, max, maxPerAddress, HEARTBEAT, PATIENCE);
  }

  Subscribers(
      EventLog log,
      Snapshots snapshots,
      ReadAlsoWatch readAlso,
      int max,
      int maxPerAddress,
      Duration heartbeat,
      Duration patience) {
    this.log = log;
    this.snapshots = snapshots;
    this.readAlso = readAlso;
    this.max = max;
    this.maxPerAddress = maxPerAddress;
    this.heartbeat = heartbeat;
    this.patience = patience;
    log.onNews(this::wakeUp);
    long lookEveryMs = Math.max(1, heartbeat.toMillis() / LOOKS_PER_HEARTBEAT);
    var unused = thread.scheduleAtFixedRate(
        this::keepAlive, lookEveryMs, lookEveryMs, TimeUnit.MILLISECONDS);
  }

  private void keepAlive() {
    long cut = open.stream()
        .filter(subscriber -> subscriber.cutIfStuck(patience.toNanos()))
        .count();
    if (cut > 0) {
      LOG.info("cut off readers that do not read count={}", cut);
    }
    // who has just been told something knows that the connection lives; sent to all at once,
    // heartbeats would hold up whatever happens at that moment
    open.forEach(subscriber -> subscriber.heartbeat(heartbeat.toNanos()));
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
   * Opens a stream on a response whose headers are set, unless there are too many.
   *
   * @param lastEventId the last id the subscriber has seen; null: it begins now
   * @param address where the subscriber is; null: not known, or to be held up by no limit
   */
  public Outcome open(
      Interests interests,
      @Nullable String lastEventId,
      @Nullable InetAddress address,
      Request request,
      Response response,
      Callback done) {
    String from = address == null ? null : home(address);
    Outcome outcome = letIn(from);
    if (outcome != Outcome.OPEN) {
      return outcome;
    }
    Request.addCompletionListener(request, cause -> letOut(from));
    // the stream ends with its connection: without chunks each event is one piece, sent as it is
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    Optional<EventLog.Place> place =
        lastEventId == null ? Optional.of(log.now()) : log.after(lastEventId);
    // who comes back has missed lists; only the newest of each counts
    long firstList = lastEventId == null ? log.nextList() : 0;
    Subscriber subscriber =
        new Subscriber(log, snapshots, interests, place, firstList, response, done);
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
    return Outcome.OPEN;
  }

  private synchronized Outcome letIn(@Nullable String from) {
    if (all >= max) {
      return Outcome.TOO_MANY;
    }
    if (from != null && maxPerAddress > 0) {
      if (perAddress.getOrDefault(from, 0) >= maxPerAddress) {
        return Outcome.TOO_MANY_FROM_THERE;
      }
      perAddress.merge(from, 1, Integer::sum);
    }
    all++;
    return Outcome.OPEN;
  }

  private synchronized void letOut(@Nullable String from) {
    all--;
    if (from != null) {
      perAddress.computeIfPresent(from, (address, count) -> count == 1 ? null : count - 1);
    }
  }

  /** An IPv4 address; of an IPv6 one the first 64 bits, which are what one home is given. */
  private static String home(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 8));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    open.forEach(Subscriber::end);
  }
}
