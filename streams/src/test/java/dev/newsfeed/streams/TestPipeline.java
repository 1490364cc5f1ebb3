package dev.newsfeed.streams;

import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/**
 * One job on Kafka's own test driver. Values go in and come out as records of the domain; the clock
 * moves when it is told to.
 */
public final class TestPipeline implements AutoCloseable {

  /** With one partition each, which is what a test driver has. */
  public static final Topics TOPICS = new Topics("test.", SchemaCatalogue.shipped(), 1);

  public static final NewsroomCalendar BERLIN =
      new NewsroomCalendar(ZoneId.of("Europe/Berlin"), DayOfWeek.MONDAY);

  private final TopologyTestDriver driver;
  private final Topology topology;
  private final Path stateDir;
  private final Map<String, TestInputTopic<String, byte[]>> inputs = new LinkedHashMap<>();
  private final Map<String, TestOutputTopic<String, byte[]>> outputs = new LinkedHashMap<>();
  private final Map<String, Map<String, byte[]>> compacted = new LinkedHashMap<>();
  private final Map<String, List<byte[]>> log = new LinkedHashMap<>();
  private final Set<String> batched;
  private long batches;
  private Instant now;

  public TestPipeline(Job job, Instant start) {
    stateDir = newStateDir();
    Properties properties = properties(job, stateDir);
    topology = Jobs.topology(job, properties);
    driver = new TopologyTestDriver(topology, properties, start);
    batched = job.batched();
    now = start;
  }

  /** Each its own: pipelines that run side by side would lock each other out. */
  private static Path newStateDir() {
    try {
      return Files.createTempDirectory("newsfeed-test-state-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Properties properties(Job job, Path stateDir) {
    return Jobs.properties(
        job, StreamsSettings.of(KafkaSettings.of("localhost:1"), TOPICS, stateDir, BERLIN));
  }

  public Topology topology() {
    return topology;
  }

  public <V extends SpecificRecord> void pipe(Topic<V> topic, String key, @Nullable V value) {
    pipeBytes(topic, key, value == null ? null : topic.valueSerde().write(topic.name(), value));
  }

  public void pipeBytes(Topic<?> topic, String key, byte @Nullable [] value) {
    pipeBytes(topic, key, value, now);
  }

  public void pipeBytes(Topic<?> topic, String key, byte @Nullable [] value, Instant at) {
    inputs
        .computeIfAbsent(
            topic.name(),
            name ->
                driver.createInputTopic(name, new StringSerializer(), new ByteArraySerializer()))
        .pipeInput(
            batched.contains(topic.name())
                ? batchOfOne(topic, key, value, at)
                : new TestRecord<>(key, value, new RecordHeaders(), at));
  }

  /** As the job's consumer hands it over. */
  private TestRecord<String, byte[]> batchOfOne(
      Topic<?> topic, String key, byte @Nullable [] value, Instant at) {
    ConsumerRecord<byte[], byte[]> one = new ConsumerRecord<>(
        topic.name(),
        0,
        batches++,
        at.toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        ConsumerRecord.NULL_SIZE,
        ConsumerRecord.NULL_SIZE,
        key.getBytes(StandardCharsets.UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
    return new TestRecord<>(null, RecordBatch.pack(List.of(one), -1), new RecordHeaders(), at);
  }

  /** Lets the clock go on; what waits for it happens on the way. */
  public void advance(Duration by) {
    Duration step = Duration.ofMillis(500);
    Instant until = now.plus(by);
    if (by.compareTo(Duration.ofMinutes(10)) > 0) {
      // long waits need not be walked in small steps
      driver.advanceWallClockTime(by.minusSeconds(5));
      now = now.plus(by.minusSeconds(5));
    }
    while (now.isBefore(until)) {
      Duration left = Duration.between(now, until);
      Duration next = left.compareTo(step) < 0 ? left : step;
      driver.advanceWallClockTime(next);
      now = now.plus(next);
    }
  }

  public Instant now() {
    return now;
  }

  /** What compaction would leave: the last value of each key. */
  public <V extends SpecificRecord> Map<String, V> table(Topic<V> topic) {
    drain(topic.name());
    Map<String, V> values = new LinkedHashMap<>();
    compacted
        .getOrDefault(topic.name(), Map.of())
        .forEach((key, value) -> values.put(key, topic.valueSerde().read(topic.name(), value)));
    return values;
  }

  /** Everything that was written since the start, in order. */
  public <V extends SpecificRecord> List<V> all(Topic<V> topic) {
    drain(topic.name());
    return log.getOrDefault(topic.name(), List.of()).stream()
        .map(value -> topic.valueSerde().read(topic.name(), value))
        .toList();
  }

  /** The last value of each key, in bytes on the topic. */
  public Map<String, Integer> sizes(Topic<?> topic) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    rawTable(topic.name()).forEach((key, value) -> sizes.put(key, value.length));
    return sizes;
  }

  /** The only refused record. */
  public Rejected onlyRejected() {
    List<Rejected> rejected = all(TOPICS.rejected);
    if (rejected.size() != 1) {
      throw new AssertionError("expected one refused record, got " + rejected);
    }
    return rejected.get(0);
  }

  /** What the job has counted under a name, over all its tasks. */
  public long counted(String name) {
    return driver.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals(name + "-total"))
        .mapToLong(metric -> ((Number) metric.getValue().metricValue()).longValue())
        .sum();
  }

  /** What compaction would leave of any topic, as bytes; deleted keys are gone. */
  public Map<String, byte[]> rawTable(String topic) {
    drain(topic);
    Map<String, byte[]> table = new LinkedHashMap<>(compacted.getOrDefault(topic, Map.of()));
    table.values().removeIf(Objects::isNull);
    return table;
  }

  /** How many records were written to a topic since the start. */
  public int written(String topic) {
    drain(topic);
    return log.getOrDefault(topic, List.of()).size();
  }

  private void drain(String topic) {
    TestOutputTopic<String, byte[]> output = outputs.computeIfAbsent(
        topic,
        name ->
            driver.createOutputTopic(name, new StringDeserializer(), new ByteArrayDeserializer()));
    while (!output.isEmpty()) {
      TestRecord<String, byte[]> produced = output.readRecord();
      compacted
          .computeIfAbsent(topic, n -> new LinkedHashMap<>())
          .put(produced.key(), produced.value());
      log.computeIfAbsent(topic, n -> new ArrayList<>()).add(produced.value());
    }
  }

  @Override
  public void close() {
    driver.close();
    try (Stream<Path> files = Files.walk(stateDir)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
