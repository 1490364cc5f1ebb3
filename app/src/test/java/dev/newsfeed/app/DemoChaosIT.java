package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code newsfeed demo --chaos} as somebody runs and watches it. */
class DemoChaosIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static NewsfeedProcess demo(String... more) throws Exception {
    List<String> all = new ArrayList<>(List.of("demo", "--chaos"));
    for (String port : List.of("--gateway-port", "--intake-port", "--broker-port")) {
      all.addAll(List.of(port, "0"));
    }
    all.addAll(List.of(more));
    return NewsfeedProcess.start(all.toArray(String[]::new));
  }

  private static HttpResponse<String> get(URI address) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode books(URI site) throws Exception {
    return new ObjectMapper().readTree(get(site.resolve("/demo.json")).body());
  }

  @Test
  void afterTwoBlowsTheBooksCloseAndItEndsWithZero() throws Exception {
    try (NewsfeedProcess demo = demo("--blows", "2", "--seed", "5")) {
      demo.awaitLine("stop with Ctrl-C");
      URI site = URI.create(demo.awaitLine("front page +(http\\S+)"));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(get(site).body()).contains(site + "/demo"));
      HttpResponse<String> page = get(site.resolve("/demo"));
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body())
          .contains("Nothing is lost")
          .contains("streams-1")
          .contains("--seed 5");
      await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
        JsonNode books = books(site);
        assertThat(books.at("/articles/accepted").asInt()).isGreaterThan(70);
        assertThat(books.at("/clicks/counted").asInt()).isGreaterThan(500);
      });

      demo.awaitLine(
          "killed [a-z0-9-]+ \\(SIGKILL\\) \u00b7 lists went on after [0-9.]+ s, an article");
      demo.awaitLine("the books: (.*)", Duration.ofMinutes(4));
      assertThat(demo.awaitEnd()).isZero();

      List<String> lines = demo.lines();
      assertThat(lines).filteredOn(line -> line.contains("(SIGKILL) \u00b7")).hasSize(2);
      assertThat(lines).noneMatch(line -> line.contains("ended by itself"));
      assertThat(lines).noneMatch(line -> line.contains("DO NOT CLOSE"));
      assertThat(lines)
          .filteredOn(line -> line.contains("the books: "))
          .singleElement()
          .asString()
          .contains("under way 0")
          .contains("lost 0")
          .contains("twice 0");
    }
  }

  @Test
  void toldToStopItStopsEveryRoleAndKilledItTakesThemWithIt() throws Exception {
    try (NewsfeedProcess demo = demo()) {
      demo.awaitLine("stop with Ctrl-C");
      List<ProcessHandle> roles = demo.children();
      assertThat(roles).hasSize(6);
      assertThat(demo.stop()).isZero();
      assertThat(roles).noneMatch(ProcessHandle::isAlive);
    }
    try (NewsfeedProcess demo = demo()) {
      demo.awaitLine("starting Kafka");
      await().atMost(Duration.ofSeconds(60)).until(() -> demo.children().size() == 6);
      List<ProcessHandle> roles = demo.children();
      demo.kill();
      for (ProcessHandle role : roles) {
        role.onExit().get(10, TimeUnit.SECONDS);
      }
    }
  }
}
