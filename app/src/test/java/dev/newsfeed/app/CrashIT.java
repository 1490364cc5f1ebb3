package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that loses its power: nothing accepted is lost, nothing is counted twice. */
class CrashIT {

  private static final List<String> SECTIONS = List.of("world", "sport", "culture");
  private static final Instant BEGUN = Instant.now();
  private static final int KILLS = 2;
  private static final int WORKERS = 4;

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean killed;

  @Test
  void killedUnderLoadItComesBackWithEveryFeedAndCountAsTheTopicsSay(@TempDir Path data)
      throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      try (NewsfeedProcess up = NewsfeedProcess.up(data)) {
        int before = acknowledged.size();
        List<Thread> load = startLoad(up.intakeUrl());
        await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() >= before + 400);
        killed = true;
        up.kill();
        for (Thread worker : load) {
          worker.join(TimeUnit.SECONDS.toMillis(30));
        }
      }
    }

    try (NewsfeedProcess again = NewsfeedProcess.up(data)) {
      URI gateway = again.gatewayUrl();
      Reading reading = new Reading(gateway, again.intakeUrl());
      Recount recount = new Recount(
          KafkaSettings.of(again.awaitLine("Kafka +(127.0.0.1:[0-9]+)")),
          new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()));

      assertThat(recount.accepted()).containsAll(acknowledged);
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(() -> {
            for (String section : SECTIONS) {
              assertThat(reading.wholeFeed("section/" + section))
                  .as(section)
                  .isEqualTo(recount.section(section));
              for (String window : List.of("now", "today", "this-week")) {
                assertMostRead(reading, recount, window, section);
              }
            }
          });
      assertThat(again.stop()).isZero();
    }
  }

  private static void assertMostRead(
      Reading reading, Recount recount, String window, String section) {
    String scope = "section/" + section;
    JsonNode list = reading.get("/most-read/" + window + "?scope=" + scope).json();
    List<String> entries = new ArrayList<>();
    list.path("entries")
        .forEach(e ->
            entries.add(e.path("articleId").asText() + "=" + e.path("reads").asLong()));
    assertThat(entries)
        .as(window + " " + scope)
        .isNotEmpty()
        .isEqualTo(recount.mostRead(
            section,
            Instant.parse(list.path("windowStart").asText()),
            Instant.parse(list.path("windowEnd").asText())));
  }

  private List<Thread> startLoad(URI intake) {
    killed = false;
    List<Thread> threads = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      Thread thread = new Thread(() -> work(new IntakeClient(intake)), "load-" + worker);
      thread.start();
      threads.add(thread);
    }
    return threads;
  }

  /** Publishes, updates, moves and withdraws articles, and reads them, until the lights go out. */
  private void work(IntakeClient intake) {
    try {
      while (!killed) {
        int n = next.incrementAndGet();
        String id = "crash-" + n;
        send(intake, article(id, 1, n, n));
        for (int reader = 0; reader < 1 + n % 7; reader++) {
          intake.click(id, Reader.number(n + reader));
        }
        if (n % 5 == 0) {
          send(intake, article(id, 2, n, n + 1)); // into another section, at its old time
        }
        if (n % 11 == 0 && !intake.withdraw(id, 3, "Only a test").accepted()) {
          throw new IllegalStateException("a withdrawal was refused");
        }
      }
    } catch (UnavailableException e) {
      if (!killed) {
        throw e;
      }
    }
  }

  private void send(IntakeClient intake, ObjectNode article) {
    IntakeClient.Answer answer = intake.publish(article);
    if (answer.accepted()) {
      acknowledged.add(article.path("articleId").asText());
    }
  }

  private static ObjectNode article(String id, long version, int n, int section) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Story " + id)
        .put("section", SECTIONS.get(section % SECTIONS.size()))
        .put("firstPublished", BEGUN.minusSeconds(3_600 - n / 3).toString());
  }
}
