package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.schemas.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster of three could lose is said to whoever creates the topics, and whoever asks later. */
class TopicRisksIT {

  @Test
  void oneThatConfirmsAloneAndABrokerThatIsAway(@TempDir Path data) throws Exception {
    try (ThreeBrokers brokers = new ThreeBrokers(data);
        TopicTuning tuning = new TopicTuning(KafkaSettings.of(brokers.bootstrapServers()))) {
      Map<String, String> environment =
          Map.of(NewsfeedSettings.BOOTSTRAP_SERVERS, brokers.bootstrapServers());
      assertThat(said(environment, "topics", "apply")).doesNotContain("! ");
      assertThat(said(environment, "status")).contains("as in the catalogue");

      tuning.set("newsfeed.articles", Map.of("min.insync.replicas", "1"));

      assertThat(said(environment, "topics", "apply"))
          .contains(
              "! confirmed by one broker alone (min.insync.replicas is 1): newsfeed.articles");

      brokers.kill(3);

      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> assertThat(said(environment, "status"))
                  .containsPattern(
                      "! +topics +newsfeed\\.\\* +copies are missing, a broker is away or behind: newsfeed"));
    }
  }

  private static String said(Map<String, String> environment, String... command) {
    CommandRun run = CommandRun.with(environment);
    run.execute(command);
    assertThat(run.errors()).isEmpty();
    return run.output();
  }
}
