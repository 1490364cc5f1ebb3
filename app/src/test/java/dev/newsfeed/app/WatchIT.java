package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees from outside, of processes as they are run. */
class WatchIT {

  private static final Duration SEEN_WITHIN = Duration.ofSeconds(60);

  @Test
  void canaryIsTimedAsFarAsTheSubscriberAndReadersDoNotMeetIt(@TempDir Path data) throws Exception {
    try (NewsfeedProcess up = NewsfeedProcess.start(
        "up",
        "--data",
        data.toString(),
        "--gateway-port",
        "0",
        "--intake-port",
        "0",
        "--broker-port",
        "0",
        "--health-port",
        "0")) {
      int ofRoles = Integer.parseInt(up.awaitLine("metrics +http://localhost:([0-9]+)/metrics"));
      Map<String, String> environment = environment(up);
      try (EventStream everything = new EventStream(
              HttpClient.newHttpClient(), URI.create(up.gatewayUrl() + "/events"), null);
          NewsfeedProcess watch = NewsfeedProcess.start(
              environment, "watch", "--every", "PT1S", "--health-port", "0")) {
        int port = Integer.parseInt(watch.awaitLine("metrics on port ([0-9]+)"));
        Awaitility.await().atMost(SEEN_WITHIN).untilAsserted(() -> {
          String metrics = metrics(port);
          for (String place : new String[] {"accepted", "published", "feed", "subscriber"}) {
            assertThat(value(metrics, "newsfeed_canary_seconds_count", "at=\"" + place + "\""))
                .as(place)
                .isGreaterThanOrEqualTo(3);
          }
          for (String job : new String[] {"publication", "feeds", "most-read"}) {
            assertThat(value(metrics, "newsfeed_job_members", "job_name=\"" + job + "\""))
                .as(job)
                .isEqualTo(1);
          }
          assertThat(value(metrics, "newsfeed_list_age_seconds", "list=\"now\""))
              .isLessThan(70);
          assertThat(value(metrics, "newsfeed_lists_stale", "")).isZero();
        });

        IntakeClient intake = new IntakeClient(up.intakeUrl());
        assertThat(intake.publish(article("bridge").put("headline", "")).accepted())
            .isFalse();
        assertThat(intake.publish(article("ferry")).accepted()).isTrue();
        Awaitility.await()
            .atMost(SEEN_WITHIN)
            .untilAsserted(
                () -> assertThat(value(metrics(port), "newsfeed_refused_total", "stage=\"intake\""))
                    .isEqualTo(1));

        String all = metrics(port) + metrics(ofRoles);
        for (String name : MonitoringTest.metrics(MonitoringTest.RUNBOOK)) {
          assertThat(all)
              .as("described, but not measured")
              .containsPattern("(?m)^" + name + "(_count)?[{ ]");
        }
        assertThat(value(all, "newsfeed_versions_total", "verdict=\"applied\""))
            .isGreaterThanOrEqualTo(3);

        Awaitility.await()
            .atMost(SEEN_WITHIN)
            .until(() -> everything.told().stream().anyMatch(event -> event.isAbout("ferry")));
        assertThat(everything.told()).noneMatch(event -> event.isAbout("newsfeed-canary"));
        for (String surface :
            new String[] {"/", "/feeds", "/feeds/all.json", "/feeds/all.rss", "/search?q=canary"}) {
          assertThat(get(up.gatewayUrl() + surface))
              .as(surface)
              .doesNotContainIgnoringCase("newsfeed-canary");
        }
      }
    }
  }

  @Test
  void statusTellsWhatIsNotWell(@TempDir Path data) throws Exception {
    Map<String, String> environment;
    try (NewsfeedProcess up = NewsfeedProcess.up(data)) {
      up.awaitLine("may publish");
      environment = environment(up);
      CommandRun well = CommandRun.with(environment);

      assertThat(well.execute("status")).as(well.output()).isZero();
      assertThat(well.output())
          .contains("intake")
          .contains("publication")
          .contains("all is well")
          .doesNotContainPattern("(?m)^!");

      environment.put(NewsfeedSettings.INTAKE_URL, "http://localhost:1");
      CommandRun ill = CommandRun.with(environment);
      assertThat(ill.execute("status")).isEqualTo(1);
      assertThat(ill.output()).containsPattern("! +intake +http://localhost:1 +does not answer");
    }
    CommandRun dead = CommandRun.with(environment);
    assertThat(dead.execute("status")).isEqualTo(1);
    assertThat(dead.output()).containsPattern("! +kafka .* does not answer");
  }

  private static Map<String, String> environment(NewsfeedProcess up) {
    Map<String, String> environment = new HashMap<>();
    environment.put(NewsfeedSettings.BOOTSTRAP_SERVERS, up.bootstrapServers());
    environment.put(NewsfeedSettings.INTAKE_URL, up.intakeUrl().toString());
    environment.put(NewsfeedSettings.PUBLIC_URL, up.gatewayUrl().toString());
    return environment;
  }

  private static ObjectNode article(String id) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", 1)
        .put("headline", "The " + id);
  }

  private static String metrics(int port) throws IOException, InterruptedException {
    return get("http://localhost:" + port + "/metrics");
  }

  private static String get(String address) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
        .body();
  }

  /** A series' value; −1: there is none. */
  private static double value(String metrics, String name, String label) {
    Matcher line = Pattern.compile(
            "^" + name + "\\{[^}]*" + Pattern.quote(label) + "[^}]*} (\\S+)$", Pattern.MULTILINE)
        .matcher(metrics);
    return line.find() ? Double.parseDouble(line.group(1)) : -1;
  }
}
