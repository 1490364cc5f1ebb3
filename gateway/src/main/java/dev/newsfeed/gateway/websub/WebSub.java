package dev.newsfeed.gateway.websub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Subscription;
import dev.newsfeed.avro.SubscriptionRequest;
import dev.newsfeed.gateway.feed.Feeds;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Networks;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.schemas.UnknownSchemaException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSub hub (W3C Recommendation of 2018) for this site's feed documents, shared by all gateways.
 *
 * <pre>
 * POST /hub, at any gateway ──▶ subscription-requests ─┐ the gateway that has partition p
 *                                                      ├──▶ asks, delivers, writes what has become
 * subscriptions p, read whole when p comes to it ──────┘    of it to subscriptions p
 * </pre>
 *
 * Gateways share the partitions as a consumer group, so one of them serves a subscription, and
 * another takes over when it dies. Both topics are partitioned by the callback's host, whose limits
 * one gateway therefore knows. Whoever is given partitions first reads the news as far as it goes at
 * that moment: the one before cannot have delivered anything newer, so nothing older follows it.
 */
public final class WebSub implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WebSub.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int SESSION_MS = 10_000;
  private static final int MAX_WAITING = 1_000;
  private static final int MAX_ASKING = 500;
  private static final int PER_MINUTE_AND_HOST = 300;
  private static final long COMMIT_EVERY_MS = 1_000;

  private enum Phase {
    /** Others have the partitions, or nobody yet. */
    IDLE,
    /** Reads what subscriptions there are. */
    LOADING,
    /** Reads the news up to when the partitions came. */
    CATCHING_UP,
    WORKING
  }

  private final Topics topics;
  private final TopicFollower news;
  private final KafkaConsumer<String, byte[]> consumer;
  private final KafkaProducer<String, byte[]> producer;
  private final Callbacks callbacks;
  private final HubDoor door;
  private final Hub hub;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Semaphore asking = new Semaphore(MAX_ASKING);
  private volatile boolean open = true;
  private volatile @Nullable Throwable failure;

  // of the thread alone
  private Phase phase = Phase.IDLE;
  private final Map<String, Subscription> loaded = new HashMap<>();
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final Map<TopicPartition, TreeSet<Long>> unsettled = new HashMap<>();
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private CompletableFuture<@Nullable Void> caughtUp = new CompletableFuture<>();
  private boolean held;
  private long committedAtMs;

  /**
   * Starts a hub.
   *
   * @param news what this gateway knows
   * @param follower feeds it
   * @param feeds answers for the documents that are delivered
   * @param allowed networks that callbacks may be in although they are not public
   */
  public static WebSub start(
      KafkaSettings kafka,
      Topics topics,
      TopicFollower follower,
      News news,
      Feeds feeds,
      Addresses addresses,
      Networks allowed,
      Clock clock) {
    return new WebSub(kafka, topics, follower, news, feeds, addresses, allowed, clock);
  }

  private WebSub(
      KafkaSettings kafka,
      Topics topics,
      TopicFollower follower,
      News news,
      Feeds feeds,
      Addresses addresses,
      Networks allowed,
      Clock clock) {
    this.topics = topics;
    this.news = follower;
    this.consumer = consumer(kafka, topics);
    this.producer = producer(kafka);
    Scheduler timers = Callbacks.timers();
    PublicAddresses reachable = new PublicAddresses(Callbacks.names(timers), allowed);
    this.callbacks = new Callbacks(addresses, reachable, timers, Callbacks.TIMEOUT_MS);
    this.hub = new Hub(
        clock,
        callbacks,
        path -> document(feeds, path),
        (id, state) -> send(topics.subscriptions, id, state),
        Hub.MAX * topics.subscriptions.partitions());
    this.door = new HubDoor(
        news, addresses, reachable, new Pace(PER_MINUTE_AND_HOST), clock, this::request);
    news.onChange(hub::changed);
    this.thread = new Thread(this::run, "websub");
    thread.setDaemon(true);
    thread.start();
  }

  /** The consumer group in which gateways share the subscriptions. */
  public static String group(Topics topics) {
    return topics.prefix() + "websub";
  }

  private static KafkaConsumer<String, byte[]> consumer(KafkaSettings kafka, Topics topics) {
    return new KafkaConsumer<>(
        kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG,
            "websub",
            ConsumerConfig.GROUP_ID_CONFIG,
            group(topics),
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            "classic",
            // gives a member the same partitions of both topics
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            RangeAssignor.class.getName(),
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            SESSION_MS,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            SESSION_MS / 3,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest")),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private static KafkaProducer<String, byte[]> producer(KafkaSettings kafka) {
    return new KafkaProducer<>(
        kafka.with(Map.of(
            ProducerConfig.CLIENT_ID_CONFIG,
            "websub",
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            10_000)),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static @Nullable Content document(Feeds feeds, String path) {
    try {
      return feeds.answer(Ask.get(path)).content();
    } catch (Refused e) {
      return null; // the feed is no more
    }
  }

  /** Answers {@code /hub} and nothing else. */
  public Handler door() {
    return door;
  }

  /** Why it has ended by itself; null: it goes on. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** What it serves, and what became of requests and deliveries since the start. */
  public ObjectNode health() {
    return hub.tally().json();
  }

  // ---- the thread ----

  private void run() {
    try {
      consumer.subscribe(
          List.of(topics.subscriptionRequests.name(), topics.subscriptions.name()),
          new Partitions());
      while (closing.getCount() > 0) {
        for (ConsumerRecord<String, byte[]> taken : consumer.poll(POLL)) {
          take(taken);
        }
        try {
          advance();
        } catch (RetriableException e) {
          LOG.warn("cannot read subscriptions yet cause={}", e.getMessage());
        }
        hub.work();
        hold(hub.waiting() >= MAX_WAITING);
        commit();
      }
    } catch (AuthorizationException e) {
      // a gateway that may only read is still good for readers
      LOG.error("there is no WebSub hub here: {}", e.getMessage());
    } catch (RuntimeException e) {
      failure = e;
      LOG.error("the hub has stopped", e);
    } finally {
      open = false;
      consumer.close(); // gives the partitions back, which ends what is under way
    }
  }

  private void take(ConsumerRecord<String, byte[]> taken) {
    if (taken.topic().equals(topics.subscriptions.name())) {
      if (phase == Phase.LOADING) {
        Subscription kept = read(topics.subscriptions, taken);
        if (kept == null) {
          loaded.remove(taken.key());
        } else {
          loaded.put(taken.key(), kept);
        }
      }
      return;
    }
    TopicPartition place = new TopicPartition(taken.topic(), taken.partition());
    next.put(place, taken.offset() + 1);
    SubscriptionRequest request = read(topics.subscriptionRequests, taken);
    if (request != null) {
      TreeSet<Long> open = unsettled.computeIfAbsent(place, p -> new TreeSet<>());
      open.add(taken.offset());
      hub.requested(request, () -> open.remove(taken.offset()));
    }
  }

  private static <V extends SpecificRecord> @Nullable V read(
      Topic<V> topic, ConsumerRecord<String, byte[]> taken) {
    try {
      return taken.value() == null ? null : topic.valueSerde().read(topic.name(), taken.value());
    } catch (UnknownSchemaException e) {
      throw e; // whose subscription it is, only a newer version can read
    } catch (SerializationException e) {
      LOG.warn(
          "passed over an undecodable record topic={} partition={} offset={} cause={}",
          taken.topic(),
          taken.partition(),
          taken.offset(),
          e.getMessage());
      return null;
    }
  }

  private void advance() {
    if (phase == Phase.LOADING) {
      if (ends.isEmpty()) {
        ends.putAll(consumer.endOffsets(assigned(topics.subscriptions)));
      }
      ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (ends.isEmpty()) {
        consumer.pause(assigned(topics.subscriptions)); // what comes now is written by us
        loaded.forEach(hub::load);
        loaded.clear();
        caughtUp = news.readUpToNow();
        phase = Phase.CATCHING_UP;
      }
    }
    if (phase == Phase.CATCHING_UP && caughtUp.isDone()) {
      if (caughtUp.isCompletedExceptionally()) {
        return; // the gateway is about to end, and says why
      }
      hub.begin();
      consumer.resume(assigned(topics.subscriptionRequests));
      held = false;
      phase = Phase.WORKING;
    }
  }

  /** Leaves requests on their topic while so many are being worked on. */
  private void hold(boolean enough) {
    if (phase == Phase.WORKING && enough != held) {
      held = enough;
      if (enough) {
        consumer.pause(assigned(topics.subscriptionRequests));
      } else {
        consumer.resume(assigned(topics.subscriptionRequests));
      }
    }
  }

  private Set<TopicPartition> assigned(Topic<?> topic) {
    return consumer.assignment().stream()
        .filter(p -> p.topic().equals(topic.name()))
        .collect(Collectors.toSet());
  }

  /** A request is done with when what became of it is kept, and so are those before it. */
  private Map<TopicPartition, OffsetAndMetadata> settled() {
    Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
    next.forEach((place, offset) -> {
      TreeSet<Long> open = unsettled.getOrDefault(place, new TreeSet<>());
      settled.put(place, new OffsetAndMetadata(open.isEmpty() ? offset : open.first()));
    });
    return settled;
  }

  private void commit() {
    long nowMs = System.nanoTime() / 1_000_000;
    if (nowMs - committedAtMs >= COMMIT_EVERY_MS && !next.isEmpty()) {
      committedAtMs = nowMs;
      consumer.commitAsync(settled(), (offsets, e) -> {
        if (e != null) {
          LOG.warn("cannot commit yet cause={}", e.getMessage());
        }
      });
      next.entrySet()
          .removeIf(n -> unsettled.getOrDefault(n.getKey(), new TreeSet<>()).isEmpty());
    }
  }

  private final class Partitions implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) {
        return;
      }
      Set<TopicPartition> states = assigned(topics.subscriptions);
      consumer.pause(assigned(topics.subscriptionRequests));
      consumer.seekToBeginning(states);
      phase = Phase.LOADING;
      LOG.info("serves subscriptions partitions={}", states.size());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (phase != Phase.IDLE) {
        hub.work(); // what has been answered is yet written
        producer.flush();
        hub.work(); // and settles its requests
        try {
          consumer.commitSync(settled());
        } catch (KafkaException e) {
          LOG.warn("requests will be worked on again cause={}", e.getMessage());
        }
      }
      forget();
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      forget();
    }

    private void forget() {
      hub.end();
      loaded.clear();
      ends.clear();
      unsettled.clear();
      next.clear();
      phase = Phase.IDLE;
    }
  }

  // ---- writing ----

  private CompletableFuture<?> request(String id, SubscriptionRequest request) {
    if (!open || !asking.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(open ? "too many wait to be kept" : "no hub is open"));
    }
    CompletableFuture<?> kept = new CompletableFuture<>();
    hub.later(() -> {
      var unused = send(topics.subscriptionRequests, id, request).whenComplete((done, e) -> {
        asking.release();
        if (e == null) {
          kept.complete(null);
        } else {
          kept.completeExceptionally(e);
        }
      });
    });
    return kept;
  }

  private <V extends SpecificRecord> CompletableFuture<?> send(
      Topic<V> topic, String id, @Nullable V value) {
    CompletableFuture<?> kept = new CompletableFuture<>();
    byte[] host = Hub.host(id).getBytes(StandardCharsets.UTF_8);
    int partition = Utils.toPositive(Utils.murmur2(host)) % topic.partitions();
    byte[] bytes = value == null ? null : topic.valueSerde().write(topic.name(), value);
    try {
      var unused =
          producer.send(new ProducerRecord<>(topic.name(), partition, id, bytes), (place, e) -> {
            if (e == null) {
              kept.complete(null);
            } else {
              kept.completeExceptionally(e);
            }
          });
    } catch (KafkaException e) {
      kept.completeExceptionally(e);
    }
    return kept;
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(Duration.ofSeconds(20).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    callbacks.close();
    producer.close(Duration.ofSeconds(5));
  }
}
