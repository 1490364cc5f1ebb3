package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.values;
import static dev.newsfeed.producer.intake.TestIntake.PATIENCE;
import static dev.newsfeed.producer.intake.TestIntake.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is too long, too deep or too slow is refused, and says which limit it passed. */
class IntakeLimitsTest {

  private static final String ARTICLE = "{\"version\": 1, \"headline\": \"h\"}";

  @RegisterExtension
  static final TestIntake intake = TestIntake.started();

  @Test
  void headBeyondEightKibibytesIsRefused() throws IOException {
    String answer =
        raw("PUT /v1/articles/a1 HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(8_192) + "\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 431").contains("8192 bytes");
    assertThat(raw("PUT /v1/articles/" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414")
        .contains("application/problem+json");
  }

  @Test
  void packedBodyIsTaken() throws IOException {
    assertThat(putPacked(gzip(ARTICLE.getBytes(UTF_8))).statusCode()).isEqualTo(201);
    assertThat(values(intake.articles, TOPICS.articles).get(0).getHeadline()).isEqualTo("h");
  }

  @Test
  void smallBodyThatUnfoldsIntoAHugeOneIsRefusedEarly() throws IOException {
    byte[] bomb = gzipOfZeros(400);
    assertThat(bomb.length).isLessThan(NewsroomRoutes.BODY_LIMIT);
    long begun = System.nanoTime();

    HttpResponse<String> response = putPacked(bomb);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(json(response).path("detail").asText())
        .contains(String.valueOf(NewsroomRoutes.BODY_LIMIT));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    assertThat(intake.rejectedArticles().get(0).getSize()).isEqualTo(NewsroomRoutes.BODY_LIMIT);
  }

  @Test
  void brokenOrUnknownPackingIsRefused() throws IOException {
    byte[] packed = gzip(ARTICLE.getBytes(UTF_8));

    assertThat(putPacked(Arrays.copyOf(packed, packed.length - 9)).statusCode()).isEqualTo(400);
    assertThat(putPacked(ARTICLE.getBytes(UTF_8)).statusCode()).isEqualTo(400);
    assertThat(intake
            .send(intake
                .request("/v1/articles/a1")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "br")
                .PUT(BodyPublishers.ofString(ARTICLE)))
            .statusCode())
        .isEqualTo(415);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "17     | 16 levels",
        "100000 | 16 levels",
      })
  void depthOfJsonIsLimited(int depth, String limit) {
    HttpResponse<String> response =
        intake.put("/v1/articles/a1", "{\"topics\": " + "[".repeat(depth));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).path("detail").asText()).contains(limit);
  }

  @Test
  void tensOfThousandsOfUnknownFieldsAreAnsweredInFew() {
    StringBuilder sent = new StringBuilder("{\"version\": 1");
    for (int i = 0; i < 40_000; i++) {
      sent.append(",\"field").append(i).append("\":1");
    }

    HttpResponse<String> response = intake.put("/v1/articles/a1", sent + "}");

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(json(response).path("errors").size()).isEqualTo(100);
    assertThat(json(response).path("detail").asText()).contains("40001");
    assertThat(intake.rejectedArticles().get(0).getDetail().length()).isLessThan(10_000);
  }

  @Test
  void limitAndValueAreNamedForPrograms() {
    HttpResponse<String> response = intake.put(
        "/v1/articles/a1", "{\"version\": 1, \"headline\": \"" + "x".repeat(501) + "\"}");

    assertThat(json(response).at("/errors/0/limit").asText()).isEqualTo("500");
    assertThat(json(response).at("/errors/0/value").asText()).isEqualTo("501");
  }

  @Test
  void sendersWhoTrickleAreCutOffInTheHeadAndInTheBodyAndOthersAreServed() throws Exception {
    String[] begun = {
      "PUT /v1/arti",
      "PUT /v1/articles/a1 HTTP/1.1\r\nHost: x\r\nX-Slow: ",
      "PUT /v1/articles/a1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: 100000\r\n\r\n{",
      "POST /v1/clicks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
      "POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
          + "Content-Length: 100000\r\n\r\n{",
    };
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      for (String start : begun) {
        Socket socket = new Socket("127.0.0.1", intake.port());
        socket.getOutputStream().write(start.getBytes(UTF_8));
        slow.add(socket);
      }
    }

    await()
        .atMost(PATIENCE.multipliedBy(10))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> {
          slow.removeIf(IntakeLimitsTest::isClosedAfterOneMoreByte);
          assertThat(intake.put("/v1/articles/a1", ARTICLE).statusCode()).isEqualTo(201);
          assertThat(slow).isEmpty();
        });
  }

  @Test
  void connectionThatIsKeptBetweenRequestsIsNotTakenForASlowOne() throws Exception {
    String request = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    try (Socket socket = new Socket("127.0.0.1", intake.port())) {
      for (int i = 0; i < 3; i++) {
        socket.getOutputStream().write(request.getBytes(UTF_8));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        while (socket.getInputStream().available() > 0) {
          assertThat(socket.getInputStream().read()).isNotNegative();
        }
        long until = System.nanoTime() + PATIENCE.multipliedBy(2).toNanos();
        await().atMost(Duration.ofSeconds(10)).until(() -> System.nanoTime() > until);
      }
    }
  }

  /** As a slowloris does: the server is never quite without news. */
  private static boolean isClosedAfterOneMoreByte(Socket socket) {
    try {
      while (socket.getInputStream().available() > 0) {
        if (socket.getInputStream().read() < 0) {
          return true;
        }
      }
      socket.setSoTimeout(1);
      try {
        if (socket.getInputStream().read() < 0) {
          socket.close();
          return true;
        }
      } catch (SocketTimeoutException e) {
        // still open
      }
      socket.getOutputStream().write('1');
      return false;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> putPacked(byte[] body) {
    return intake.send(intake
        .request("/v1/articles/a1")
        .header("Content-Type", "application/json")
        .header("Content-Encoding", "gzip")
        .PUT(BodyPublishers.ofByteArray(body)));
  }

  private static byte[] gzipOfZeros(int mebibytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 20];
    try (OutputStream out = new GZIPOutputStream(packed)) {
      for (int i = 0; i < mebibytes; i++) {
        out.write(zeros);
      }
    }
    return packed.toByteArray();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", intake.port())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
