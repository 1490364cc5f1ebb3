package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.avro.Control;
import dev.newsfeed.producer.ControlPublisher;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {

  private static final TopicPartition NEWS = new TopicPartition("news", 0);

  @Test
  void keptDataSurvivesARestart(@TempDir Path dir) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaSettings.in(dir))) {
      createNews(kafka, 1);
      write(kafka, "first");
    }

    try (EmbeddedKafka again = EmbeddedKafka.start(EmbeddedKafkaSettings.in(dir))) {
      write(again, "second");

      assertThat(read(again, 2)).containsExactly("first", "second");
    }
  }

  @Test
  void temporaryDataGoesOnClose() throws Exception {
    List<Path> before = temporaryDirectories();

    EmbeddedKafka.start(EmbeddedKafkaSettings.temporary()).close();

    assertThat(temporaryDirectories()).isEqualTo(before);
  }

  @Test
  void takenPortIsToldInOneLine() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      EmbeddedKafkaSettings settings =
          EmbeddedKafkaSettings.temporary().onPort(other.getLocalPort());

      assertThatThrownBy(() -> EmbeddedKafka.start(settings))
          .isInstanceOf(UnavailableException.class)
          .hasMessage("port %d is taken, the broker needs another", other.getLocalPort());
    }
  }

  @Test
  void dataInUseIsToldInOneLine(@TempDir Path dir) {
    try (EmbeddedKafka first = EmbeddedKafka.start(EmbeddedKafkaSettings.in(dir))) {
      assertThat(first.bootstrapServers()).startsWith("127.0.0.1:");

      assertThatThrownBy(() -> EmbeddedKafka.start(EmbeddedKafkaSettings.in(dir)))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("is in use");
    }
  }

  @Test
  void listensOnTheGivenPortAndOnThisMachineOnly() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    try (EmbeddedKafka kafka =
        EmbeddedKafka.start(EmbeddedKafkaSettings.temporary().onPort(port))) {
      assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
    }
  }

  @Test
  void supportsTheTransactionsThatExactlyOnceNeeds() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaSettings.temporary());
        Admin admin = admin(kafka)) {
      Map<String, Short> features = new TreeMap<>();
      admin
          .describeFeatures()
          .featureMetadata()
          .get()
          .finalizedFeatures()
          .forEach((name, range) -> features.put(name, range.maxVersionLevel()));

      assertThat(features.get("transaction.version")).isGreaterThanOrEqualTo((short) 2);
    }
  }

  @Test
  void threeNodesGoOnWhenOneStops() throws Exception {
    try (EmbeddedKafka kafka =
        EmbeddedKafka.start(EmbeddedKafkaSettings.temporary().withNodes(3))) {
      createNews(kafka, 3);
      write(kafka, "before");

      kafka.stopNode(2);
      write(kafka, "after");

      assertThat(read(kafka, 2)).containsExactly("before", "after");
    }
  }

  @Test
  void takesTheWholeCatalogueOfTopics() {
    Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaSettings.temporary());
        TopicAdmin admin = new TopicAdmin(KafkaSettings.of(kafka.bootstrapServers()))) {
      admin.apply(topics.all());

      assertThat(admin.differences(topics.all())).isEmpty();
    }
  }

  /** A cluster of before decisions were kept: every replaced one could go after a minute. */
  @Test
  void topicOfAnEarlierVersionIsBroughtToItsNewConfigsWithWhatItHolds() throws Exception {
    Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
    String controls = topics.controls.name();
    Map<String, String> earlier = Map.of(
        "cleanup.policy", "compact",
        "min.compaction.lag.ms", "60000",
        "max.compaction.lag.ms", "86400000",
        "segment.ms", "3600000");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaSettings.temporary());
        Admin kafkaAdmin = admin(kafka);
        TopicAdmin admin = new TopicAdmin(KafkaSettings.of(kafka.bootstrapServers()))) {
      kafkaAdmin
          .createTopics(List.of(
              new NewTopic(controls, topics.controls.partitions(), (short) 1).configs(earlier)))
          .all()
          .get();
      KafkaSettings settings = KafkaSettings.of(kafka.bootstrapServers());
      try (ControlPublisher editors = new ControlPublisher(settings, topics)) {
        editors.publish(excluded("bridge")).toCompletableFuture().get(30, TimeUnit.SECONDS);

        assertThat(admin.differences(List.of(topics.controls)))
            .allMatch(TopicAdmin.Difference::curable)
            .extracting(TopicAdmin.Difference::what)
            .anyMatch(what -> what.startsWith("min.compaction.lag.ms is 60000, should be"));
        admin.apply(List.of(topics.controls));

        assertThat(admin.differences(List.of(topics.controls))).isEmpty();
        editors.publish(excluded("bridge")).toCompletableFuture().get(30, TimeUnit.SECONDS);
      }
      assertThat(DecisionLog.read(settings, topics.controls, Assertions::fail).decisions())
          .extracting(Decision::inWords)
          .containsExactly("excluded", "excluded");
    }
  }

  private static Control excluded(String key) {
    return Control.newBuilder()
        .setKey(key)
        .setExcluded(true)
        .setBy("mara")
        .setAt(Instant.parse("2026-11-23T12:00:00Z"))
        .build();
  }

  private static Admin admin(EmbeddedKafka kafka) {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  private static void createNews(EmbeddedKafka kafka, int replicas) throws Exception {
    try (Admin admin = admin(kafka)) {
      admin
          .createTopics(List.of(new NewTopic(NEWS.topic(), 1, (short) replicas)))
          .all()
          .get();
    }
  }

  private static void write(EmbeddedKafka kafka, String value) throws Exception {
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new StringSerializer(),
        new StringSerializer())) {
      producer.send(new ProducerRecord<>(NEWS.topic(), value)).get();
    }
  }

  private static List<String> read(EmbeddedKafka kafka, int count) {
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
        new StringDeserializer(),
        new StringDeserializer())) {
      consumer.assign(List.of(NEWS));
      List<String> values = new ArrayList<>();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (values.size() < count && System.nanoTime() < end) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach((ConsumerRecord<String, String> r) -> values.add(r.value()));
      }
      return values;
    }
  }

  private static List<Path> temporaryDirectories() throws Exception {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("newsfeed-"))
          .sorted()
          .toList();
    }
  }
}
