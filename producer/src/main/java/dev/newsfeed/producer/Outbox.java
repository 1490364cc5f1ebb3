package dev.newsfeed.producer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A Kafka producer that takes records of the catalogue and answers with the broker's ack. */
final class Outbox implements AutoCloseable {

  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);

  private final Producer<String, byte[]> producer;

  Outbox(Producer<String, byte[]> producer) {
    this.producer = producer;
  }

  /** For what must not get lost: waits for room and for the cluster as long as a person would. */
  static Outbox patient(KafkaSettings kafka, String clientId) {
    return new Outbox(producer(kafka, clientId, Duration.ofSeconds(10), 32 << 20));
  }

  /** For who answers a request within ten seconds: the ack takes its time, too. */
  static Outbox prompt(KafkaSettings kafka, String clientId) {
    return new Outbox(producer(kafka, clientId, Duration.ofSeconds(5), 32 << 20));
  }

  /** For what comes in masses: when there is no room, that is known at once. */
  static Outbox hurried(KafkaSettings kafka, String clientId) {
    return new Outbox(producer(kafka, clientId, Duration.ofMillis(50), 16 << 20));
  }

  private static Producer<String, byte[]> producer(
      KafkaSettings kafka, String clientId, Duration maxBlock, long bufferBytes) {
    return new KafkaProducer<>(
        kafka.with(Map.of(
            ProducerConfig.CLIENT_ID_CONFIG,
            clientId,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            (int) Duration.ofMinutes(2).toMillis(),
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            maxBlock.toMillis(),
            ProducerConfig.BUFFER_MEMORY_CONFIG,
            bufferBytes,
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
  static Map<String, String> sentBy(String sender) {
    return sender.isEmpty() ? Map.of() : Map.of("key", sender);
  }

  /**
   * Sends one record.
   *
   * @param headers written as UTF-8, in order
   * @return completes with the ack, or exceptionally with Kafka's error
   */
  <V extends SpecificRecord> CompletionStage<Ack> send(
      Topic<V> topic, @Nullable String key, V value, Map<String, String> headers) {
    return send(topic, key, topic.valueSerde().write(topic.name(), value), headers);
  }

  /** Sends the null by which a compacted topic forgets a key. */
  CompletionStage<Ack> sendNull(Topic<?> topic, String key, Map<String, String> headers) {
    return send(topic, key, (byte @Nullable []) null, headers);
  }

  /** The same for a value that is serialised already. */
  CompletionStage<Ack> send(
      Topic<?> topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
    ProducerRecord<String, byte[]> message = new ProducerRecord<>(
        topic.name(),
        null,
        key,
        value,
        headers.entrySet().stream()
            .<Header>map(h -> new RecordHeader(h.getKey(), h.getValue().getBytes(UTF_8)))
            .toList());
    CompletableFuture<Ack> ack = new CompletableFuture<>();
    try {
      var unused = producer.send(message, (stored, failure) -> {
        if (failure == null) {
          ack.complete(new Ack(stored.topic(), stored.partition(), stored.offset()));
        } else {
          ack.completeExceptionally(failure);
        }
      });
    } catch (RuntimeException e) {
      ack.completeExceptionally(e);
    }
    return ack;
  }

  /** Returns when all that was sent has arrived or failed. */
  void flush() {
    producer.flush();
  }

  /** Sends what is still buffered. */
  @Override
  public void close() {
    producer.close(CLOSE_WITHIN);
  }
}
