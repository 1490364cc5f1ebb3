package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The most-read job in processes of its own, with the topics that it reads and those it writes. The
 * newsroom lies where it is about noon, so that no midnight falls into a test, and its week has begun
 * four days ago.
 */
final class MostReadJob implements AutoCloseable {

  private static final int NOON_MINUTE = 12 * 60;
  private static final int QUARTER_MINUTES = 15;

  private final Instant begun = Instant.now();
  private final KafkaSettings kafka;
  private final Topics topics;
  private final String guarantee;
  private final OffsetDateTime noon;
  private final KafkaProducer<String, byte[]> producer;
  private final ShownLists lists;
  private final List<NewsfeedProcess> processes = new ArrayList<>();

  /**
   * Topics of its own; no instance yet.
   *
   * @param name of the topics and the job: several can share a cluster
   * @param guarantee as Kafka Streams calls it
   */
  MostReadJob(KafkaCluster cluster, String name, String guarantee) {
    this.kafka = KafkaSettings.of(cluster.bootstrapServers());
    this.topics = new Topics(name + '.', SchemaCatalogue.shipped());
    this.guarantee = guarantee;
    this.noon = noon(begun);
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.apply(topics.all());
    }
    producer = new KafkaProducer<>(
        kafka.with(Map.of("acks", "all")), new StringSerializer(), new ByteArraySerializer());
    lists = new ShownLists(kafka, topics);
  }

  /** The same moment where it is about noon. */
  static OffsetDateTime noon(Instant now) {
    OffsetDateTime utc = now.atOffset(ZoneOffset.UTC);
    int ahead = NOON_MINUTE - utc.getHour() * 60 - utc.getMinute();
    int quarters = Math.floorDiv(ahead, QUARTER_MINUTES) * QUARTER_MINUTES;
    return utc.withOffsetSameInstant(ZoneOffset.ofTotalSeconds(quarters * 60));
  }

  /** When all of it began. */
  Instant begun() {
    return begun;
  }

  Topics topics() {
    return topics;
  }

  /** The lists as they are shown. */
  ShownLists lists() {
    return lists;
  }

  /** Starts an instance; see {@link MostReadMain}. */
  NewsfeedProcess start(String instance, Path state) throws IOException {
    DayOfWeek weekBegan = noon.getDayOfWeek().minus(4);
    NewsfeedProcess process = NewsfeedProcess.start(
        MostReadMain.class,
        kafka.bootstrapServers(),
        topics.prefix(),
        instance,
        state.toString(),
        guarantee,
        noon.getOffset().getId(),
        weekBegan.name());
    processes.add(process);
    return process;
  }

  /** The group of its instances. */
  JobGroup group() {
    return new JobGroup(kafka, topics.prefix().replace('.', '-') + "most-read");
  }

  /** Sends a record; whether it has arrived is told by {@link #flush}. */
  <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
    send(topic, key, topic.valueSerde().write(topic.name(), value));
  }

  /** Sends whatever bytes. */
  void send(Topic<?> topic, String key, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(topic.name(), key, value));
  }

  /** Waits until the broker has everything that was sent. */
  void flush() {
    producer.flush();
  }

  /** What the lists must show of all that was sent. */
  MostReadRecount recount() {
    flush();
    return new MostReadRecount(kafka, topics);
  }

  /** How many records were refused. */
  int rejected() {
    AtomicInteger rejected = new AtomicInteger();
    try (TopicFollower follower = TopicFollower.of(kafka, "rejected")
        .on(topics.rejected, (place, value) -> rejected.incrementAndGet())
        .start()) {
      follower.awaitCaughtUp(Duration.ofSeconds(30));
    }
    return rejected.get();
  }

  /** Stops every instance that still runs, as an operator would. */
  void stopAll() throws InterruptedException {
    for (NewsfeedProcess process : processes) {
      process.stop();
    }
    processes.clear();
  }

  @Override
  public void close() {
    processes.forEach(NewsfeedProcess::close);
    lists.close();
    producer.close();
  }
}
