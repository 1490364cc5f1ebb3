package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.records;
import static dev.newsfeed.producer.TestKafka.values;
import static dev.newsfeed.producer.intake.TestIntake.body;
import static dev.newsfeed.producer.intake.TestIntake.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be sent about an article that is there already, or is not, and what sending it twice does. */
class ArticleConditionsTest {

  private TestIntake intake;

  @BeforeEach
  void start() {
    intake = TestIntake.started();
    intake.versions.caughtUp();
    published("a1", 3);
  }

  @AfterEach
  void stop() {
    intake.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a1 | If-Match      | \"3\"        | 201",
        "a1 | If-Match      | \"2\", \"3\" | 201",
        "a1 | If-Match      | *            | 201",
        "a1 | If-Match      | \"2\"        | 412",
        "a1 | If-None-Match | *            | 412",
        "a2 | If-None-Match | *            | 201",
        "a2 | If-Match      | *            | 412",
        "a2 | If-Match      | \"3\"        | 412",
        "a1 | If-Match      | 3            | 400",
        "a1 | If-Match      | W/\"3\"      | 400",
        "a1 | If-None-Match | \"3\"        | 400",
      })
  void conditionIsHeldAgainstThePublishedVersion(
      String id, String header, String condition, int status) {
    assertThat(put(id, 4, "h", header, condition).statusCode()).isEqualTo(status);
    assertThat(values(intake.articles, TOPICS.articles)).hasSize(status == 201 ? 1 : 0);
  }

  @Test
  void whoComesTooLateIsToldTheCurrentVersionAndWhatWasSentIsKept() {
    HttpResponse<String> response = put("a1", 3, "other words", "If-Match", "\"2\"");

    assertThat(response.statusCode()).isEqualTo(412);
    assertThat(json(response).at("/detail").asText()).isEqualTo("version 3 is the current one");
    assertThat(json(response).at("/errors/0/field").asText()).isEqualTo("If-Match");
    assertThat(json(response).at("/errors/0/value").asText()).isEqualTo("3");
    assertThat(intake.rejectedArticles())
        .singleElement()
        .satisfies(rejected -> assertThat(rejected.getReason()).isEqualTo("version-changed"));
  }

  @Test
  void secondOfTwoEditorsIsRefusedThoughNothingIsPublishedYet() {
    assertThat(put("a1", 4, "by mara", "If-Match", "\"3\"").statusCode()).isEqualTo(201);

    HttpResponse<String> second = put("a1", 4, "by nils", "If-Match", "\"3\"");

    assertThat(second.statusCode()).isEqualTo(412);
    assertThat(json(second).at("/errors/0/value").asText()).isEqualTo("4");
    assertThat(values(intake.articles, TOPICS.articles)).hasSize(1);
  }

  @Test
  void sameRequestAgainIsAnsweredTheSameAndSendsNothing() {
    HttpResponse<String> first = put("a1", 4, "h", "If-Match", "\"3\"");

    HttpResponse<String> again = put("a1", 4, "h", "If-Match", "\"3\"");

    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(values(intake.articles, TOPICS.articles)).hasSize(1);
  }

  @Test
  void requestThatFailedMayBeSentAgainUnderItsCondition() {
    intake.articles.sendException = new TimeoutException("no broker");
    assertThat(put("a1", 4, "h", "If-Match", "\"3\"").statusCode()).isEqualTo(503);
    intake.articles.sendException = null;

    assertThat(put("a1", 4, "h", "If-Match", "\"3\"").statusCode()).isEqualTo(201);
  }

  @Test
  void sameRequestWhileTheFirstWaitsGetsTheSameAnswer() {
    try (TestIntake silent = TestIntake.withSilentBroker()) {
      CompletableFuture<HttpResponse<String>> first = CompletableFuture.supplyAsync(
          () -> silent.put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"h\"}"));
      Awaitility.await().until(() -> !records(silent.articles, TOPICS.articles).isEmpty());

      CompletableFuture<HttpResponse<String>> second = CompletableFuture.supplyAsync(
          () -> silent.put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"h\"}"));
      silent.articles.completeNext();

      assertThat(first.join().statusCode()).isEqualTo(201);
      assertThat(second.join().body()).isEqualTo(first.join().body());
      assertThat(records(silent.articles, TOPICS.articles)).hasSize(1);
    }
  }

  @Test
  void conditionCannotBeJudgedBeforePublishedArticlesAreKnown() {
    try (TestIntake fresh = TestIntake.started()) {
      HttpResponse<String> response = fresh.send(fresh
          .request("/v1/articles/a1")
          .header("Content-Type", "application/json")
          .header("If-Match", "\"3\"")
          .PUT(body("{\"version\": 4, \"headline\": \"h\"}")));

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.headers().firstValue("Retry-After")).isPresent();
      assertThat(fresh.articles.history()).isEmpty();
    }
  }

  @Test
  void restoringIsThePutOfAWholeArticleThatSaysSo() {
    HttpResponse<String> response =
        intake.post("/v1/articles/a1/restore", "{\"version\": 4, \"headline\": \"h\"}");

    assertThat(response.statusCode()).isEqualTo(201);
    Article sent = values(intake.articles, TOPICS.articles).get(0);
    assertThat(sent.getRestore()).isTrue();
    assertThat(sent.getHeadline()).isEqualTo("h");
  }

  @Test
  void correctingIsThePutOfAWholeArticleThatSaysWhatWasWrong() {
    HttpResponse<String> response = intake.post("/v1/articles/a1/correct", """
        {"version": 4, "headline": "h",
         "correction": {"text": "It was Tuesday", "at": "2026-11-23T09:00:00Z"}}""");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(values(intake.articles, TOPICS.articles).get(0).getCorrection().getText())
        .isEqualTo("It was Tuesday");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "correct | {\"version\": 4, \"headline\": \"h\"}                         | correction",
        "correct | {\"version\": 4, \"status\": \"canceled\", \"withdrawal\": {\"reason\": \"r\"},"
            + " \"correction\": {\"text\": \"t\", \"at\": \"2026-11-23T09:00:00Z\"}} | status",
        "restore | {\"version\": 4, \"headline\": \"h\", \"restore\": false}     | restore",
        "restore | {\"version\": 4}                                              | headline",
      })
  void wrongRestorationOrCorrectionIsNamed(String what, String sent, String field) {
    HttpResponse<String> response = intake.post("/v1/articles/a1/" + what, sent);

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(json(response).at("/errors/0/field").asText()).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "withdraw | {\"version\": 4, \"reason\": \"r\"}",
        "restore  | {\"version\": 4, \"headline\": \"h\"}",
        "correct  | {\"version\": 4, \"headline\": \"h\","
            + " \"correction\": {\"text\": \"t\", \"at\": \"2026-11-23T09:00:00Z\"}}",
      })
  void conditionHoldsForEveryKindOfChange(String what, String sent) {
    HttpResponse<String> response = intake.send(intake
        .request("/v1/articles/a1/" + what)
        .header("Content-Type", "application/json")
        .header("If-Match", "\"2\"")
        .POST(body(sent)));

    assertThat(response.statusCode()).isEqualTo(412);
    assertThat(values(intake.articles, TOPICS.articles)).isEmpty();
  }

  @Test
  void unknownSectionIsTakenAndTold() {
    HttpResponse<String> response = intake.put("/v1/articles/a9", """
        {"version": 1, "headline": "h", "section": "wrold", "extraSections": ["sport", "home"]}""");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(json(response).at("/warnings").findValuesAsText("field"))
        .containsExactly("section", "extraSections[1]");
    assertThat(json(response).at("/warnings/0/reason").asText()).isEqualTo("unknown-section");
    assertThat(values(intake.articles, TOPICS.articles).get(0).getSection().getSlug())
        .isEqualTo("wrold");
    assertThat(json(intake.put(
                "/v1/articles/a8", "{\"version\": 1, \"headline\": \"h\", \"section\": \"world\"}"))
            .has("warnings"))
        .isFalse();
  }

  private HttpResponse<String> put(
      String id, int version, String headline, String header, String condition) {
    HttpRequest.Builder request = intake
        .request("/v1/articles/" + id)
        .header("Content-Type", "application/json")
        .header(header, condition)
        .PUT(body("{\"version\": " + version + ", \"headline\": \"" + headline + "\"}"));
    return intake.send(request);
  }

  private void published(String id, long version) {
    intake.versions.take(
        new ConsumerRecord<>("published", 0, 0, id, new byte[0]),
        PublishedArticle.newBuilder()
            .setArticleId(id)
            .setVersion(version)
            .setStatus(Status.usable)
            .setChange(Change.published)
            .setChangedAt(Instant.EPOCH)
            .build());
  }
}
