package dev.newsfeed.producer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka producer that takes records of the catalogue and answers with the broker's ack.
 *
 * <pre>
 * patient   caller ──▶ producer's buffer ──▶ broker     the caller waits for room
 * hurried   caller ──▶ queue ──▶ producer's buffer ──▶ broker
 *                      └── all of it at most 16 MiB ──┘   the caller never waits
 * </pre>
 */
public final class Outbox implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);
  private static final Duration END_WITHIN = Duration.ofSeconds(1);
  private static final int BUFFER_BYTES = 32 << 20;
  private static final int ROOM_BYTES = 16 << 20;

  /** What a record takes on the heap beside its value. */
  private static final long RECORD_BYTES = 256;

  private final Producer<String, byte[]> producer;
  private final @Nullable ExecutorService queue;
  private final long roomBytes;
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong waitingBytes = new AtomicLong();

  /** Sends in the caller's thread. */
  public Outbox(Producer<String, byte[]> producer) {
    this(producer, null, Long.MAX_VALUE);
  }

  private Outbox(
      Producer<String, byte[]> producer, @Nullable ExecutorService queue, long roomBytes) {
    this.producer = producer;
    this.queue = queue;
    this.roomBytes = roomBytes;
  }

  /** For what must not get lost: waits for room and for the cluster as long as a person would. */
  public static Outbox patient(KafkaSettings kafka, String clientId) {
    return new Outbox(producer(kafka, clientId, Duration.ofSeconds(10), Duration.ofMinutes(2)));
  }

  /** For who answers a request within ten seconds: the ack takes its time, too. */
  public static Outbox prompt(KafkaSettings kafka, String clientId) {
    return new Outbox(producer(kafka, clientId, Duration.ofSeconds(5), Duration.ofMinutes(2)));
  }

  /**
   * For what comes in masses: it is taken at once or not at all, whatever Kafka does, and then waits
   * an hour for a broker.
   */
  public static Outbox hurried(KafkaSettings kafka, String clientId) {
    return queued(
        producer(kafka, clientId, Duration.ofMinutes(1), Duration.ofHours(1)), ROOM_BYTES);
  }

  /** With a queue of its own, of which one thread sends. */
  public static Outbox queued(Producer<String, byte[]> producer, long roomBytes) {
    return new Outbox(
        producer,
        Executors.newSingleThreadExecutor(task -> new Thread(task, "newsfeed-outbox")),
        roomBytes);
  }

  private static Producer<String, byte[]> producer(
      KafkaSettings kafka, String clientId, Duration maxBlock, Duration deliverWithin) {
    return new KafkaProducer<>(
        kafka.with(Map.of(
            ProducerConfig.CLIENT_ID_CONFIG,
            clientId,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            (int) deliverWithin.toMillis(),
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            maxBlock.toMillis(),
            ProducerConfig.BUFFER_MEMORY_CONFIG,
            (long) BUFFER_BYTES,
            // when every broker is away at once, the default forgets the topics and takes nothing
            // more; what is known stays known, and records wait in the buffer for a restart
            CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG,
            "none",
            // what the largest topic takes; each topic's own limit is the broker's to hold
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            2 << 20,
            // articles and clicks stand uncompressed, so that no small record unfolds into a huge
            // one; the broker would have to unpack what a client packs
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            "none")),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  /** The header that says whose key a record came with; none for nobody's. */
  public static Map<String, String> sentBy(String sender) {
    return sender.isEmpty() ? Map.of() : Map.of("key", sender);
  }

  /**
   * Sends one record.
   *
   * @param headers written as UTF-8, in order
   * @return completes with the ack, or exceptionally with Kafka's error
   */
  public <V extends SpecificRecord> CompletionStage<Ack> send(
      Topic<V> topic, @Nullable String key, V value, Map<String, String> headers) {
    return send(topic, key, topic.valueSerde().write(topic.name(), value), headers);
  }

  /** Sends the null by which a compacted topic forgets a key. */
  public CompletionStage<Ack> sendNull(Topic<?> topic, String key, Map<String, String> headers) {
    return send(topic, key, (byte @Nullable []) null, headers);
  }

  /** The same for a value that is serialised already. */
  public CompletionStage<Ack> send(
      Topic<?> topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
    ProducerRecord<String, byte[]> message = new ProducerRecord<>(
        topic.name(),
        null,
        key,
        value,
        headers.entrySet().stream()
            .<Header>map(h -> new RecordHeader(h.getKey(), h.getValue().getBytes(UTF_8)))
            .toList());
    long bytes = RECORD_BYTES + (value == null ? 0 : value.length);
    if (waitingBytes.addAndGet(bytes) > roomBytes) {
      waitingBytes.addAndGet(-bytes);
      return CompletableFuture.failedFuture(new NoRoom());
    }
    waiting.incrementAndGet();
    CompletableFuture<Ack> ack = new CompletableFuture<>();
    Callback settle = (stored, failure) -> {
      waitingBytes.addAndGet(-bytes);
      waiting.decrementAndGet();
      if (failure == null) {
        ack.complete(new Ack(stored.topic(), stored.partition(), stored.offset()));
      } else {
        ack.completeExceptionally(failure);
      }
    };
    if (queue == null) {
      hand(message, settle);
    } else {
      try {
        queue.execute(() -> hand(message, settle));
      } catch (RejectedExecutionException e) {
        settle.onCompletion(null, e); // it is being closed
      }
    }
    return ack;
  }

  private void hand(ProducerRecord<String, byte[]> message, Callback settle) {
    try {
      var unused = producer.send(message, settle);
    } catch (RuntimeException e) {
      settle.onCompletion(null, e);
    }
  }

  /** Records that were taken and have neither an ack nor an error yet: what a crash loses. */
  public long waiting() {
    return waiting.get();
  }

  /** Returns when all that was sent has arrived or failed. */
  void flush() {
    producer.flush();
  }

  /** Sends what still waits, within 15 s. */
  @Override
  public void close() {
    long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
    if (queue != null) {
      queue.shutdown();
      await(queue, CLOSE_WITHIN);
    }
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    producer.close(left.compareTo(END_WITHIN) < 0 ? END_WITHIN : left);
    if (queue != null && waiting.get() > 0) {
      LOG.warn("not taken by Kafka before the end records={}", waiting.get());
      await(queue, END_WITHIN); // a closed producer refuses them one by one
    }
  }

  private static void await(ExecutorService queue, Duration within) {
    try {
      var unused = queue.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As many records as may wait for Kafka do so. */
  static final class NoRoom extends RuntimeException {
    NoRoom() {
      super("no room for more records before Kafka", null, false, false);
    }
  }
}
