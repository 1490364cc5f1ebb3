package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Publishing over HTTP on a real broker: conditions against what is really published, and many at once. */
class PublishingIT extends BrokerSuite {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MANY = 20_000;

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  KafkaCluster startCluster() {
    return KafkaCluster.embedded();
  }

  @Test
  void articleIsCorrectedWithdrawnAndRestoredUnderTheVersionThatItsEditorSaw() throws Exception {
    String path = "/v1/articles/ferry";
    assertThat(send("PUT", path, "If-None-Match", "*", """
        {"version": 1, "headline": "Ferry sails", "section": "ferries"}""").statusCode()).isEqualTo(201);
    soon().until(() -> reading().feed("section/ferries").contains("ferry"));

    assertThat(send("PUT", path, "If-None-Match", "*", """
        {"version": 2, "headline": "Ferry sails again", "section": "ferries"}""").statusCode()).isEqualTo(412);
    assertThat(send("POST", path + "/correct", "If-Match", "\"1\"", """
        {"version": 2, "headline": "Ferry sails on Monday", "section": "ferries",
         "correction": {"text": "Not on Sunday", "at": "2026-11-23T09:00:00Z"}}""").statusCode())
        .isEqualTo(201);
    soon().until(() -> reading().get("/articles/ferry.json").body().contains("Not on Sunday"));

    HttpResponse<String> late = send("POST", path + "/withdraw", "If-Match", "\"1\"", """
        {"version": 3, "reason": "Legal advice"}""");
    assertThat(late.statusCode()).isEqualTo(412);
    assertThat(JSON.readTree(late.body()).at("/errors/0/value").asText()).isEqualTo("2");
    assertThat(send("POST", path + "/withdraw", "If-Match", "\"2\"", """
        {"version": 3, "reason": "Legal advice"}""").statusCode())
        .isEqualTo(201);
    soon().until(() -> reading().get("/articles/ferry.json").status() == 410);

    assertThat(send("POST", path + "/restore", "If-Match", "\"3\"", """
        {"version": 4, "headline": "Ferry sails after all", "section": "ferries"}""").statusCode())
        .isEqualTo(201);
    soon().until(() -> reading().feed("section/ferries").contains("ferry"));
  }

  @Test
  void twentyThousandLinesAreToldOneByOneAndPublished() throws Exception {
    List<InputStream> lines = IntStream.rangeClosed(1, MANY)
        .mapToObj(PublishingIT::line)
        .<InputStream>map(line -> new ByteArrayInputStream(line.getBytes(UTF_8)))
        .toList();

    HttpResponse<Stream<String>> response = http.send(
        HttpRequest.newBuilder(intakeUri("/v1/articles"))
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofInputStream(
                () -> new SequenceInputStream(Collections.enumeration(lines))))
            .build(),
        BodyHandlers.ofLines());

    List<JsonNode> told = response.body().map(PublishingIT::json).toList();
    assertThat(told).hasSize(MANY + 1);
    for (int n = 1; n <= MANY; n++) {
      assertThat(told.get(n - 1).path("line").asInt()).isEqualTo(n);
      assertThat(told.get(n - 1).path("status").asInt()).isEqualTo(n % 1_000 == 0 ? 422 : 201);
    }
    assertThat(told.get(MANY).path("complete").asBoolean()).isTrue();
    assertThat(told.get(MANY).path("taken").asInt()).isEqualTo(MANY - MANY / 1_000);
    soon()
        .until(() -> newsfeed().published("many-" + (MANY - 1)).size() == 1
            && newsfeed().published("many-1").size() == 1);
  }

  /** Every thousandth is wrong. */
  private static String line(int n) {
    return n % 1_000 == 0
        ? "{\"articleId\": \"many-" + n + "\", \"version\": 0}\n"
        : "{\"articleId\": \"many-" + n + "\", \"version\": 1, \"headline\": \"Story " + n
            + "\", \"section\": \"many\", \"bodyHtml\": \"<p>" + "word ".repeat(100) + "</p>\"}\n";
  }

  private HttpResponse<String> send(
      String method, String path, String header, String condition, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(intakeUri(path))
            .header("Content-Type", "application/json")
            .header(header, condition)
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private URI intakeUri(String path) {
    return newsfeed().intakeUrl().resolve(path);
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
