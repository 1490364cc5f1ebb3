package dev.newsfeed.producer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What tests send to instead of a cluster, and how they read it: Kafka's own fake producer. */
public final class TestKafka {

  public static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
  public static final Instant NOW = Instant.parse("2026-11-23T09:30:00.123Z");

  private static final ObjectMapper JSON = new ObjectMapper();

  private TestKafka() {}

  public static MockProducer<String, byte[]> producer(boolean acks) {
    return new MockProducer<>(
        Cluster.empty(), acks, null, new StringSerializer(), new ByteArraySerializer());
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  public static <V extends SpecificRecord> List<V> values(
      MockProducer<String, byte[]> producer, Topic<V> topic) {
    return records(producer, topic).stream()
        .map(r -> topic.valueSerde().read(topic.name(), r.value()))
        .toList();
  }

  public static List<ProducerRecord<String, byte[]>> records(
      MockProducer<String, byte[]> producer, Topic<?> topic) {
    return producer.history().stream()
        .filter(r -> r.topic().equals(topic.name()))
        .toList();
  }
}
