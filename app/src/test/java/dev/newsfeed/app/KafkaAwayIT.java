package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.producer.intake.Intake;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An intake whose Kafka has never been there says so in time, and never that something was taken. */
class KafkaAwayIT {

  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);
  private static final String ARTICLE =
      "{\"articleId\": \"a1\", \"version\": 1, \"headline\": \"h\"}";

  @Test
  void everyKindOfPublishingIsAnsweredWith503WithinTenSeconds(@TempDir Path data) {
    NewsfeedSettings settings = NewsfeedSettings.from(Map.of(
        NewsfeedSettings.INTAKE_PORT, "0", NewsfeedSettings.BOOTSTRAP_SERVERS, "127.0.0.1:1"));
    try (Intake intake = new Roles(settings, data, Clock.systemUTC()).intake()) {
      HttpClient client = HttpClient.newHttpClient();
      String base = "http://127.0.0.1:" + intake.port();
      long begun = System.nanoTime();
      List<CompletableFuture<HttpResponse<String>>> answers = List.of(
          send(client, "PUT", base + "/v1/articles/a1", "application/json", ARTICLE),
          send(client, "POST", base + "/v1/articles", "application/x-ndjson", ARTICLE),
          send(
              client,
              "POST",
              base + "/v1/articles/a2/withdraw",
              "application/json",
              "{\"version\": 2, \"reason\": \"r\"}"),
          send(
              client,
              "PUT",
              base + "/v1/curated/top-stories",
              "application/json",
              "{\"by\": \"b\", \"entries\": []}"),
          send(
              client,
              "PUT",
              base + "/v1/controls/a1",
              "application/json",
              "{\"excluded\": true, \"by\": \"b\"}"));

      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(503);
        assertThat(answer.join().headers().firstValue("Retry-After")).isPresent();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(ANSWERED_WITHIN);
    }
  }

  private static CompletableFuture<HttpResponse<String>> send(
      HttpClient client, String method, String address, String type, String body) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", type)
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
