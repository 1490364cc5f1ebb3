package dev.newsfeed.streams;

import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.Topic;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How jobs read from topics and write to them. Values come in as bytes: the first processor decodes
 * them, so that what cannot be decoded is refused with its bytes instead of stopping the job.
 */
public final class Wire {

  /**
   * No record's time decides anything here, so none is a reason to stop. The default extractor
   * throws on a negative one.
   */
  private static final TimestampExtractor ANY_TIME =
      (ConsumerRecord<Object, Object> consumed, long partitionTime) ->
          Math.max(0, consumed.timestamp());

  private Wire() {}

  /** Reads a topic's values as bytes. */
  public static Consumed<String, byte[]> bytes(String name) {
    return Consumed.with(Topic.KEYS, Serdes.ByteArray())
        .withName(name)
        .withTimestampExtractor(ANY_TIME);
  }

  /** Reads a topic that the job takes in batches. */
  public static Consumed<byte[], byte[]> batches(String name) {
    return Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
        .withName(name)
        .withTimestampExtractor(ANY_TIME);
  }

  /** Reads the values of a topic that only this project's own jobs write. */
  public static <V extends SpecificRecord> Consumed<String, V> values(String name, Topic<V> topic) {
    return Consumed.with(Topic.KEYS, (Serde<V>) topic.valueSerde())
        .withName(name)
        .withTimestampExtractor(ANY_TIME);
  }

  /**
   * Writes to a topic what a processor forwards to the child of this name.
   *
   * @param name the sink's name, for {@code context.forward(record, name)}
   */
  public static <V extends SpecificRecord> void into(
      KStream<String, SpecificRecord> outputs, Topic<V> topic, String name) {
    Serde<SpecificRecord> serde = Serdes.serdeFrom(
        (t, value) -> topic.valueSerde().write(t, topic.value().cast(value)),
        topic.valueSerde().deserializer()::deserialize);
    outputs.to(topic.name(), Produced.with(Topic.KEYS, serde).withName(name));
  }

  /**
   * What a processor forwards to the child of this name, where it goes on in the topology.
   *
   * @param name the child's name, for {@code context.forward(record, name)}
   */
  public static <V extends SpecificRecord> KStream<String, V> part(
      KStream<String, SpecificRecord> outputs, Class<V> type, String name) {
    return outputs.mapValues(type::cast, Named.as(name));
  }

  /**
   * Forwards to {@code rejected} what a processor refuses of its present input.
   *
   * @param into the name of the sink
   * @param stage who refuses it
   * @param key the input's own
   * @param problems everything that is wrong, the first one leading
   */
  public static void refuse(
      ProcessorContext<String, SpecificRecord> context,
      String into,
      String stage,
      @Nullable String key,
      List<Problem> problems,
      byte[] bytes) {
    long offset = context.recordMetadata().orElseThrow().offset();
    refuse(context, into, stage, key, problems, bytes, offset);
  }

  /** The same for a record of a batch, whose place is not the batch's. */
  public static void refuse(
      ProcessorContext<String, SpecificRecord> context,
      String into,
      String stage,
      @Nullable String key,
      List<Problem> problems,
      byte[] bytes,
      long offset) {
    long atMs = context.currentSystemTimeMs();
    RecordMetadata place = context.recordMetadata().orElseThrow();
    Rejected refused = Refusals.rejected(
        summary(problems),
        stage,
        Instant.ofEpochMilli(atMs),
        new Refusals.Place(place.topic(), place.partition(), offset),
        bytes);
    String kept = Refusals.key(key);
    if (key != null && kept == null) {
      refused = Rejected.newBuilder(refused).setCut(true).build();
    }
    context.forward(new Record<>(kept, refused, atMs), into);
  }

  private static Problem summary(List<Problem> problems) {
    Problem first = problems.get(0);
    String all = problems.stream().map(Problem::toString).collect(Collectors.joining("; "));
    return problems.size() == 1 ? first : new Problem(first.reason(), first.field(), all);
  }
}
