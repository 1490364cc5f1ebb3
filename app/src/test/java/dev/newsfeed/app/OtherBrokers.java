package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on brokers of every version from 4.0 on, of each its last; {@code mvn verify -Pbrokers}. */
class OtherBrokers {

  @Nested
  @DisplayName("Kafka 4.0.2")
  class Kafka40 extends ContractSuite {
    @Override
    KafkaCluster startCluster() {
      return OtherBroker.start("4.0.2");
    }
  }

  @Nested
  @DisplayName("Kafka 4.1.2")
  class Kafka41 extends ContractSuite {
    @Override
    KafkaCluster startCluster() {
      return OtherBroker.start("4.1.2");
    }
  }

  @Nested
  @DisplayName("Kafka 4.2.1")
  class Kafka42 extends ContractSuite {
    @Override
    KafkaCluster startCluster() {
      return OtherBroker.start("4.2.1");
    }
  }

  @Nested
  @DisplayName("Kafka 4.3.1")
  class Kafka43 extends ContractSuite {
    @Override
    KafkaCluster startCluster() {
      return OtherBroker.start("4.3.1");
    }
  }

  @Nested
  @DisplayName("Kafka 4.4.0")
  class Kafka44 extends ContractSuite {
    @Override
    KafkaCluster startCluster() {
      return OtherBroker.start("4.4.0");
    }
  }

  @Test
  void brokersThatAreTooOldAreRefusedInWordsThatSayWhatToDo(@TempDir Path data) {
    try (OtherBroker kafka39 = OtherBroker.start("3.9.1")) {
      assertThatThrownBy(() -> startJobs(kafka39, data))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("transaction.version is not set")
          .hasMessageContaining("Kafka 4.0 or newer");
    }
  }

  /** Brokers that were upgraded keep their features until somebody raises them. */
  @Test
  void featureThatWasNotRaisedAfterAnUpgradeOfTheBrokersIsNamedWithTheCommand(@TempDir Path data) {
    try (OtherBroker kafka40 = OtherBroker.start("4.0.2", "--feature", "transaction.version=1")) {
      assertThatThrownBy(() -> startJobs(kafka40, data))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("transaction.version is 1, must be 2")
          .hasMessageContaining("kafka-features.sh")
          .hasMessageContaining("upgrade --feature transaction.version=2");
    }
  }

  private static void startJobs(KafkaCluster cluster, Path data) {
    KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
    Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.apply(topics.all());
    }
    Jobs.start(StreamsSettings.of(
            kafka, topics, data, new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY)))
        .close();
  }
}
