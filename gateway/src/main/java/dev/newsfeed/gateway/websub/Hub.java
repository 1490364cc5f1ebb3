package dev.newsfeed.gateway.websub;

import dev.newsfeed.avro.Subscription;
import dev.newsfeed.avro.SubscriptionMode;
import dev.newsfeed.avro.SubscriptionRequest;
import dev.newsfeed.gateway.feed.Feeds;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.news.News;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions that this gateway serves: asks callbacks whether they want what was asked for
 * them, delivers, and has every new state kept.
 *
 * <pre>
 * requests ──▶ verify ──▶ subscriptions ──▶ journal
 * changed feeds ──▶ due ──▶ document ──▶ POST ──▶ delivered, or tried again later ──▶ journal
 * </pre>
 *
 * One thread does all of it, in {@link #work}; answers of callbacks, and changes of feeds, wait in a
 * queue until it looks. Knows nothing of Kafka.
 */
final class Hub {

  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

  /** What callers ask for when they say nothing, and what they get at least and at most. */
  static final Duration LEASE = Duration.ofDays(10);

  static final Duration SHORTEST_LEASE = Duration.ofMinutes(1);
  static final Duration LONGEST_LEASE = Duration.ofDays(30);

  static final int MAX_PER_HOST = 1_000;
  static final int MAX = 5_000; // in each partition that this gateway has
  private static final int REQUESTS_PER_HOST = 4;
  private static final int REQUESTS = 64;
  private static final Duration EXPIRE_EVERY = Duration.ofSeconds(1);
  private static final Duration REWRITE_AFTER = Duration.ofSeconds(5);
  private static final int CHALLENGE_BYTES = 24;
  private static final int GONE = 410;

  /** Keeps what is to be known after a restart. */
  interface Journal {
    /**
     * Writes the state of a subscription; null: it has ended.
     *
     * @return completes when it is kept, or cannot be
     */
    CompletableFuture<?> write(String id, @Nullable Subscription state);
  }

  /**
   * A request that waits for its callback's answer.
   *
   * @param stood hash of the document when it was asked: what changes from then on is delivered
   */
  private record Asked(
      CallbackUrl callback,
      String path,
      @Nullable String stood,
      SubscriptionRequest request,
      Runnable settled) {
    String host() {
      return callback.host();
    }
  }

  private final Clock clock;
  private final RandomGenerator random;
  private final Callbacks callbacks;
  private final Function<String, @Nullable Content> documents;
  private final Journal journal;
  private final Tally tally = new Tally();
  private final Lanes lanes = new Lanes(REQUESTS_PER_HOST, REQUESTS);
  private final Deliveries deliveries;
  private final int max;

  private final Map<String, Callbacks.Call<?>> calls = new HashMap<>();
  private final Map<String, Asked> asked = new LinkedHashMap<>();
  private final Map<String, Asked> beingAsked = new HashMap<>();
  private final Map<String, Runnable> unwritten = new HashMap<>();
  private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
  private boolean working;
  private int term;
  private Instant expireAt = Instant.MIN;
  private Instant rewriteAt = Instant.MAX;

  /**
   * A hub without subscriptions.
   *
   * @param documents what a GET of a path on this site is answered with; null: nothing is there
   * @param max subscriptions that it takes in all
   */
  Hub(
      Clock clock,
      Callbacks callbacks,
      Function<String, @Nullable Content> documents,
      Journal journal,
      int max) {
    this.clock = clock;
    this.random = new SecureRandom(); // nobody may guess a challenge
    this.callbacks = callbacks;
    this.documents = documents;
    this.journal = journal;
    this.max = max;
    this.deliveries = new Deliveries(lanes, new Backoff(random));
  }

  Tally tally() {
    return tally;
  }

  /** Names a subscription: the same callback and feed document are the same one, however they are asked for. */
  static String id(CallbackUrl callback, String path) {
    String both = callback.uri() + "\n" + path;
    return callback.host() + "/" + Content.hash(both.getBytes(StandardCharsets.UTF_8));
  }

  /** The host of the callback in a subscription's name. */
  static String host(String id) {
    return id.substring(0, id.lastIndexOf('/'));
  }

  /** Takes a subscription as it was kept; nothing is delivered before {@link #begin}. */
  void load(String id, Subscription kept) {
    try {
      String host = CallbackUrl.parse(kept.getCallback()).host();
      String feedId = Feeds.feedId(path(kept.getTopic())).orElseThrow();
      deliveries.put(id, host, feedId, kept, clock.instant());
    } catch (IllegalArgumentException | NoSuchElementException e) {
      LOG.warn("passed over a subscription that no gateway has written: {}", e.getMessage());
    }
  }

  private static String path(String topic) {
    return URI.create(topic).getPath();
  }

  /** Everything that was kept is loaded, and what feeds look like is not older than what was delivered. */
  void begin() {
    working = true;
  }

  /** Others serve these subscriptions from here on: breaks off what is under way and forgets all. */
  void end() {
    working = false;
    term++;
    calls.values().forEach(Callbacks.Call::abort);
    calls.clear();
    asked.clear();
    beingAsked.clear();
    unwritten.clear();
    deliveries.clear();
    lanes.clear();
    tally.serves(0, 0, false);
  }

  /** Feeds may have another state now. For any thread. */
  void changed(Collection<String> ids) {
    Instant now = clock.instant();
    later(
        () -> deliveries.changed(ids.contains(News.EVERY_FEED) ? deliveries.feedIds() : ids, now));
  }

  /** Has something done on the hub's thread. For any thread. */
  void later(Runnable action) {
    inbox.add(action);
  }

  /**
   * Has a request verified.
   *
   * @param settled called when nothing more has to be done about it
   */
  void requested(SubscriptionRequest request, Runnable settled) {
    try {
      CallbackUrl callback = CallbackUrl.parse(request.getCallback());
      String path = path(request.getTopic());
      String stood = hash(documents.apply(path));
      Asked replaced =
          asked.put(id(callback, path), new Asked(callback, path, stood, request, settled));
      if (replaced != null) {
        replaced.settled().run(); // whoever asks twice wants what he asked for last
      }
    } catch (IllegalArgumentException e) {
      LOG.warn("passed over a request that no gateway has written: {}", e.getMessage());
      settled.run();
    }
  }

  /** Requests that wait for an answer. */
  int waiting() {
    return asked.size() + beingAsked.size();
  }

  /** One round of what there is to do; returns soon. */
  void work() {
    for (Runnable event = inbox.poll(); event != null; event = inbox.poll()) {
      event.run();
    }
    if (!working) {
      return;
    }
    Instant now = clock.instant();
    expire(now);
    rewrite(now);
    verify();
    deliver(now);
  }

  // ---- verification ----

  private void verify() {
    for (Iterator<Map.Entry<String, Asked>> all = asked.entrySet().iterator();
        all.hasNext() && !lanes.full(); ) {
      Map.Entry<String, Asked> next = all.next();
      Asked ask = next.getValue();
      if (!beingAsked.containsKey(next.getKey()) && lanes.enter(ask.callback().host())) {
        all.remove();
        verify(next.getKey(), ask);
      }
    }
  }

  private void verify(String id, Asked ask) {
    beingAsked.put(id, ask);
    SubscriptionRequest request = ask.request();
    boolean begins = request.getMode() == SubscriptionMode.subscribe;
    String refusal = begins && deliveries.find(id) == null ? refusal(ask.host()) : null;
    if (refusal != null) {
      tally.denied.increment();
      LOG.info("denied a subscription host={} reason={}", ask.host(), refusal);
      track("?" + id, callbacks.deny(ask.callback(), request.getTopic(), refusal), status -> {
        answered(id, ask);
        ask.settled().run();
      });
      return;
    }
    Callbacks.Call<Boolean> call = callbacks.verify(
        ask.callback(),
        request.getMode().name(),
        request.getTopic(),
        challenge(),
        begins ? request.getLeaseSeconds() : 0);
    track("?" + id, call, wanted -> {
      answered(id, ask);
      if (wanted) {
        tally.verified.increment();
        confirmed(id, ask);
      } else {
        tally.unverified.increment();
        LOG.info("not confirmed mode={} host={}", request.getMode(), ask.host());
        ask.settled().run();
      }
    });
  }

  private @Nullable String refusal(String host) {
    if (deliveries.size(host) >= MAX_PER_HOST) {
      return "there are " + MAX_PER_HOST + " subscriptions of this host";
    }
    return deliveries.size() >= max ? "the hub has all the subscriptions that it can serve" : null;
  }

  private void answered(String id, Asked ask) {
    beingAsked.remove(id, ask);
    lanes.leave(ask.host());
  }

  private void confirmed(String id, Asked ask) {
    SubscriptionRequest request = ask.request();
    if (request.getMode() == SubscriptionMode.unsubscribe) {
      forget(id);
      write(id, null, ask.settled());
      return;
    }
    Instant now = clock.instant();
    Subscription before = deliveries.find(id);
    Subscription.Builder after = before == null
        ? Subscription.newBuilder().setDelivered(ask.stood())
        : Subscription.newBuilder(before);
    Subscription state = after
        .setCallback(request.getCallback())
        .setTopic(request.getTopic())
        .setSecret(request.getSecret())
        .setVerifiedAt(now)
        .setLeaseEnd(now.plusSeconds(request.getLeaseSeconds()))
        .build();
    String feedId = Feeds.feedId(ask.path()).orElseThrow();
    deliveries.put(id, ask.host(), feedId, state, now);
    write(id, state, ask.settled());
  }

  private String challenge() {
    byte[] bytes = new byte[CHALLENGE_BYTES];
    random.nextBytes(bytes);
    return Content.hash(bytes);
  }

  // ---- deliveries ----

  private void deliver(Instant now) {
    for (String id : deliveries.take(now)) {
      Subscription state = Objects.requireNonNull(deliveries.find(id));
      CallbackUrl callback = CallbackUrl.parse(state.getCallback());
      Content document = documents.apply(path(state.getTopic()));
      if (document == null || document.hash().equals(state.getDelivered())) {
        Subscription settled = deliveries.nothingNew(id);
        if (settled != null) {
          write(id, settled, Hub::nothing);
        }
        continue;
      }
      track(
          id,
          callbacks.deliver(callback, state, document),
          status -> answered(id, callback.host(), document.hash(), status));
    }
  }

  private void answered(String id, String host, String hash, int status) {
    Instant now = clock.instant();
    if (Callbacks.isSuccess(status)) {
      tally.delivered.increment();
      write(id, deliveries.delivered(id, hash, now), Hub::nothing);
      return;
    }
    tally.failed.increment();
    Subscription left = status == GONE ? null : deliveries.failed(id, now);
    if (left == null) {
      LOG.warn("ended a subscription host={} status={}", host, status);
      (status == GONE ? tally.gone : tally.givenUp).increment();
      deliveries.remove(id);
    }
    write(id, left, Hub::nothing);
  }

  private void forget(String id) {
    deliveries.remove(id);
    Callbacks.Call<?> call = calls.remove(id);
    if (call != null) {
      call.abort();
    }
  }

  private void expire(Instant now) {
    if (now.isBefore(expireAt)) {
      return;
    }
    expireAt = now.plus(EXPIRE_EVERY);
    for (String id : deliveries.expired(now)) {
      tally.expired.increment();
      forget(id);
      write(id, null, Hub::nothing);
    }
    tally.serves(deliveries.size(), deliveries.behind(), true);
  }

  private static @Nullable String hash(@Nullable Content document) {
    return document == null ? null : document.hash();
  }

  // ---- what is to be kept ----

  /** Has a state kept, however long that takes; {@code whenKept} runs on the hub's thread. */
  private void write(String id, @Nullable Subscription state, Runnable whenKept) {
    int now = term;
    var unused = journal
        .write(id, state)
        .whenComplete((done, failure) -> inbox.add(() -> {
          if (now != term) {
            return;
          }
          if (failure == null) {
            whenKept.run();
            return;
          }
          LOG.warn("cannot keep a subscription yet cause={}", failure.getMessage());
          unwritten.merge(id, whenKept, (one, other) -> () -> {
            one.run();
            other.run();
          });
          rewriteAt = clock.instant().plus(REWRITE_AFTER);
        }));
  }

  private static void nothing() {}

  private void rewrite(Instant now) {
    if (!now.isBefore(rewriteAt)) {
      rewriteAt = Instant.MAX;
      Map<String, Runnable> again = Map.copyOf(unwritten);
      unwritten.clear();
      again.forEach((id, whenKept) -> write(id, deliveries.find(id), whenKept));
    }
  }

  private interface Then<T> {
    void take(T answer);
  }

  /** Handles the answer on the hub's thread, unless the call is no longer the one that counts. */
  private <T> void track(String key, Callbacks.Call<T> call, Then<T> then) {
    calls.put(key, call);
    var unused = call.answer()
        .thenAccept(answer -> inbox.add(() -> {
          if (calls.remove(key, call)) {
            then.take(answer);
          }
        }));
  }
}
