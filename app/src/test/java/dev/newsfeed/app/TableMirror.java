package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.newsfeed.schemas.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Somebody else's copy of compacted topics: of each key what was said last. It reads on from where it
 * has stopped, however long ago that was.
 */
final class TableMirror {

  private static final int EMPTY_POLLS = 300;

  private final KafkaSettings kafka;
  private final Markers markers;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Map<String, Map<String, Set<Integer>>> marked = new TreeMap<>();

  TableMirror(KafkaSettings kafka, Collection<TopicPartition> partitions, Markers markers) {
    this.kafka = kafka;
    this.markers = markers;
    for (TopicPartition partition : partitions) {
      positions.put(partition, 0L);
      marked.put(partition.topic(), new HashMap<>());
    }
  }

  /** Reads all there is to read now, with a consumer that lives as long as this takes. */
  TableMirror catchUp() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      catchUp(consumer);
    }
    return this;
  }

  KafkaConsumer<byte[], byte[]> consumer() {
    KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        kafka.with(Map.of(
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", false)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
    consumer.assign(positions.keySet());
    positions.forEach(consumer::seek);
    return consumer;
  }

  /** Reads all there is to read now. */
  void catchUp(KafkaConsumer<byte[], byte[]> consumer) {
    Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(positions.keySet()));
    int polls = 0;
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      if (polls++ > EMPTY_POLLS) {
        throw new IllegalStateException("the end does not come: " + ends);
      }
      for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(Duration.ofMillis(100))) {
        take(consumed);
        polls = 0;
      }
    }
    positions.replaceAll((partition, before) -> consumer.position(partition));
  }

  private void take(ConsumerRecord<byte[], byte[]> consumed) {
    Map<String, Set<Integer>> table =
        Objects.requireNonNull(marked.get(consumed.topic()), consumed.topic());
    String key = new String(consumed.key(), ISO_8859_1);
    if (consumed.value() == null) {
      table.remove(key);
    } else {
      Set<Integer> found = new TreeSet<>(markers.in(consumed.value()));
      found.addAll(markers.in(key));
      table.put(key, found);
    }
  }

  /** How many keys a topic has. */
  int size(String topic) {
    return marked.getOrDefault(topic, Map.of()).size();
  }

  /** The stories whose words stand in the table of a topic. */
  Set<Integer> in(String topic) {
    Set<Integer> all = new TreeSet<>();
    marked.getOrDefault(topic, Map.of()).values().forEach(all::addAll);
    return all;
  }

  /** The keys under which a story's word stands, as {@code topic/key}. */
  Set<String> keys(Set<Integer> stories) {
    Set<String> keys = new TreeSet<>();
    marked.forEach((topic, table) -> table.forEach((key, found) -> {
      Set<Integer> both = new HashSet<>(found);
      both.retainAll(stories);
      if (!both.isEmpty()) {
        keys.add(topic + "/" + key);
      }
    }));
    return keys;
  }

  /** The topics it copies. */
  List<String> topics() {
    return List.copyOf(marked.keySet());
  }
}
