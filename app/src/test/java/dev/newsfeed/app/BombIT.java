package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small batch that unfolds into a huge record is the broker's to refuse, before anybody reads it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BombIT {

  private static final int UNFOLDED = 64 << 20;

  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
  private KafkaCluster cluster;
  private KafkaSettings kafka;

  @BeforeAll
  void startKafka() {
    cluster = KafkaCluster.embedded();
    kafka = KafkaSettings.of(cluster.bootstrapServers());
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.apply(topics.all());
    }
  }

  @AfterAll
  void stopKafka() throws Exception {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "zstd", "lz4"})
  void bombIsRefusedOnEveryTopicThatStrangersWriteTo(String codec) throws Exception {
    for (Topic<?> topic : new Topic<?>[] {topics.articles, topics.clicks}) {
      assertThat(topic.configs()).containsEntry("compression.type", "uncompressed");
      TopicPartition partition = new TopicPartition(topic.name(), 0);

      assertThatThrownBy(() -> send(codec, partition, new byte[UNFOLDED]))
          .as(topic.name())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(RecordTooLargeException.class);

      assertThat(end(partition)).as(topic.name()).isZero();
      send(codec, partition, new byte[1_000]); // packed is not refused, being huge is
      assertThat(end(partition)).as(topic.name()).isEqualTo(1);
      delete(partition);
    }
  }

  /** Elsewhere the broker looks at the packed size only, and each reader unfolds the bomb. */
  @Test
  void bombIsTakenWhereTheTopicIsNotUncompressed() throws Exception {
    try (Admin admin = Admin.create(kafka.with(Map.of()))) {
      NewTopic open = new NewTopic("open", 1, (short) 1);
      admin
          .createTopics(List.of(open.configs(Map.of("compression.type", "producer"))))
          .all()
          .get(30, TimeUnit.SECONDS);
    }

    send("gzip", new TopicPartition("open", 0), new byte[UNFOLDED]);

    assertThat(end(new TopicPartition("open", 0))).isEqualTo(1);
  }

  private void send(String codec, TopicPartition to, byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> stranger = new KafkaProducer<>(
        kafka.with(Map.of(
            ProducerConfig.COMPRESSION_TYPE_CONFIG, codec,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * UNFOLDED,
            ProducerConfig.BUFFER_MEMORY_CONFIG, 4L * UNFOLDED)),
        new ByteArraySerializer(),
        new ByteArraySerializer())) {
      stranger
          .send(new ProducerRecord<>(to.topic(), to.partition(), null, value))
          .get(60, TimeUnit.SECONDS);
    }
  }

  private long end(TopicPartition partition) {
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        kafka.with(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return consumer.endOffsets(List.of(partition)).get(partition)
          - consumer.beginningOffsets(List.of(partition)).get(partition);
    }
  }

  private void delete(TopicPartition partition) throws Exception {
    try (Admin admin = Admin.create(kafka.with(Map.of()))) {
      admin
          .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }
}
