package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Control;
import dev.newsfeed.producer.ControlPublisher;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Replaced decisions can be read, though the topic is compacted and the broker is eager to do so. */
class AuditIT {

  private static final int DECISIONS = 5;

  /** The broker may clean behind each record that comes. */
  private static final Map<String, String> EAGER =
      Map.of("segment.ms", "1", "min.cleanable.dirty.ratio", "0");

  private final Topics audited = new Topics("audited.", SchemaCatalogue.shipped());
  private final Topics forgetful = new Topics("forgetful.", SchemaCatalogue.shipped());

  @Test
  void replacedDecisionsStayWhereEverywhereElseTheyWouldBeGone() throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded(TopicTuning.IMPATIENT)) {
      KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
      try (TopicAdmin admin = new TopicAdmin(kafka);
          TopicTuning tuning = new TopicTuning(kafka)) {
        admin.apply(List.of(audited.controls, forgetful.controls));
        tuning.set(audited.controls.name(), EAGER);
        tuning.set(forgetful.controls.name(), EAGER);
        tuning.set(forgetful.controls.name(), Map.of("min.compaction.lag.ms", "0"));
      }
      for (int age = 1; age <= DECISIONS; age++) {
        decide(kafka, audited, age);
        decide(kafka, forgetful, age);
      }

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(decisions(kafka, forgetful)).hasSizeLessThan(DECISIONS));

      assertThat(decisions(kafka, audited))
          .containsExactly(
              "age limit 1 day",
              "age limit 2 days",
              "age limit 3 days",
              "age limit 4 days",
              "age limit 5 days");
    }
  }

  /** Its record is dated by the broker: that an editor's clock stands in 1970 makes it no older. */
  private static void decide(KafkaSettings kafka, Topics topics, int age) throws Exception {
    try (ControlPublisher editor = new ControlPublisher(kafka, topics)) {
      editor
          .publish(Control.newBuilder()
              .setKey("bridge")
              .setAgeLimitDays(age)
              .setBy("mara")
              .setAt(Instant.EPOCH)
              .build())
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static List<String> decisions(KafkaSettings kafka, Topics topics) {
    return DecisionLog.read(kafka, topics.controls, Assertions::fail).decisions().stream()
        .map(Decision::inWords)
        .toList();
  }
}
