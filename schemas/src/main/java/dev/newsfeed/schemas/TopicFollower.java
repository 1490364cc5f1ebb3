package dev.newsfeed.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics from their beginning, or from known positions, and goes on with what comes: a
 * snapshot, then the tail. Needs no consumer group and commits nothing; reads only what was
 * committed.
 *
 * <pre>
 * published 0: a1 a2 a1 │ a3          the bar: end of the topic when the follower started;
 * published 1: a4       │ a5 a4       {@link #caughtUp} completes when every bar was passed
 * </pre>
 *
 * All handlers run on one thread, in the order of each partition. A value that cannot be decoded is
 * logged with its place and passed over; a broker that is away is waited for; a handler that throws
 * stops the follower, and so does a value that only a newer version can read; {@link #failure} says
 * why.
 */
public final class TopicFollower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** Takes one record. Its value is null where the topic deletes the key. */
  public interface Handler<V> {
    void take(ConsumerRecord<String, byte[]> place, @Nullable V value);
  }

  /** What to read, before it starts. */
  public static final class Plan {
    private final KafkaSettings kafka;
    private final String clientId;
    private final Map<String, Read<?>> reads = new LinkedHashMap<>();
    private final Set<String> tails = new HashSet<>();
    private final Map<TopicPartition, Long> from = new HashMap<>();
    private Runnable afterBatch = () -> {};
    private Runnable whenCaughtUp = () -> {};

    private Plan(KafkaSettings kafka, String clientId) {
      this.kafka = kafka;
      this.clientId = clientId;
    }

    /** Reads this topic, too. */
    public <V extends SpecificRecord> Plan on(Topic<V> topic, Handler<V> handler) {
      reads.put(topic.name(), new Read<>(topic, handler));
      return this;
    }

    /** Reads of this topic only what comes from now on. */
    public <V extends SpecificRecord> Plan tail(Topic<V> topic, Handler<V> handler) {
      tails.add(topic.name());
      return on(topic, handler);
    }

    /** Where to begin in these partitions: the offset of the next record to read. */
    public Plan from(Map<TopicPartition, Long> positions) {
      from.putAll(positions);
      return this;
    }

    /** Called on the follower's thread after each batch of records, and when there was none. */
    public Plan afterBatch(Runnable action) {
      afterBatch = action;
      return this;
    }

    /** Called once on the follower's thread, before {@link TopicFollower#caughtUp} completes. */
    public Plan whenCaughtUp(Runnable action) {
      whenCaughtUp = action;
      return this;
    }

    /** Starts reading on a thread of its own. */
    public TopicFollower start() {
      return new TopicFollower(this);
    }
  }

  private record Read<V extends SpecificRecord>(Topic<V> topic, Handler<V> handler) {
    void take(ConsumerRecord<String, byte[]> consumed) {
      V value;
      try {
        value = consumed.value() == null
            ? null
            : topic.valueSerde().read(topic.name(), consumed.value());
      } catch (UnknownSchemaException e) {
        throw e; // there is news in it for those who can read it
      } catch (SerializationException e) {
        LOG.warn(
            "passed over an undecodable record topic={} partition={} offset={} cause={}",
            consumed.topic(),
            consumed.partition(),
            consumed.offset(),
            e.getMessage());
        return;
      }
      handler.take(consumed, value);
    }
  }

  /** Ends of partitions that are still to be reached; empty at first: of all, as they are then. */
  private record Bars(Map<TopicPartition, Long> ends, CompletableFuture<@Nullable Void> passed) {}

  private final Plan plan;
  private final KafkaConsumer<String, byte[]> consumer;
  private final CompletableFuture<@Nullable Void> caughtUp = new CompletableFuture<>();
  private final Map<TopicPartition, Long> bars = new HashMap<>();
  private final Queue<Bars> asked = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;

  private TopicFollower(Plan plan) {
    this.plan = plan;
    this.consumer = new KafkaConsumer<>(
        plan.kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG,
            plan.clientId,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            // with no group there is no stored position: an unknown one means the start
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest")),
        new StringDeserializer(),
        new ByteArrayDeserializer());
    this.thread = new Thread(this::run, plan.clientId);
    thread.setDaemon(true);
    thread.start();
  }

  /** A follower of no topics yet. */
  public static Plan of(KafkaSettings kafka, String clientId) {
    return new Plan(kafka, clientId);
  }

  /** Completes when everything that stood on the topics at the start has been handled. */
  public CompletableFuture<@Nullable Void> caughtUp() {
    return caughtUp;
  }

  /**
   * Completes when everything that stands on the topics at this moment has been handled, and what is
   * done {@link Plan#afterBatch after the batch} as well: whatever any other reader had read until
   * now, this one then has, too.
   */
  public CompletableFuture<@Nullable Void> readUpToNow() {
    Bars bars = new Bars(new HashMap<>(), new CompletableFuture<>());
    asked.add(bars);
    if (isClosing() || failure != null) {
      bars.passed().completeExceptionally(hasEnded());
    }
    return bars.passed();
  }

  /**
   * Waits for {@link #caughtUp}.
   *
   * @throws IllegalStateException when it takes longer, or the follower stopped with an error
   */
  public void awaitCaughtUp(Duration atMost) {
    try {
      caughtUp.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(plan.clientId + " did not catch up within " + atMost, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(plan.clientId + " stopped", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Why it stopped by itself; null while all is well. */
  public @Nullable Throwable failure() {
    return failure;
  }

  private void run() {
    try (consumer) {
      while (!isClosing() && !assigned()) {
        closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
      }
      while (!isClosing()) {
        for (ConsumerRecord<String, byte[]> consumed : consumer.poll(POLL)) {
          Read<?> read = plan.reads.get(consumed.topic());
          if (read != null) {
            read.take(consumed);
          }
        }
        plan.afterBatch.run();
        passBars();
        asked.removeIf(this::passed);
      }
    } catch (WakeupException e) {
      if (!isClosing()) {
        fail(e);
      }
    } catch (RuntimeException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    caughtUp.completeExceptionally(hasEnded());
    asked.forEach(bars -> bars.passed().completeExceptionally(hasEnded()));
  }

  private IllegalStateException hasEnded() {
    return new IllegalStateException(plan.clientId + " was closed");
  }

  private void fail(RuntimeException e) {
    failure = e;
    LOG.error("stopped following client={}", plan.clientId, e);
    caughtUp.completeExceptionally(e);
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  /** Whether the topics could be found; a broker that is away or topics still to come are waited for. */
  private boolean assigned() {
    try {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : plan.reads.keySet()) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found.isEmpty()) {
          throw new UnknownTopicOrPartitionException("there is no topic " + topic);
        }
        found.forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
      }
      assign(partitions);
      return true;
    } catch (RetriableException e) {
      LOG.warn("cannot follow yet client={} cause={}", plan.clientId, e.getMessage());
      return false;
    }
  }

  private void assign(List<TopicPartition> partitions) {
    consumer.assign(partitions);
    Set<TopicPartition> fromStart = new HashSet<>(partitions);
    fromStart.removeAll(plan.from.keySet());
    consumer.seekToBeginning(fromStart);
    plan.from.forEach((partition, offset) -> {
      if (partitions.contains(partition)) {
        consumer.seek(partition, offset);
      }
    });
    bars.putAll(consumer.endOffsets(partitions));
    bars.forEach((partition, end) -> {
      if (plan.tails.contains(partition.topic())) {
        consumer.seek(partition, end);
      }
    });
  }

  private void passBars() {
    if (caughtUp.isDone()) {
      return;
    }
    bars.entrySet().removeIf(bar -> consumer.position(bar.getKey()) >= bar.getValue());
    if (bars.isEmpty()) {
      plan.whenCaughtUp.run();
      caughtUp.complete(null);
    }
  }

  private boolean passed(Bars bars) {
    if (bars.ends().isEmpty()) {
      try {
        bars.ends().putAll(consumer.endOffsets(consumer.assignment()));
      } catch (RetriableException e) {
        LOG.warn("cannot see the ends yet client={} cause={}", plan.clientId, e.getMessage());
        return false;
      }
    }
    bars.ends().entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    return bars.ends().isEmpty() && bars.passed().complete(null);
  }

  @Override
  public void close() {
    closing.countDown();
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
