package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All brokers stand still most of the time, as on disks that are overcome, while readers click more than
 * they can take. Clicks find no room and are counted as such; every article is accepted the first time it
 * is sent, and published.
 */
@SuppressWarnings("try") // what is done meanwhile is named, not used
class SlowDisksChaosIT {

  private static final int ARTICLES = 25;
  private static final int BATCH = 200;
  private static final int READERS = 3;
  private static final Duration STILL = Duration.ofMillis(2_500);
  private static final Duration AT_WORK = Duration.ofMillis(250);

  private final Set<String> published = ConcurrentHashMap.newKeySet();
  private final LongAdder stored = new LongAdder();
  private final LongAdder answered = new LongAdder();

  @Test
  void clicksGiveWayAndArticlesDoNot(@TempDir Path data) throws Exception {
    try (ThreeBrokers brokers = new ThreeBrokers(data);
        NewsroomProcesses newsroom = new NewsroomProcesses(brokers, "slow", data);
        TopicFollower follower = TopicFollower.of(newsroom.kafka(), "slow-disks")
            .on(newsroom.topics().published, (place, article) -> published.add(place.key()))
            .on(newsroom.topics().clicks, (place, click) -> stored.increment())
            .start()) {
      NewsfeedProcess intake = newsroom.start(
          "intake", "intake", Map.of(NewsfeedSettings.CLICK_RATE, "0")); // of one reader
      NewsroomProcesses.awaitReady(intake, newsroom.intakeUrl());
      newsroom.awaitRunning(newsroom.startStreams("streams"));
      IntakeClient desk = newsroom.desk();
      List<Long> tookMs = new ArrayList<>();
      List<Repeated> flood = new ArrayList<>();
      try (Stutter unused = new Stutter(brokers.nodes(), STILL, AT_WORK)) {
        for (int reader = 0; reader < READERS; reader++) {
          int number = reader;
          flood.add(new Repeated(Duration.ZERO, () -> click(desk, number)));
        }
        await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofSeconds(1))
            .until(() -> clicks(newsroom).path("noRoom").asLong() > 0);
        for (int i = 0; i < ARTICLES; i++) {
          long begun = System.nanoTime();
          IntakeClient.Answer answer = desk.publish(JsonNodeFactory.instance
              .objectNode()
              .put("articleId", id(i))
              .put("version", 1)
              .put("headline", "Number " + i)
              .put("section", "world"));
          tookMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));

          assertThat(answer.accepted()).as(answer.problem()).isTrue();
        }
        for (Repeated reader : flood) {
          reader.close();
        }
      }
      JsonNode after = clicks(newsroom);
      System.out.printf(
          "[faults] slow disks: %d articles accepted at once, the slowest after %d ms; of %d clicks %d"
              + " found no room%n",
          ARTICLES,
          tookMs.stream().mapToLong(ms -> ms).max().orElse(0),
          answered.sum(),
          after.path("noRoom").asLong());
      assertThat(after.path("noRoom").asLong()).isPositive();
      assertThat(after.path("taken").asLong() + after.path("noRoom").asLong())
          .isEqualTo(answered.sum());
      await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
        assertThat(clicks(newsroom).path("waiting").asLong()).isZero();
        assertThat(published).hasSize(ARTICLES);
      });
      assertThat(clicks(newsroom).path("lost").asLong()).isZero();
      assertThat(follower.readUpToNow()).succeedsWithin(Duration.ofSeconds(60));
      assertThat(stored.sum()).isEqualTo(after.path("taken").asLong());
    }
  }

  private static String id(int number) {
    return "slow-" + number;
  }

  private void click(IntakeClient desk, int reader) {
    ArrayNode clicks = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < BATCH; i++) {
      clicks.addObject().put("articleId", id(i % ARTICLES));
    }
    IntakeClient.Answer answer = desk.clicks(clicks, Reader.number(reader));
    assertThat(answer.status()).isEqualTo(204);
    answered.add(BATCH);
  }

  private static JsonNode clicks(NewsroomProcesses newsroom)
      throws IOException, InterruptedException {
    String body = HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(newsroom.intakeUrl().resolve("/health/ready"))
                .build(),
            BodyHandlers.ofString())
        .body();
    return new ObjectMapper().readTree(body).path("clicks");
  }
}
