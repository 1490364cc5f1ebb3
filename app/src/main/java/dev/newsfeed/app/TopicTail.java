package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.RecordJson;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic record by record, as a person would want to see it: one line of JSON for each. */
final class TopicTail {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private final KafkaSettings kafka;

  TopicTail(KafkaSettings kafka) {
    this.kafka = kafka;
  }

  /**
   * Reads on until {@code max} records were read.
   *
   * @param fromBeginning false: only what comes from now on
   * @param max 0: for ever
   */
  <V extends SpecificRecord> void read(
      Topic<V> topic, boolean fromBeginning, long max, Consumer<ObjectNode> line) {
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
        kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG, "newsfeed-tail",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")),
        new StringDeserializer(),
        new ByteArrayDeserializer())) {
      List<PartitionInfo> partitions = partitions(consumer, topic.name());
      if (partitions.isEmpty()) {
        throw new UnavailableException("there is no topic " + topic.name(), null);
      }
      List<TopicPartition> all = partitions.stream()
          .map(p -> new TopicPartition(p.topic(), p.partition()))
          .toList();
      consumer.assign(all);
      if (fromBeginning) {
        consumer.seekToBeginning(all);
      } else {
        consumer.seekToEnd(all);
      }
      long read = 0;
      while (max == 0 || read < max) {
        for (ConsumerRecord<String, byte[]> consumed : consumer.poll(POLL)) {
          if (max > 0 && read == max) {
            return;
          }
          line.accept(json(topic, consumed));
          read++;
        }
      }
    }
  }

  private List<PartitionInfo> partitions(KafkaConsumer<?, ?> consumer, String topic) {
    try {
      return consumer.partitionsFor(topic, ANSWER_WITHIN);
    } catch (TimeoutException e) {
      throw new UnavailableException(
          "Kafka at " + kafka.bootstrapServers() + " does not answer", e);
    }
  }

  /** A value that cannot be decoded is shown by its size and the reason. */
  static <V extends SpecificRecord> ObjectNode json(
      Topic<V> topic, ConsumerRecord<String, byte[]> consumed) {
    ObjectNode line = JsonNodeFactory.instance
        .objectNode()
        .put("key", consumed.key())
        .put("partition", consumed.partition())
        .put("offset", consumed.offset())
        .put("time", Instant.ofEpochMilli(consumed.timestamp()).toString());
    byte[] bytes = consumed.value();
    if (bytes == null) {
      return line.putNull("value");
    }
    try {
      return line.set("value", RecordJson.withNulls(topic.valueSerde().read(topic.name(), bytes)));
    } catch (SerializationException e) {
      return line.put("undecodable", e.getMessage()).put("bytes", bytes.length);
    }
  }
}
