package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic from its beginning to its present end, and later from there to the next end. A partition
 * of which nothing comes, as its broker has just gone, is not waited for without end.
 */
final class TopicScan implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int POLLS = 20;
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final String servers;
  private final long patienceNs;

  TopicScan(KafkaSettings kafka, String topic) {
    servers = kafka.bootstrapServers();
    patienceNs = TimeUnit.MILLISECONDS.toNanos(
        Long.parseLong(kafka.client().getOrDefault("default.api.timeout.ms", "60000")));
    consumer = consumer(kafka);
    try {
      partitions = consumer.partitionsFor(topic, ANSWER_WITHIN).stream()
          .map(p -> new TopicPartition(topic, p.partition()))
          .toList();
    } catch (TimeoutException e) {
      consumer.close();
      throw silent(e);
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  private static KafkaConsumer<String, byte[]> consumer(KafkaSettings kafka) {
    return new KafkaConsumer<>(
        kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG, "newsfeed-scan",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private UnavailableException silent(@Nullable TimeoutException cause) {
    return new UnavailableException("Kafka at " + servers + " does not answer", cause);
  }

  /**
   * Reads what was committed until now.
   *
   * @throws UnavailableException when the brokers do not answer, or nothing comes any more
   */
  void toEnd(Consumer<ConsumerRecord<String, byte[]>> reader) {
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long heardNs = System.nanoTime();
      while (!ends.entrySet().stream()
          .allMatch(e -> consumer.position(e.getKey()) >= e.getValue())) {
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        records.forEach(reader);
        if (!records.isEmpty()) {
          heardNs = System.nanoTime();
        } else if (System.nanoTime() - heardNs > patienceNs) {
          throw silent(null);
        }
      }
    } catch (TimeoutException e) {
      throw silent(e);
    }
  }

  /**
   * Whether a partition has no record between two offsets that a reader would see; transactions leave
   * marks of their own there. False where that cannot be told yet.
   */
  static boolean isEmpty(KafkaSettings kafka, TopicPartition partition, long from, long to) {
    try (KafkaConsumer<String, byte[]> consumer = consumer(kafka)) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, from);
      for (int polls = 0; polls < POLLS && consumer.position(partition) < to; polls++) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.offset() < to) {
            return false;
          }
        }
      }
      return consumer.position(partition) >= to;
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
