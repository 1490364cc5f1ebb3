package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the whole pipeline, whichever Kafka is below. It is started once for all of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrokerSuite {

  private static final Duration SOON = Duration.ofSeconds(30);

  private KafkaCluster cluster;
  private TestNewsfeed newsfeed;

  /** A cluster of the kind that this suite is run on. */
  abstract KafkaCluster startCluster();

  @BeforeAll
  void startEverything(@TempDir Path data) {
    cluster = startCluster();
    newsfeed = new TestNewsfeed(cluster, data);
  }

  @AfterAll
  void stopEverything() {
    try {
      if (newsfeed != null) {
        newsfeed.close();
      }
    } finally {
      if (cluster != null) {
        cluster.close();
      }
    }
  }

  TestNewsfeed newsfeed() {
    return newsfeed;
  }

  Reading reading() {
    return newsfeed.reading();
  }

  IntakeClient intake() {
    return newsfeed.intake();
  }

  void publish(ObjectNode article) {
    IntakeClient.Answer answer = intake().publish(article);
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  static ConditionFactory soon() {
    return await().atMost(SOON).pollInterval(Duration.ofMillis(100));
  }
}
