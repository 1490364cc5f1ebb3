package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.records;
import static dev.newsfeed.producer.TestKafka.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.producer.http.Credentials;
import dev.newsfeed.producer.http.KeyFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Many articles in one request: each is told what became of it. */
class ImportTest {

  @RegisterExtension
  static final TestIntake intake = TestIntake.started();

  @Test
  void eachLineIsToldInOrderAndABadOneDoesNotStopTheRest() {
    HttpResponse<String> response = send(intake, BodyPublishers.ofString("""
        {"articleId": "a1", "version": 1, "headline": "First", "section": "world"}

        {"articleId": "a2", "version": 1, "headlin": "x"}
        {"version": 1, "headline": "h"}
        {"articleId": "a3",
        {"articleId": "a4", "version": 2, "status": "canceled", "withdrawal": {"reason": "r"}}\r
        {"articleId": "a5", "version": 1, "headline": "Last", "section": "wrold"}"""));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
    List<JsonNode> told = lines(response.body());
    assertThat(told)
        .extracting(l -> l.path("line").asInt() + " " + l.path("status").asInt())
        .startsWith("1 201", "3 422", "4 422", "5 400", "6 201", "7 201");
    assertThat(told.get(0).path("articleId").asText()).isEqualTo("a1");
    assertThat(told.get(0).path("topic").asText()).isEqualTo("newsfeed.articles");
    assertThat(told.get(1).path("articleId").asText()).isEqualTo("a2");
    assertThat(told.get(1).path("errors").findValuesAsText("field"))
        .containsExactlyInAnyOrder("headlin", "headline");
    assertThat(told.get(2).at("/errors/0/field").asText()).isEqualTo("articleId");
    assertThat(told.get(5).at("/warnings/0/field").asText()).isEqualTo("section");
    assertThat(told.get(6))
        .isEqualTo(
            TestKafka.json("{\"lines\": 7, \"taken\": 3, \"refused\": 3, \"complete\": true}"));
    assertThat(values(intake.articles, TOPICS.articles))
        .extracting(Article::getArticleId)
        .containsExactly("a1", "a4", "a5");
    assertThat(records(intake.articles, TOPICS.rejected))
        .extracting(r -> String.valueOf(r.key()))
        .containsExactly("a2", "null", "null");
  }

  @Test
  void packedImportIsTakenAndABrokenOneSaysWhereItEnded() throws Exception {
    byte[] packed = IntakeLimitsTest.gzip(articles(1_000).getBytes(UTF_8));

    List<JsonNode> told = lines(sendPacked(packed).body());
    assertThat(told).hasSize(1_001);
    assertThat(told.get(1_000).path("taken").asInt()).isEqualTo(1_000);

    List<JsonNode> cut =
        lines(sendPacked(Arrays.copyOf(packed, packed.length / 2)).body());
    JsonNode last = cut.get(cut.size() - 1);
    assertThat(last.path("complete").asBoolean()).isFalse();
    assertThat(last.path("status").asInt()).isEqualTo(400);
    assertThat(last.path("taken").asInt()).isEqualTo(cut.size() - 1).isPositive();
  }

  /** Each of its lines would be kept as refused: a few kilobytes would fill the topic. */
  @Test
  void packedImportThatUnfoldsIntoAHugeOneEndsEarly() throws Exception {
    byte[] bomb = IntakeLimitsTest.gzip((articles(1) + " ".repeat(64 << 20)).getBytes(UTF_8));
    assertThat(bomb.length).isLessThan(128 << 10);

    List<JsonNode> told = lines(sendPacked(bomb).body());

    assertThat(told.get(0).path("status").asInt()).isEqualTo(201);
    JsonNode last = told.get(told.size() - 1);
    assertThat(last.path("complete").asBoolean()).isFalse();
    assertThat(last.path("status").asInt()).isEqualTo(413);
    assertThat(last.path("taken").asInt()).isEqualTo(1);
    assertThat(last.toString()).contains("200 times");
  }

  @Test
  void lineBeyondTheLimitIsRefusedAndTheNextOneTaken() {
    String sent =
        "{\"articleId\": \"a1\", \"headline\": \"" + "x".repeat(3 << 20) + "\"}\n" + articles(1);

    List<JsonNode> told = lines(send(intake, BodyPublishers.ofString(sent)).body());

    assertThat(told).extracting(l -> l.path("status").asInt()).startsWith(413, 201);
    assertThat(intake.rejectedArticles().get(0).getSize()).isEqualTo(NewsroomRoutes.BODY_LIMIT);
  }

  @Test
  void whatBecameOfALineIsToldBeforeTheNextOneIsSent() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", intake.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(("POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n")
          .getBytes(UTF_8));
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      socket.setSoTimeout(5_000);

      for (int i = 1; i <= 3; i++) {
        chunk(out, "{\"articleId\": \"a" + i + "\", \"version\": 1, \"headline\": \"h\"}\n");

        assertThat(lineWith(in, "{")).contains("\"line\":" + i).contains("201");
      }
      chunk(out, "");
      assertThat(lineWith(in, "{")).contains("\"complete\":true");
    }
  }

  @Test
  void endlessBodyIsHeldUpByTheBrokerAndNotPiledUp() throws Exception {
    CompletableFuture<Long> sent;
    try (TestIntake silent = TestIntake.withSilentBroker();
        Socket socket = new Socket("127.0.0.1", silent.port())) {
      sent = CompletableFuture.supplyAsync(() -> flood(socket));

      String answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();

      assertThat(answer)
          .contains("503"); // nothing was confirmed, and so nothing is said to be taken
      assertThat(records(silent.articles, TOPICS.articles).size()).isLessThan(1_000);
    }
    assertThat(sent.join()).isPositive();
  }

  @Test
  void brokerThatStopsInTheMiddleEndsTheImportWithWhatWasNotTaken() {
    try (TestIntake silent = TestIntake.withSilentBroker()) {
      CompletableFuture<HttpResponse<String>> response =
          CompletableFuture.supplyAsync(() -> send(silent, BodyPublishers.ofString(articles(5))));
      await().until(() -> records(silent.articles, TOPICS.articles).size() == 5);
      silent.articles.completeNext();
      silent.articles.completeNext();

      List<JsonNode> told = lines(response.join().body());

      assertThat(response.join().statusCode()).isEqualTo(200);
      assertThat(told)
          .extracting(l -> l.path("status").asInt())
          .startsWith(201, 201, 503, 503, 503);
      JsonNode last = told.get(told.size() - 1);
      assertThat(last.path("taken").asInt()).isEqualTo(2);
    }
  }

  @Test
  void otherTypesMethodsAndTooManyAtOnceAreRefused() throws Exception {
    assertThat(intake.post("/v1/articles", "{}").statusCode()).isEqualTo(415);
    HttpResponse<String> get = intake.get("/v1/articles");
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(get.headers().firstValue("Allow")).hasValue("POST");

    List<Socket> open = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Socket socket = new Socket("127.0.0.1", intake.port());
      socket
          .getOutputStream()
          .write(("POST /v1/articles HTTP/1.1\r\nHost: x\r\n"
                  + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n")
              .getBytes(UTF_8));
      open.add(socket);
    }
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> send(intake, BodyPublishers.ofString(articles(1))).statusCode() == 503);
    for (Socket socket : open) {
      socket.close();
    }
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> send(intake, BodyPublishers.ofString(articles(1))).statusCode() == 200);
  }

  @Test
  void keyIsHeldAgainstEachLineAndSignedImportsAreRefused(@TempDir Path dir) {
    KeyFile keys = new KeyFile(dir.resolve("keys.json"));
    String token = keys.create("wordpress", EnumSet.of(Right.articles), "a1", false, NOW);
    String signing = keys.create("wire", EnumSet.of(Right.articles), "", true, NOW);
    try (TestIntake closed = TestIntake.behind(keys)) {
      assertThat(send(closed, BodyPublishers.ofString(articles(2))).statusCode())
          .isEqualTo(401);

      HttpResponse<String> response =
          closed.send(request(closed, BodyPublishers.ofString(articles(2)))
              .header("Authorization", "Bearer " + token));
      assertThat(lines(response.body()))
          .extracting(l -> l.path("status").asInt())
          .startsWith(201, 403);

      String signed = Credentials.Signature.of(
              Credentials.Token.parse(signing).orElseThrow(),
              "POST",
              "/v1/articles",
              articles(2).getBytes(UTF_8),
              NOW.getEpochSecond(),
              "nonce-0123456789")
          .toString();
      assertThat(closed
              .send(request(closed, BodyPublishers.ofString(articles(2)))
                  .header("Authorization", signed))
              .statusCode())
          .isEqualTo(403);
    }
  }

  private static String articles(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      lines
          .append("{\"articleId\": \"a")
          .append(i)
          .append("\", \"version\": 1, \"headline\": \"Story ")
          .append(i)
          .append("\"}\n");
    }
    return lines.toString();
  }

  /** Sends lines of 10 kB until nobody takes any more; returns how many bytes were taken. */
  private static long flood(Socket socket) {
    long sent = 0;
    try {
      OutputStream out = socket.getOutputStream();
      out.write(("POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
              + "Content-Length: 1000000000000\r\n\r\n")
          .getBytes(UTF_8));
      byte[] line = ("{\"articleId\": \"a1\", \"version\": 1, \"headline\": \"h\", \"lead\": \""
              + "x".repeat(9_900) + "\"}\n")
          .getBytes(UTF_8);
      while (true) {
        out.write(line);
        sent += line.length;
      }
    } catch (IOException e) {
      return sent;
    }
  }

  private static void chunk(OutputStream out, String text) throws Exception {
    out.write((Integer.toHexString(text.length()) + "\r\n" + text + "\r\n").getBytes(UTF_8));
    out.flush();
  }

  private static String lineWith(BufferedReader in, String start) throws Exception {
    String line = in.readLine();
    while (line != null && !line.startsWith(start)) {
      line = in.readLine();
    }
    return String.valueOf(line);
  }

  private static HttpRequest.Builder request(TestIntake to, HttpRequest.BodyPublisher body) {
    return to.request("/v1/articles")
        .header("Content-Type", "application/x-ndjson")
        .POST(body);
  }

  private static HttpResponse<String> send(TestIntake to, HttpRequest.BodyPublisher body) {
    return to.send(request(to, body));
  }

  private static HttpResponse<String> sendPacked(byte[] packed) {
    return intake.send(
        request(intake, BodyPublishers.ofByteArray(packed)).header("Content-Encoding", "gzip"));
  }

  private static List<JsonNode> lines(String body) {
    return body.lines().map(TestKafka::json).toList();
  }
}
