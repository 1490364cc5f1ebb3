package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import dev.newsfeed.streams.publication.Publication;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job starts where it may, and refuses where it would do its work twice. */
class StartupIT {

  private static final String CHANGELOG = "newsfeed-publication-articles-by-id-changelog";

  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

  @Test
  void stateWithoutItsPositionIsRefusedButNotWhatAKilledTransactionLeft(@TempDir Path data)
      throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded()) {
      KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
      createTopics(kafka);
      write(kafka, false);

      try (Jobs jobs = start(kafka, data.resolve("first"))) {
        jobs.awaitRunning(Duration.ofMinutes(1));
        assertThat(jobs.failure()).isNull();
      }

      deleteGroup(kafka);
      write(kafka, true);
      assertThatThrownBy(() -> start(kafka, data.resolve("second")).close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no committed offsets")
          .hasMessageContaining("publication");
    }
  }

  private Jobs start(KafkaSettings kafka, Path data) {
    return Jobs.start(
        StreamsSettings.of(
            kafka, topics, data, new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY)),
        List.of(new Publication(topics, JobClock.REAL)));
  }

  private void createTopics(KafkaSettings kafka) throws Exception {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.apply(topics.all());
    }
    try (Admin admin = Admin.create(kafka.with(Map.of()))) {
      NewTopic changelog = new NewTopic(CHANGELOG, topics.articles.partitions(), (short) 1);
      admin
          .createTopics(List.of(changelog.configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static void deleteGroup(KafkaSettings kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.with(Map.of()))) {
      admin.deleteConsumerGroups(List.of("newsfeed-publication")).all().get(30, TimeUnit.SECONDS);
    }
  }

  /** Writes to the changelog as the job would, in a transaction that ends well or does not. */
  private static void write(KafkaSettings kafka, boolean ends) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
        kafka.with(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "startup-test")),
        new ByteArraySerializer(),
        new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer
          .send(new ProducerRecord<>(CHANGELOG, new byte[] {1}, new byte[] {1}))
          .get();
      if (ends) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }
}
