package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.intake.TestIntake.body;
import static dev.newsfeed.producer.intake.TestIntake.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of clicks that are too many, refused, sent as a picture, or another site's. */
class ClickRoutesTest {

  private static final String CLICK = "{\"articleId\": \"a1\"}";

  @RegisterExtension
  static final TestIntake intake = TestIntake.started();

  @Test
  void clickThatKafkaHasNoRoomForIsAnsweredAsAlwaysAndCounted() {
    long before = tally("noRoom");
    intake.clicks.sendException = new org.apache.kafka.common.errors.TimeoutException("full");

    HttpResponse<String> response = intake.post("/v1/clicks", CLICK);

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(tally("noRoom")).isEqualTo(before + 1);
  }

  @Test
  void healthSaysWhatACrashWouldLose() {
    try (TestIntake silent = TestIntake.withSilentBroker()) {
      silent.post("/v1/clicks", "[{\"articleId\": \"a1\"}, {\"articleId\": \"a2\"}]");
      silent.missing = Optional.of("Kafka does not answer");
      JsonNode waiting = json(silent.get("/health/ready")).path("clicks");
      silent.clicks.completeNext();
      silent.clicks.errorNext(new IllegalStateException("no"));
      silent.missing = Optional.empty();
      JsonNode settled = json(silent.get("/health/ready")).path("clicks");

      assertThat(waiting.path("waiting").asInt()).isEqualTo(2);
      assertThat(waiting.path("taken").asInt()).isEqualTo(2);
      assertThat(settled.path("waiting").asInt()).isZero();
      assertThat(settled.path("stored").asInt()).isEqualTo(1);
      assertThat(settled.path("lost").asInt()).isEqualTo(1);
    }
  }

  @Nested
  class Pixel {

    @Test
    void pixelCountsLikeABeacon() {
      HttpResponse<String> response = intake.send(intake
          .request("/v1/clicks.gif?article=a1&eventId=e%2B1")
          .header("Referer", "https://news.example/world/flood"));
      intake.send(intake
          .request("/v1/clicks")
          .header("Origin", "https://NEWS.example")
          .POST(body("{\"articleId\": \"a1\", \"eventId\": \"e+1\"}")));

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().map())
          .containsEntry("Content-Type", List.of("image/gif"))
          .containsEntry("Cache-Control", List.of("no-store"))
          .containsEntry("Cross-Origin-Resource-Policy", List.of("cross-origin"));
      assertThat(intake.sentClicks()).hasSize(2);
      assertThat(intake.sentClicks().get(0)).isEqualTo(intake.sentClicks().get(1));
    }

    @Test
    void pixelIsOneTransparentDot() throws IOException, InterruptedException {
      HttpResponse<byte[]> response = HttpClient.newHttpClient()
          .send(
              intake.request("/v1/clicks.gif?article=a1").build(),
              HttpResponse.BodyHandlers.ofByteArray());

      BufferedImage image = ImageIO.read(new ByteArrayInputStream(response.body()));

      assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(1, 1);
      assertThat(image.getRGB(0, 0) >>> 24).isZero();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "?",
          "?article=",
          "?article=no%20id!",
          "?article=%25zz",
          "?article=a1&article=a2",
          "?article=a1&url=https://news.example/",
          "?article=a1&artcle=a2",
          "?article=a1&visitor=short",
          "?%FF%FE=%00&&&=&=",
          "?url=https://news.example/no",
        })
    void pixelIsShownAlsoWhenItsClickIsRefusedAndKept(String query) {
      HttpResponse<String> response = intake.get("/v1/clicks.gif" + query);

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).startsWith("GIF89a");
      assertThat(intake.sentClicks()).isEmpty();
      assertThat(intake.rejectedClicks()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DNT", "Sec-GPC"})
    void readerWhoDoesNotWantToBeCountedLeavesNothing(String header) {
      HttpResponse<String> response =
          intake.send(intake.request("/v1/clicks.gif?article=a1").header(header, "1"));

      assertThat(response.body()).startsWith("GIF89a");
      assertThat(intake.clicks.history()).isEmpty();
    }
  }

  @Test
  void scriptIsServedToAnySiteAndAskedForAgainCheaply() {
    HttpResponse<String> script = intake.get("/newsfeed-click.js");
    String etag = script.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again =
        intake.send(intake.request("/newsfeed-click.js").header("If-None-Match", etag));

    assertThat(script.statusCode()).isEqualTo(200);
    assertThat(script.headers().map())
        .containsEntry("Content-Type", List.of("text/javascript; charset=utf-8"))
        .containsEntry("Cache-Control", List.of("public, max-age=3600"))
        .containsEntry("Access-Control-Allow-Origin", List.of("*"))
        .containsEntry("Cross-Origin-Resource-Policy", List.of("cross-origin"));
    assertThat(script.body().getBytes(UTF_8)).hasSizeBetween(500, 1_024);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Nested
  class Floods {

    @Test
    void floodFromOneNetworkIsHeldUpAndNoOther() {
      String thousand = "[" + (CLICK + ",").repeat(999) + CLICK + "]";
      HttpResponse<String> flood = sendFrom("198.51.100.1", thousand);
      for (int i = 2; i < 20 && flood.statusCode() == 204; i++) {
        flood = sendFrom("198.51.100." + i, thousand);
      }
      int taken = intake.sentClicks().size();
      HttpResponse<String> neighbour = sendFrom("198.51.101.1", CLICK);
      HttpResponse<String> pixel = intake.send(
          intake.request("/v1/clicks.gif?article=a1").header("X-Forwarded-For", "198.51.100.77"));

      assertThat(flood.statusCode()).isEqualTo(429);
      assertThat(flood.headers().firstValueAsLong("Retry-After")).isPresent();
      assertThat(flood.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
      assertThat(neighbour.statusCode()).isEqualTo(204);
      assertThat(pixel.body()).startsWith("GIF89a");
      assertThat(intake.sentClicks()).hasSize(taken + 1);
      assertThat(intake.rejectedClicks()).isEmpty();
      assertThat(tally("tooMany")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void floodOfWhatIsRefusedIsHeldUpByItsSize() {
      String garbage = "x".repeat(60_000);
      int sent = 0;
      while (sent < 100 && sendFrom("198.51.102.1", garbage).statusCode() == 400) {
        sent++;
      }

      assertThat(sent).isBetween(10, 99);
      assertThat(intake.rejectedClicks()).hasSize(sent);
    }

    /** It would be everybody's limit. */
    @Test
    void proxyThatDoesNotSayForWhomItAsksIsLetThrough() {
      String thousand = "[" + (CLICK + ",").repeat(999) + CLICK + "]";
      for (int i = 0; i < 5; i++) {
        assertThat(intake.post("/v1/clicks", thousand).statusCode()).isEqualTo(204);
      }
    }
  }

  @Test
  void readerIsAnotherOnAnotherSite() {
    for (String origin : List.of("https://news.example", "https://blog.example", "null")) {
      intake.send(intake.request("/v1/clicks").header("Origin", origin).POST(body(CLICK)));
    }
    intake.post("/v1/clicks", "{\"articleId\": \"a1\", \"site\": \"Blog.example\"}");

    var visitors = intake.sentClicks().stream().map(c -> c.getVisitor()).toList();
    assertThat(new HashSet<>(visitors)).hasSize(3);
    assertThat(visitors.get(3)).isEqualTo(visitors.get(1));
    assertThat(intake.sentClicks().stream().map(c -> c.getNetwork()).distinct()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "https://news.example", "user@news.example"})
  void whatIsNoHostIsNoSite(String site) {
    HttpResponse<String> response =
        intake.post("/v1/clicks", "{\"articleId\": \"a1\", \"site\": \"" + site + "\"}");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).path("errors").path(0).path("field").asText()).isEqualTo("site");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'url': 'https://SECRET@news.example/no?mail=SECRET#SECRET'}"
            + "|{'url':'https://news.example/no'}",
        "{'url': 'https://news.example/?p=123'}|{'url':'https://news.example/?p=123'}",
        "[{'articleId': 'no id!', 'user': {'mail': 'SECRET'}}, 'SECRET', {'eventId': 5}]"
            + "|[{'articleId':'no id!','user':''},'',{'eventId':''}]",
        "{'articleId': 'a1', 'visitor_id': ['SECRET', 'SECRET']}"
            + "|{'articleId':'a1','visitor_id':''}",
        "{'articleId': 'a1', 'vis\\u0069tor': 'SECRET|{'articleId': 'a1', 'xxx\\xxxxxxxx': 'xxxxxx",
        "articleId=a1&visitor=SECRET|articleId=xx&visitor=xxxxxx",
        "{'url': 'https://news.example/no?SECRET|{'url': 'https://news.example/no?xxxxxx",
        "{'articleId': 'a1', 'eventId': 'e1'|{'articleId': 'a1', 'eventId': 'e1'",
      })
  void whatIsRefusedIsKeptWithoutItsReader(String sent, String kept) {
    intake.post("/v1/clicks", sent.replace('\'', '"'));

    assertThat(new String(intake.rejectedClicks().get(0).getBytes().array(), UTF_8))
        .isEqualTo(kept.replace('\'', '"'));
  }

  private static HttpResponse<String> sendFrom(String address, String sent) {
    return intake.send(
        intake.request("/v1/clicks").header("X-Forwarded-For", address).POST(body(sent)));
  }

  private static long tally(String counter) {
    JsonNode clicks = json(intake.get("/health/ready")).path("clicks");
    return Objects.requireNonNull(clicks.get(counter), counter).asLong();
  }
}
