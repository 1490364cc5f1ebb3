package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.PublishedArticle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the clock does while nobody looks is done when somebody looks again. */
class RestartIT {

  private static final Instant HOUR_AGO =
      Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS);

  @Test
  void whatBecameDueWhileTheJobsWereDownIsDoneAtTheNextStart(@TempDir Path data) {
    try (KafkaCluster cluster = KafkaCluster.embedded()) {
      Instant due = stopBeforeItIsDue(cluster, data.resolve("kept"));
      awaitClock(due);

      try (TestNewsfeed again = new TestNewsfeed(cluster, data.resolve("kept"))) {
        assertDone(again, due);
      }
      // the directory is lost: stores come from their changelogs, and nothing is said twice
      try (TestNewsfeed elsewhere = new TestNewsfeed(cluster, data.resolve("new"))) {
        assertDone(elsewhere, due);
        publish(elsewhere, "held", 2, a -> a);
        soon(() -> assertThat(history(elsewhere, "held")).containsExactly("published", "updated"));
      }
    }
  }

  /** Returns the moment at which one article is due to come out and another to go. */
  private static Instant stopBeforeItIsDue(KafkaCluster cluster, Path data) {
    try (TestNewsfeed newsfeed = new TestNewsfeed(cluster, data)) {
      Instant due = Instant.now().plusSeconds(6).truncatedTo(ChronoUnit.MILLIS);
      publish(newsfeed, "held", 1, a -> a.put("embargoedUntil", due.toString()));
      publish(newsfeed, "fading", 1, a -> a.put("expires", due.toString()));
      publish(
          newsfeed,
          "held-longer",
          1,
          a -> a.put("embargoedUntil", due.plusSeconds(3_600).toString()));
      soon(() -> assertThat(newsfeed.reading().feed("section/clock")).containsExactly("fading"));
      assertThat(Instant.now()).as("stopped in time").isBefore(due);
      return due;
    }
  }

  private static void assertDone(TestNewsfeed newsfeed, Instant due) {
    soon(() -> {
      assertThat(newsfeed.reading().feed("section/clock")).containsExactly("held");
      assertThat(history(newsfeed, "held")).containsExactly("published");
      assertThat(history(newsfeed, "fading")).containsExactly("published", "expired");
      assertThat(newsfeed.reading().get("/articles/held").status()).isEqualTo(200);
      assertThat(newsfeed.reading().get("/articles/held-longer").status()).isEqualTo(404);
    });
    assertThat(newsfeed.published("held").get(0).getFeedTime()).isEqualTo(due);
    assertThat(newsfeed.published("held-longer")).isEmpty();
  }

  private static List<String> history(TestNewsfeed newsfeed, String articleId) {
    return newsfeed.published(articleId).stream()
        .map(PublishedArticle::getChange)
        .map(Object::toString)
        .toList();
  }

  private interface Edit {
    ObjectNode of(ObjectNode article);
  }

  private static void publish(TestNewsfeed newsfeed, String id, long version, Edit edit) {
    ObjectNode article = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Headline of " + id)
        .put("section", "clock")
        .put("firstPublished", HOUR_AGO.toString());
    IntakeClient.Answer answer = newsfeed.intake().publish(edit.of(article));
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  private static void awaitClock(Instant moment) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> Instant.now().isAfter(moment));
  }

  private static void soon(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(assertion);
  }
}
