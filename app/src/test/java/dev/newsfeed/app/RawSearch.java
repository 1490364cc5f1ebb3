package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Every record that a broker still gives out, committed or not, searched for words. */
final class RawSearch {

  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final KafkaSettings kafka;
  private final Function<byte[], Set<Integer>> words;

  /** Searches for the words of stories. */
  RawSearch(KafkaSettings kafka, Markers markers) {
    this(kafka, markers::in);
  }

  /**
   * Searches for others.
   *
   * @param words the numbers of those that stand in a key, a value or a header
   */
  RawSearch(KafkaSettings kafka, Function<byte[], Set<Integer>> words) {
    this.kafka = kafka;
    this.words = words;
  }

  /** The words found in each partition; partitions without any are missing. */
  Map<TopicPartition, Set<Integer>> in(Collection<TopicPartition> partitions) {
    Map<TopicPartition, Set<Integer>> found =
        new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        kafka.with(Map.of("isolation.level", "read_uncommitted", "enable.auto.commit", false)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      long deadline = System.nanoTime() + AT_MOST.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the end does not come: " + ends);
        }
        for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(Duration.ofMillis(100))) {
          Set<Integer> stories = in(consumed);
          if (!stories.isEmpty()) {
            found
                .computeIfAbsent(
                    new TopicPartition(consumed.topic(), consumed.partition()),
                    partition -> new TreeSet<>())
                .addAll(stories);
          }
        }
      }
    }
    return found;
  }

  private Set<Integer> in(ConsumerRecord<byte[], byte[]> consumed) {
    Set<Integer> stories = new TreeSet<>();
    if (consumed.key() != null) {
      stories.addAll(words.apply(consumed.key()));
    }
    if (consumed.value() != null) {
      stories.addAll(words.apply(consumed.value()));
    }
    for (Header header : consumed.headers()) {
      if (header.value() != null) {
        stories.addAll(words.apply(header.value()));
      }
    }
    return stories;
  }
}
