package dev.newsfeed.app.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.app.UnavailableException;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions up to where they end at the call, and changes nothing. All of its methods throw
 * Kafka's {@link TimeoutException} when no broker answers.
 */
final class LogReader implements AutoCloseable {

  static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TELL_EVERY = Duration.ofSeconds(1);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Progress told;

  /**
   * A reader of the topics of a pipeline.
   *
   * @param progress is told once a second how far it is, when it takes longer than that
   */
  LogReader(KafkaSettings kafka, Consumer<String> progress) {
    told = new Progress(progress);
    consumer = new KafkaConsumer<>(
        kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG,
            "newsfeed-explain",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) ANSWER_WITHIN.toMillis(),
            // everything asked for is there already: there is nothing to wait for
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            10,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest")),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  /** What to say when no broker answers. */
  static UnavailableException unanswered(KafkaSettings kafka, Exception e) {
    return new UnavailableException("Kafka at " + kafka.bootstrapServers() + " does not answer", e);
  }

  /** Where the default partitioner, which the intake and the jobs use, puts a key. */
  TopicPartition home(Topic<?> topic, String key) {
    int partitions = partitions(topic).size();
    return new TopicPartition(
        topic.name(), Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) % partitions);
  }

  List<TopicPartition> partitions(Topic<?> topic) {
    List<PartitionInfo> partitions = consumer.partitionsFor(topic.name());
    if (partitions == null || partitions.isEmpty()) {
      throw new UnavailableException("there is no topic " + topic.name(), null);
    }
    return partitions.stream()
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .toList();
  }

  /** Reads partitions from their beginning. */
  void read(List<TopicPartition> partitions, Consumer<ConsumerRecord<String, byte[]>> each) {
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    read(consumer.beginningOffsets(partitions), ends, each);
  }

  /** Reads a partition from the first record on that the broker got then, or later. */
  void readFrom(
      Instant appendedAt, TopicPartition partition, Consumer<ConsumerRecord<String, byte[]>> each) {
    consumer.assign(List.of(partition));
    Map<TopicPartition, Long> ends = consumer.endOffsets(List.of(partition));
    OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(partition, appendedAt.toEpochMilli())).get(partition);
    read(first == null ? ends : Map.of(partition, first.offset()), ends, each);
  }

  private void read(
      Map<TopicPartition, Long> begins,
      Map<TopicPartition, Long> ends,
      Consumer<ConsumerRecord<String, byte[]>> each) {
    begins.forEach(consumer::seek);
    Map<TopicPartition, Long> unread = new HashMap<>(ends);
    long heardNs = System.nanoTime();
    while (true) {
      unread.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      if (unread.isEmpty()) {
        return;
      }
      consumer.pause(ends.keySet().stream()
          .filter(partition -> !unread.containsKey(partition))
          .toList());
      int count = 0;
      for (ConsumerRecord<String, byte[]> consumed : consumer.poll(POLL)) {
        Long end = unread.get(new TopicPartition(consumed.topic(), consumed.partition()));
        if (end != null && consumed.offset() < end) {
          each.accept(consumed);
          count++;
        }
      }
      told.tell(begins, ends, consumer);
      if (count > 0) {
        heardNs = System.nanoTime();
      } else if (System.nanoTime() - heardNs > ANSWER_WITHIN.toNanos()) {
        throw new TimeoutException("nothing came of " + unread.keySet());
      }
    }
  }

  /** Null for a null, and for bytes that are no such record. */
  static <V extends SpecificRecord> @Nullable V decoded(Topic<V> topic, byte @Nullable [] bytes) {
    try {
      return bytes == null ? null : topic.valueSerde().read(topic.name(), bytes);
    } catch (SerializationException e) {
      return null; // garbage has its own entry in rejected
    }
  }

  @Override
  public void close() {
    consumer.close();
  }

  /** Tells how far a scan is, when there is time for it. */
  private static final class Progress {
    private final Consumer<String> progress;
    private long toldNs = System.nanoTime();

    Progress(Consumer<String> progress) {
      this.progress = progress;
    }

    void tell(
        Map<TopicPartition, Long> begins,
        Map<TopicPartition, Long> ends,
        KafkaConsumer<?, ?> consumer) {
      if (System.nanoTime() - toldNs < TELL_EVERY.toNanos()) {
        return;
      }
      toldNs = System.nanoTime();
      long read = 0;
      long all = 0;
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        long begin = begins.getOrDefault(end.getKey(), 0L);
        read += Math.min(consumer.position(end.getKey()), end.getValue()) - begin;
        all += end.getValue() - begin;
      }
      String topicsRead = ends.keySet().stream()
          .map(TopicPartition::topic)
          .distinct()
          .collect(Collectors.joining(", "));
      if (read == all) {
        return;
      }
      progress.accept("read %,d of %,d records of %s".formatted(read, all, topicsRead));
    }
  }
}
