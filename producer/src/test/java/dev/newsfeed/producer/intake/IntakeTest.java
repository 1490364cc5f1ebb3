package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.records;
import static dev.newsfeed.producer.TestKafka.values;
import static dev.newsfeed.producer.intake.TestIntake.body;
import static dev.newsfeed.producer.intake.TestIntake.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.RefusedClick;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.avro.Status;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.producer.clicks.ClickJson;
import dev.newsfeed.producer.clicks.ClickRoutes;
import dev.newsfeed.producer.clicks.PublishedPages;
import dev.newsfeed.producer.clicks.VisitorKeys;
import dev.newsfeed.schemas.RecordJson;
import dev.newsfeed.schemas.Refusals;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {

  @RegisterExtension
  static final TestIntake intake = TestIntake.started();

  @Nested
  class Articles {

    @ParameterizedTest
    @CsvSource({"bridge, application/vnd.iptc.ninjs+json", "bridge-2, application/json"})
    void ninjsIsTakenUnderTheIdOfTheAddress(String id, String type) {
      HttpResponse<String> response = intake.send(
          intake.request("/v1/articles/" + id).header("Content-Type", type).PUT(body("""
              {"uri": "http://cms.example/items/bridge", "version": "2", "pubStatus": "usable",
               "headlines": [{"role": "main", "value": "Bridge opens"}]}""")));

      assertThat(response.statusCode()).isEqualTo(201);
      Article article = values(intake.articles, TOPICS.articles).get(0);
      assertThat(article.getArticleId()).isEqualTo(id);
      assertThat(article.getVersion()).isEqualTo(2);
      assertThat(article.getHeadline()).isEqualTo("Bridge opens");
    }

    @Test
    void ninjsThatIsWrongIsAnsweredInItsOwnWords() {
      HttpResponse<String> response = intake.send(intake
          .request("/v1/articles/bridge")
          .header("Content-Type", "application/vnd.iptc.ninjs+json")
          .PUT(body("{\"uri\": \"urn:x:1\", \"version\": \"1\", \"embargod\": 1}")));

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(json(response).path("errors").findValuesAsText("field"))
          .containsExactlyInAnyOrder("embargod", "headlines");
      assertThat(values(intake.articles, TOPICS.rejected)).hasSize(1);
    }

    @Test
    void acceptedArticleIsAnsweredWithItsPlaceInTheLog() {
      try (TestIntake fresh = TestIntake.started()) {
        HttpResponse<String> response = fresh.put("/v1/articles/a1", """
            {"version": 7, "headline": "River passes its highest mark", "section": "world"}""");

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(json(response)).isEqualTo(TestKafka.json("""
            {"articleId": "a1", "version": 7,
             "topic": "newsfeed.articles", "partition": 0, "offset": 0}"""));
        Article article = values(fresh.articles, TOPICS.articles).get(0);
        assertThat(article.getHeadline()).isEqualTo("River passes its highest mark");
        assertThat(article.getVersionCreated()).isEqualTo(NOW);
        assertThat(records(fresh.articles, TOPICS.articles).get(0).key()).isEqualTo("a1");
      }
    }

    @Test
    void escapedIdInThePathIsTheIdItStandsFor() {
      HttpResponse<String> response =
          intake.put("/v1/articles/urn%3anews%3A1", "{\"version\": 1, \"headline\": \"h\"}");

      assertThat(response.statusCode()).isEqualTo(201);
      assertThat(json(response).get("articleId").asText()).isEqualTo("urn:news:1");
    }

    @Test
    void withdrawalBecomesACanceledArticleWithoutText() {
      HttpResponse<String> response = intake.post("/v1/articles/a1/withdraw", """
          {"version": 8, "reason": "The figure was wrong", "note": "Remove it", "successorId": "a2"}""");

      assertThat(response.statusCode()).isEqualTo(201);
      Article article = values(intake.articles, TOPICS.articles).get(0);
      assertThat(article.getStatus()).isEqualTo(Status.canceled);
      assertThat(article.getVersion()).isEqualTo(8);
      assertThat(article.getWithdrawal().getReason()).isEqualTo("The figure was wrong");
      assertThat(article.getWithdrawal().getNote()).isEqualTo("Remove it");
      assertThat(article.getWithdrawal().getSuccessorId()).isEqualTo("a2");
      assertThat(article.getBodyHtml()).isNull();
    }

    @Test
    void withdrawalWithoutVersionAndReasonNamesBoth() {
      HttpResponse<String> response = intake.post("/v1/articles/a1/withdraw", "{}");

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(fields(response)).containsExactly("version", "reason");
    }

    @Test
    void everyWrongFieldIsNamedAtOnceAndKept() {
      String sent = """
          {"articleId": "other", "version": 0, "headlin": "typo", "section": "World!", "urgency": 12,
           "photos": [{"url": "ftp://x/y", "width": "wide"}], "expires": "tomorrow"}""";

      HttpResponse<String> response = intake.put("/v1/articles/a1", sent);

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(response.headers().firstValue("Content-Type"))
          .hasValue("application/problem+json");
      assertThat(fields(response))
          .containsExactlyInAnyOrder(
              "articleId",
              "version",
              "headlin",
              "headline",
              "section.slug",
              "urgency",
              "photos[0].url",
              "photos[0].width",
              "expires");
      Rejected rejected = intake.rejectedArticles().get(0);
      assertThat(rejected.getStage()).isEqualTo("intake");
      assertThat(rejected.getDetail()).contains("urgency").contains("expires");
      assertThat(new String(rejected.getBytes().array(), UTF_8)).isEqualTo(sent);
      assertThat(records(intake.articles, TOPICS.rejected).get(0).key()).isEqualTo("a1");
      assertThat(values(intake.articles, TOPICS.articles)).isEmpty();
    }

    @Test
    void answerNeverQuotesWhatWasSent() {
      HttpResponse<String> response = intake.put("/v1/articles/a1", """
          {"version": "SECRET", "headline": ["SECRET"], "url": "javascript:SECRET", "kind": "SECRET"}""");

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(response.body()).doesNotContain("SECRET");
    }

    @Test
    void brokenJsonIsLocatedByLineAndColumn() {
      HttpResponse<String> response =
          intake.put("/v1/articles/a1", "{\"version\": 1,\n  \"headline\": SECRET}");

      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(json(response).get("detail").asText()).contains("line 2, column 15");
      assertThat(response.body()).doesNotContain("SECRET");
      assertThat(intake.rejectedArticles().get(0).getReason()).isEqualTo("malformed-json");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "{\"version\": 1, \"headline\": \"h\"} {}",
          "{\"version\": 1, \"version\": 2, \"headline\": \"h\"}",
          "{\"version\": 1e999999999, \"headline\": \"h\"",
          "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
        })
    void ambiguousOrBoundlessJsonIsMalformed(String sent) {
      assertThat(intake.put("/v1/articles/a1", sent).statusCode()).isEqualTo(400);
    }

    @Test
    void invalidUtf8IsMalformed() {
      HttpResponse<String> response = intake.send(intake
          .request("/v1/articles/a1")
          .header("Content-Type", "application/json")
          .PUT(HttpRequest.BodyPublishers.ofByteArray(
              new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'})));

      assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void tooLongBodyIsRefusedAndItsBeginningKept() {
      String sent = "{\"headline\": \"" + "x".repeat(2_000_000) + "\"}";

      HttpResponse<String> response = intake.put("/v1/articles/a1", sent);

      assertThat(response.statusCode()).isEqualTo(413);
      Rejected rejected = intake.rejectedArticles().get(0);
      assertThat(rejected.getReason()).isEqualTo("too-large");
      assertThat(rejected.getBytes().remaining()).isEqualTo(Refusals.KEPT_BYTES);
      assertThat(rejected.getCut()).isTrue();
    }

    @Test
    void refusedRequestIsKeptSoThatItCanBeMadeAgain() {
      intake.put("/v1/articles/a%3A1", "{\"version\": 0}");
      intake.post("/v1/articles/a1/withdraw", "{}");

      assertThat(intake.rejectedArticles())
          .extracting(r -> r.getRequest().getMethod()
              + ' '
              + r.getRequest().getPath()
              + ' '
              + r.getRequest().getContentType())
          .containsExactly(
              "PUT /v1/articles/a:1 application/json",
              "POST /v1/articles/a1/withdraw application/json");
      assertThat(intake.rejectedArticles()).extracting(Rejected::getCut).containsOnly(false);
    }

    /** All of their sentences together would be more than a record may have. */
    @Test
    void bodyOfNothingButWrongFieldsIsKeptAllTheSame() {
      StringBuilder json = new StringBuilder("{\"version\": 1");
      for (int n = 0; json.length() < 1_000_000 && n < 40_000; n++) {
        json.append(",\"no-such-field-").append(n).append("\":1");
      }

      HttpResponse<String> response =
          intake.put("/v1/articles/a1", json.append('}').toString());

      assertThat(response.statusCode()).isEqualTo(422);
      ProducerRecord<String, byte[]> kept =
          records(intake.articles, TOPICS.rejected).get(0);
      assertThat(kept.value().length).isLessThan(Refusals.KEPT_BYTES + 64 * 1024);
    }

    @Test
    void tooLongBodyIsRefusedAlsoWhenItDoesNotSayItsLength() {
      InputStream endless = new ByteArrayInputStream(new byte[2_000_000]);

      HttpResponse<String> response = intake.send(intake
          .request("/v1/articles/a1")
          .header("Content-Type", "application/json")
          .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> endless)));

      assertThat(response.statusCode()).isEqualTo(413);
    }

    @Test
    void articleOfTheLargestBodyIsTakenOrRefusedBeforeTheBrokerDoes() {
      String html = "<p>" + "=".repeat(600_000) + "</p>"; // escaped, each takes five bytes

      HttpResponse<String> response = intake.put(
          "/v1/articles/a1",
          "{\"version\": 1, \"headline\": \"h\", \"bodyHtml\": \"" + html + "\"}");

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(fields(response)).containsExactly("bodyHtml");
    }

    @Test
    void otherTypesAndOtherPackingsAreRefused() {
      HttpResponse<String> text = intake.send(
          intake.request("/v1/articles/a1").header("Content-Type", "text/plain").PUT(body("{}")));
      HttpResponse<String> untyped =
          intake.send(intake.request("/v1/articles/a1").PUT(body("{}")));
      HttpResponse<String> packed = intake.send(intake
          .request("/v1/articles/a1")
          .header("Content-Type", "application/json")
          .header("Content-Encoding", "br")
          .PUT(body("{}")));

      assertThat(List.of(text.statusCode(), untyped.statusCode(), packed.statusCode()))
          .containsOnly(415);
    }

    @Test
    void brokerThatDoesNotAnswerIsTold() {
      try (TestIntake waiting = TestIntake.withSilentBroker()) {
        HttpResponse<String> response =
            waiting.put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"h\"}");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(waiting.rejectedArticles()).isEmpty();
      }
    }

    @Test
    void refusalIsToldWhenItIsKeptOrKafkaHasHadItsTime() {
      try (TestIntake waiting = TestIntake.withSilentBroker()) {
        long begunNs = System.nanoTime();

        int status = waiting.put("/v1/articles/a1", "{\"version\": 0}").statusCode();

        assertThat(status).isEqualTo(422);
        assertThat(Duration.ofNanos(System.nanoTime() - begunNs))
            .as("half a second is its time")
            .isGreaterThanOrEqualTo(Duration.ofMillis(490));
      }
    }

    @Test
    void producerThatFailsAtOnceIsToldTheSameWay() {
      intake.articles.sendException = new RecordTooLargeException("too large");

      HttpResponse<String> response =
          intake.put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"h\"}");

      assertThat(response.statusCode()).isEqualTo(503);
    }
  }

  @Nested
  class Dates {

    private static final List<String> FIELDS =
        List.of("firstPublished", "versionCreated", "embargoedUntil", "expires", "correction.at");

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\"9999-12-31T23:59:59Z\"",
          "\"0000-01-01T00:00:00Z\"",
          "\"-0001-01-01T00:00:00Z\"",
          "\"+999999999-12-31T23:59:59-18:00\"", // no long of milliseconds holds it
          "\"-999999999-01-01T00:00:00+18:00\"",
          "\"1899-12-31T23:59:59Z\"",
          "\"2100-01-01T00:00:01Z\"",
          "\"2026-02-30T12:00:00Z\"",
          "\"\"",
          "\"0\"",
          "0",
          "-1",
          "1795426200000",
          "9223372036854775807",
        })
    void impossibleDateIsNamedAndStopsNothing(String date) {
      for (String field : FIELDS) {
        HttpResponse<String> refused = intake.put("/v1/articles/a1", articleWith(field, date));

        assertThat(refused.statusCode()).as(field).isEqualTo(422);
        assertThat(fields(refused)).as(field).containsExactly(field);
        assertThat(intake.rejectedArticles()).singleElement().satisfies(rejected -> {
          assertThat(rejected.getField()).isEqualTo(field);
          assertThat(rejected.getReason()).isEqualTo("invalid-field");
        });
        intake.forget();
      }
      assertThat(intake
              .put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"h\"}")
              .statusCode())
          .isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "2026-11-25T09:30:00Z", // in 48 hours
          "2026-11-25T09:30:00.123+14:00",
          "2017-06-01T12:00:00Z",
          "1970-01-01T00:00:00Z",
          "1969-12-31T23:59:59Z",
          "1900-01-01T00:00:00Z",
          "2100-01-01T00:00:00Z",
        })
    void dateThatNewsroomsUseIsTakenAsItIs(String date) {
      for (String field : FIELDS) {
        HttpResponse<String> taken =
            intake.put("/v1/articles/a1", articleWith(field, "\"" + date + "\""));

        assertThat(taken.statusCode()).as(field).isEqualTo(201);
        JsonNode sent = RecordJson.of(values(intake.articles, TOPICS.articles).get(0));
        assertThat(Instant.parse(sent.at("/" + field.replace('.', '/')).asText()))
            .as(field)
            .isEqualTo(OffsetDateTime.parse(date).toInstant());
        // what the broker keeps and what stops a job are decided by the record's own time
        assertThat(records(intake.articles, TOPICS.articles).get(0).timestamp()).isNull();
        intake.forget();
      }
    }

    private static String articleWith(String field, String date) {
      return field.equals("correction.at") ? """
            {"version": 1, "headline": "h", "correction": {"text": "t", "at": %s}}""".formatted(date) : """
            {"version": 1, "headline": "h", "%s": %s}""".formatted(field, date);
    }
  }

  /** A misspelt field taken for no field would publish at once what was to wait, or for good. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "PUT  | /v1/articles/a1          | {'version':1, 'headline':'h', 'embargoUntil':'2099-01-01T00:00:00Z'} | embargoUntil",
        "PUT  | /v1/articles/a1          | {'version':1, 'headline':'h', 'EmbargoedUntil':null} | EmbargoedUntil",
        "PUT  | /v1/articles/a1          | {'version':1, 'headline':'h', 'Status':'withheld'} | Status",
        "PUT  | /v1/articles/a1          | {'version':1, 'headline':'h', 'correction':{'text':'t', 'at':'2026-01-01T00:00:00Z', 'by':'b'}} | correction.by",
        "PUT  | /v1/articles/a1          | {'version':1, 'headline':'h', 'photos':[{'url':'/p', 'captoin':'c'}]} | photos[0].captoin",
        "PUT  | /v1/articles/a1          | {'version':1, 'headline':'h', 'topics':[{'slug':'t', 'name':'T'}]} | topics[0].name",
        "POST | /v1/articles/a1/withdraw | {'version':2, 'reason':'r', 'successor':'a2'} | successor",
        "POST | /v1/articles/a1/withdraw | {'version':2, 'reason':'r', 'headline':'h'} | headline",
        "POST | /v1/controls/a1          | {'excluded':true, 'by':'b', 'pinned':1} | pinned",
        "PUT  | /v1/curated/top-stories  | {'by':'b', 'entries':[{'articleId':'a1', 'title':'t'}]} | entries[0].title",
        "PUT  | /v1/curated/top-stories  | {'by':'b', 'entries':[], 'at':'2026-01-01T00:00:00Z'} | at",
      })
  void misspeltFieldIsRefusedByName(String method, String path, String sent, String named) {
    HttpResponse<String> response = intake.send(intake
        .request(path)
        .header("Content-Type", "application/json")
        .method(method, body(sent.replace('\'', '"'))));

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(fields(response)).containsExactly(named);
    assertThat(json(response).at("/errors/0/reason").asText()).isEqualTo("unknown-field");
    assertThat(intake.articles.history())
        .extracting(ProducerRecord::topic)
        .containsExactly(TOPICS.rejected.name());
  }

  @Nested
  class Controls {

    @Test
    void decisionIsSentWhole() {
      HttpResponse<String> response = intake.put("/v1/controls/a1", """
          {"excluded": false, "pinnedRank": 3, "evergreen": true, "ageLimitDays": 30,
           "by": "mara", "note": "closed until Sunday"}""");

      assertThat(response.statusCode()).isEqualTo(201);
      assertThat(json(response).path("key").asText()).isEqualTo("a1");
      assertThat(values(intake.articles, TOPICS.controls))
          .containsExactly(
              new Control("a1", false, 3, true, 30, "mara", NOW, "closed until Sunday"));
      assertThat(records(intake.articles, TOPICS.controls).get(0).key()).isEqualTo("a1");
    }

    @Test
    void whatIsNotSaidIsNotDecided() {
      intake.post("/v1/controls/a1", "{\"excluded\": true, \"by\": \"desk\"}");

      assertThat(values(intake.articles, TOPICS.controls))
          .containsExactly(new Control("a1", true, null, null, null, "desk", NOW, null));
    }

    @Test
    void sectionHasAnAddressOfItsOwn() {
      HttpResponse<String> response = intake.put(
          "/v1/controls/section/world",
          "{\"excluded\": false, \"ageLimitDays\": 3, \"by\": \"desk\"}");

      assertThat(response.statusCode()).isEqualTo(201);
      Control control = values(intake.articles, TOPICS.controls).get(0);
      assertThat(control.getKey()).isEqualTo("section/world");
      assertThat(control.getAgeLimitDays()).isEqualTo(3);
    }

    @Test
    void controlWithoutDecisionOrEditorNamesBoth() {
      assertThat(fields(intake.put("/v1/controls/a1", "{\"exclude\": true}")))
          .containsExactlyInAnyOrder("excluded", "by", "exclude");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "a1            | {'excluded': false, 'pinnedRank': 21, 'by': 'b'}              | pinnedRank",
          "a1            | {'excluded': true, 'pinnedRank': 1, 'by': 'b'}                | pinnedRank",
          "a1            | {'excluded': false, 'pinnedRank': '1', 'by': 'b'}             | pinnedRank",
          "a1            | {'excluded': false, 'evergreen': 'yes', 'by': 'b'}            | evergreen",
          "a1            | {'excluded': false, 'ageLimitDays': 0, 'by': 'b'}             | ageLimitDays",
          "a1            | {'excluded': 1, 'by': 'b'}                                    | excluded",
          "section/world | {'excluded': false, 'pinnedRank': 1, 'by': 'b'}               | pinnedRank",
          "section/World | {'excluded': true, 'by': 'b'}                                 | key",
          "no!id         | {'excluded': true, 'by': 'b'}                                 | key",
        })
    void wrongDecisionIsRefusedByItsFieldAndKept(String key, String sent, String field) {
      HttpResponse<String> response = intake.put("/v1/controls/" + key, sent.replace('\'', '"'));

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(fields(response)).containsExactly(field);
      assertThat(intake.rejectedArticles()).singleElement().satisfies(rejected -> {
        assertThat(rejected.getField()).isEqualTo(field);
        assertThat(rejected.getReason()).isEqualTo("invalid-field");
      });
      assertThat(values(intake.articles, TOPICS.controls)).isEmpty();
    }

    /** A null on the topic would take a decision back without saying who did, and why. */
    @Test
    void decisionCannotBeDeletedOnlyReplaced() {
      HttpResponse<String> response = intake.delete("/v1/controls/a1");

      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).hasValue("POST, PUT");
    }
  }

  @Nested
  class Lists {

    private static final String TOP_STORIES = """
        {"title": "Top stories", "by": "mara", "entries": [
          {"articleId": "a1"},
          {"link": {"title": "The long road", "url": "https://other.example/", "source": "Other"}}]}""";

    @Test
    void listIsSentWholeUnderItsFeedId() {
      try (TestIntake fresh = TestIntake.started()) {
        HttpResponse<String> response = fresh.put("/v1/curated/top-stories", TOP_STORIES);

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(json(response)).isEqualTo(TestKafka.json("""
            {"feedId": "curated/top-stories",
             "topic": "newsfeed.curated", "partition": 0, "offset": 0}"""));
        assertThat(records(fresh.articles, TOPICS.curated).get(0).key())
            .isEqualTo("curated/top-stories");
        assertThat(values(fresh.articles, TOPICS.curated))
            .containsExactly(new CuratedFeed(
                "curated/top-stories",
                "Top stories",
                List.of(
                    new CuratedEntry("a1", null),
                    new CuratedEntry(
                        null, new MediaLink("The long road", "https://other.example/", "Other"))),
                "mara",
                NOW));
      }
    }

    @Test
    void emptyListWithoutATitleIsAListAllTheSame() {
      HttpResponse<String> response =
          intake.put("/v1/curated/in-other-media", "{\"by\": \"mara\", \"entries\": []}");

      assertThat(response.statusCode()).isEqualTo(201);
      CuratedFeed list = values(intake.articles, TOPICS.curated).get(0);
      assertThat(list.getEntries()).isEmpty();
      assertThat(list.getTitle()).isEqualTo("In other media");
    }

    @Test
    void everyWrongFieldIsNamedAtOnceAndKept() {
      String sent = """
          {"feedId": "curated/other", "titel": "Top", "at": "2026-11-23T09:30:00Z", "entries": [
            7,
            {"articleId": "no id!"},
            {"articleId": "a1", "link": {"title": "t", "url": "https://o.example/", "source": "o"}},
            {},
            {"link": "https://o.example/"},
            {"link": {"title": "t", "url": "/own/path", "source": "", "lead": "x"}},
            {"articleId": "a2"}, {"articleId": "a2"}]}""";

      HttpResponse<String> response = intake.put("/v1/curated/top-stories", sent);

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(fields(response))
          .containsExactlyInAnyOrder(
              "feedId",
              "titel",
              "at",
              "by",
              "entries[0]",
              "entries[1].articleId",
              "entries[2]",
              "entries[3]",
              "entries[4].link",
              "entries[5].link.url",
              "entries[5].link.source",
              "entries[5].link.lead",
              "entries[7].articleId");
      assertThat(values(intake.articles, TOPICS.curated)).isEmpty();
      Rejected rejected = intake.rejectedArticles().get(0);
      assertThat(rejected.getStage()).isEqualTo("intake");
      assertThat(new String(rejected.getBytes().array(), UTF_8)).isEqualTo(sent);
      assertThat(records(intake.articles, TOPICS.rejected).get(0).key())
          .isEqualTo("curated/top-stories");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "[]                                             | ''",
          "{\"title\": \"t\", \"by\": \"b\"}                    | entries",
          "{\"title\": \"t\", \"by\": \"b\", \"entries\": {}} | entries",
          "{\"title\": 5, \"by\": \"b\", \"entries\": []}     | title",
        })
    void wrongShapeIsNamed(String sent, String named) {
      HttpResponse<String> response = intake.put("/v1/curated/top-stories", sent);

      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(intake.rejectedArticles())
          .singleElement()
          .extracting(Rejected::getField)
          .isEqualTo(named);
    }

    @Test
    void brokenJsonIsMalformedAndAnyOtherTypeIsRefused() {
      assertThat(intake.put("/v1/curated/top-stories", "{").statusCode()).isEqualTo(400);
      assertThat(intake
              .send(intake
                  .request("/v1/curated/top-stories")
                  .header("Content-Type", "text/plain")
                  .PUT(body(TOP_STORIES)))
              .statusCode())
          .isEqualTo(415);
      assertThat(values(intake.articles, TOPICS.curated)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Top", "top_", "a%20b", "curated%3Atop"})
    void nameThatIsNoSlugIsRefused(String name) {
      HttpResponse<String> put = intake.put("/v1/curated/" + name, TOP_STORIES);
      HttpResponse<String> delete = intake.delete("/v1/curated/" + name);

      for (HttpResponse<String> response : List.of(put, delete)) {
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(fields(response)).containsExactly("feedId");
      }
      assertThat(records(intake.articles, TOPICS.curated)).isEmpty();
    }

    @Test
    void deletedListIsANullOnTheTopic() {
      HttpResponse<String> response = intake.delete("/v1/curated/top-stories");

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(json(response).get("feedId").asText()).isEqualTo("curated/top-stories");
      assertThat(json(response).get("topic").asText()).isEqualTo("newsfeed.curated");
      assertThat(records(intake.articles, TOPICS.curated)).singleElement().satisfies(sent -> {
        assertThat(sent.key()).isEqualTo("curated/top-stories");
        assertThat(sent.value()).isNull();
      });
    }

    @Test
    void otherMethodIsToldWhichOnesThereAre() {
      assertThat(intake.get("/v1/curated/top-stories").headers().firstValue("Allow"))
          .hasValue("DELETE, PUT");
    }

    @Test
    void brokerThatDoesNotAnswerIsTold() {
      try (TestIntake waiting = TestIntake.withSilentBroker()) {
        assertThat(waiting.put("/v1/curated/top-stories", TOP_STORIES).statusCode())
            .isEqualTo(503);
        assertThat(waiting.delete("/v1/curated/top-stories").statusCode()).isEqualTo(503);
      }
    }
  }

  @Nested
  class Clicks {

    @Test
    void clickCarriesTimeAndHashesAndNoAddress() {
      assertThat(intake
              .post("/v1/clicks", "{\"articleId\": \"a1\", \"eventId\": \"e1\"}")
              .statusCode())
          .isEqualTo(204);

      var click = intake.sentClicks().get(0);
      assertThat(click.getArticleId()).isEqualTo("a1");
      assertThat(click.getEventId()).isEqualTo("e1");
      assertThat(click.getReceivedAtMs()).isEqualTo(NOW.toEpochMilli());
      assertThat(click.getVisitor()).isNotNull().isNotEqualTo(click.getNetwork());
      assertThat(click.getNetwork()).isNotNull();
      assertThat(click.getSuspect()).isNull();
      assertThat(records(intake.clicks, TOPICS.clicks).get(0).key()).isEqualTo("a1");
    }

    @Test
    void beaconIsPlainTextFromAnyOrigin() {
      HttpResponse<String> response = intake.send(intake
          .request("/v1/clicks")
          .header("Content-Type", "text/plain;charset=UTF-8")
          .header("Origin", "https://news.example")
          .POST(body("{\"articleId\": \"a1\"}")));

      assertThat(response.statusCode()).isEqualTo(204);
      assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
      assertThat(intake.sentClicks()).hasSize(1);
    }

    @Test
    void preflightIsAnswered() {
      HttpResponse<String> response = intake.send(intake
          .request("/v1/clicks")
          .header("Origin", "https://news.example")
          .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));

      assertThat(response.statusCode()).isEqualTo(204);
      assertThat(response.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST");
      assertThat(response.headers().firstValue("Access-Control-Allow-Headers"))
          .hasValue("Content-Type");
    }

    @Test
    void batchIsTakenInOrder() {
      intake.post("/v1/clicks", "[{\"articleId\": \"a1\"}, {\"articleId\": \"a2\"}]");

      assertThat(intake.sentClicks()).extracting("articleId").containsExactly("a1", "a2");
    }

    @Test
    void batchWithOneBadClickIsRefusedWholeAndKept() {
      HttpResponse<String> response = intake.post(
          "/v1/clicks",
          "[{\"articleId\": \"a1\"}, {\"articleId\": \"no id!\"}, {}, 5, {\"artcleId\": \"a\"}]");

      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(fields(response))
          .containsExactly(
              "[1].articleId", "[2].articleId", "[3]", "[4].articleId", "[4].artcleId");
      assertThat(intake.sentClicks()).isEmpty();
      assertThat(intake.rejectedClicks()).hasSize(1);
    }

    @Test
    void batchOfMoreThanAThousandIsTooLarge() {
      List<String> clicks = new ArrayList<>();
      for (int i = 0; i <= ClickJson.CLICKS_AT_MOST; i++) {
        clicks.add("{\"articleId\":\"a" + i + "\"}");
      }

      assertThat(intake.post("/v1/clicks", clicks.toString()).statusCode()).isEqualTo(413);
      assertThat(intake.sentClicks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"{, 400", "'', 400", "x, 400", "[[[, 400"})
    void garbageIsRefusedAndKept(String sent, int status) {
      assertThat(intake.post("/v1/clicks", sent).statusCode()).isEqualTo(status);
      assertThat(intake.rejectedClicks()).hasSize(1);
    }

    @Test
    void bodyBeyondItsLimitIsRefused() {
      String sent = "{\"url\": \"" + "x".repeat(ClickRoutes.BODY_LIMIT) + "\"}";

      assertThat(intake.post("/v1/clicks", sent).statusCode()).isEqualTo(413);
    }

    @Test
    void addressIsResolvedToItsArticle() {
      intake.addresses.learn(Article.newBuilder()
          .setArticleId("a1")
          .setVersion(1)
          .setUrl("https://news.example/world/flood")
          .build());

      intake.post("/v1/clicks", "{\"url\": \"http://news.example/world/flood/?utm_source=x#top\"}");

      assertThat(intake.sentClicks()).extracting("articleId").containsExactly("a1");
    }

    @Test
    void clickOnAnUnknownAddressIsKeptAsRejected() {
      HttpResponse<String> response = intake.post(
          "/v1/clicks", "[{\"articleId\": \"a1\"}, {\"url\": \"https://news.example/no\"}]");

      assertThat(response.statusCode()).isEqualTo(204);
      assertThat(intake.sentClicks()).hasSize(1);
      Rejected rejected = intake.rejectedClicks().get(0);
      assertThat(rejected.getReason()).isEqualTo("unknown-url");
      assertThat(new String(rejected.getBytes().array(), UTF_8))
          .isEqualTo("{\"url\":\"https://news.example/no\"}");
      Click taken = intake.sentClicks().get(0);
      assertThat(rejected.getClick())
          .as("what only the collector could know")
          .isEqualTo(new RefusedClick(
              taken.getReceivedAtMs(), taken.getVisitor(), taken.getNetwork(), taken.getSuspect()));
    }

    @Test
    void refusedClickIsTakenAsOfThenOnceItsArticleIsKnown() throws Exception {
      intake.post("/v1/clicks", """
          {"url": "https://news.example/no", "visitor": "4d1f5c0e9a7b2f36"}""");
      Rejected refused = intake.rejectedClicks().get(0);
      PublishedPages pages = new PublishedPages(null);
      assertThatThrownBy(() -> Replay.clicks(17, refused, pages))
          .isInstanceOf(InvalidEventException.class)
          .hasMessageContaining("url");

      pages.learn(Article.newBuilder()
          .setArticleId("late")
          .setVersion(1)
          .setHeadline("Late")
          .setUrl("https://news.example/no")
          .build());

      assertThat(Replay.clicks(17, refused, pages))
          .containsExactly(new Click(
              "late",
              NOW.toEpochMilli(),
              "refused-17-0",
              new VisitorKeys(
                      "a secret of the newsroom".getBytes(UTF_8), ZoneId.of("Europe/Berlin"))
                  .named(NOW, "", "4d1f5c0e9a7b2f36"),
              refused.getClick().getNetwork(),
              refused.getClick().getSuspect()));
    }

    @Test
    void proxyOnTheSameMachineSpeaksForTheReader() {
      click("203.0.113.7");
      click("203.0.113.99");
      click("10.0.0.1, 198.51.100.7");
      click("not an address");

      var networks = intake.sentClicks().stream().map(c -> c.getNetwork()).toList();
      assertThat(networks.get(0)).isEqualTo(networks.get(1)); // one /24
      assertThat(new HashSet<>(networks)).hasSize(3);
    }

    @Test
    void crawlerIsSuspectAndPrefetchToo() {
      sendClick("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)");
      sendClick("Sec-Purpose", "prefetch;prerender");

      assertThat(intake.sentClicks()).extracting("suspect").containsExactly("bot", "prefetch");
    }

    @Test
    void houseAndItsProbesAreMarkedAndKept() {
      click("192.0.2.44");
      click("2001:db8:7::1");
      click("203.0.113.7");

      assertThat(intake.sentClicks())
          .extracting("suspect")
          .containsExactly("staff", "monitor", null);
      assertThat(intake.sentClicks()).allSatisfy(c -> assertThat(c.getNetwork()).isNotNull());
    }

    @Test
    void consentedIdStandsForItsReaderWhereverTheyAre() {
      String named = "{'articleId': 'a1', 'visitor': '%s'}".replace('\'', '"');
      for (String address : List.of("203.0.113.7", "198.51.100.7")) {
        intake.send(intake
            .request("/v1/clicks")
            .header("X-Forwarded-For", address)
            .POST(body("[" + named.formatted("4d1f-0000-4d1f-0001") + ","
                + named.formatted("4d1f-0000-4d1f-0002") + ", {\"articleId\": \"a1\"}]")));
      }

      var visitors = intake.sentClicks().stream().map(c -> c.getVisitor()).toList();
      assertThat(visitors.subList(0, 2)).isEqualTo(visitors.subList(3, 5));
      assertThat(new HashSet<>(visitors)).hasSize(4); // two by their ids, two by their addresses
      assertThat(intake.sentClicks().stream().map(c -> c.getNetwork()).distinct())
          .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"short", "mara@newsroom.example", "with a blank in it", "", "undefined"})
    void whatIsNoIdIsNoVisitor(String visitor) {
      HttpResponse<String> response =
          intake.post("/v1/clicks", "{\"articleId\": \"a1\", \"visitor\": \"" + visitor + "\"}");

      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(fields(response)).containsExactly("visitor");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{'visitor': '4d1f-0000-SECRET-0001', 'url': 'https://news.example/no'}",
          "{'articleId': 'no id!', 'visitor' : '4d1f-0000-SECRET-0001'}",
          "{'articleId': 'a1', 'visitorId': '4d1f-0000-SECRET-0001'}",
          "{'articleId': 'a1', 'visitor': '4d1f \\' SECRET-0001'}",
          "[{'articleId': 'a1', 'Visitor': '4d1f-0000-SECRET-00",
          "{'articleId': 'a1', 'visitor': SECRET}",
        })
    void idOfAReaderIsNotKeptWithWhatIsRefused(String sent) {
      intake.post("/v1/clicks", sent.replace('\'', '"'));

      assertThat(intake.sentClicks()).isEmpty();
      String kept = new String(intake.rejectedClicks().get(0).getBytes().array(), UTF_8);
      assertThat(kept).containsIgnoringCase("visitor").doesNotContain("SECRET");
    }

    @Test
    void longBodyOfHalfAnIdIsRefusedQuickly() {
      String sent = "{\"visitor\": \"" + "\\x".repeat(30_000);

      assertThat(intake.post("/v1/clicks", sent).statusCode()).isEqualTo(400);
      assertThat(intake.post("/v1/clicks", "\"visitor".repeat(8_000)).statusCode())
          .isEqualTo(400);
    }

    @Test
    void clickIsAnsweredBeforeTheBrokerHasIt() {
      try (TestIntake silent = TestIntake.withSilentBroker()) {
        assertThat(silent.post("/v1/clicks", "{\"articleId\": \"a1\"}").statusCode())
            .isEqualTo(204);
      }
    }

    private void click(String forwardedFor) {
      sendClick("X-Forwarded-For", forwardedFor);
    }

    private void sendClick(String header, String value) {
      intake.send(
          intake.request("/v1/clicks").header(header, value).POST(body("{\"articleId\": \"a1\"}")));
    }
  }

  @Test
  void otherMethodIsToldWhichOnesThereAre() {
    HttpResponse<String> response = intake.get("/v1/articles/a1");

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("PUT");
    assertThat(json(response).get("status").asInt()).isEqualTo(405);
  }

  @Test
  void unknownPathIsNotFound() {
    assertThat(intake.get("/v1/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void requestThatTheServerRefusesGetsAProblemToo() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", intake.port())) {
      OutputStream out = socket.getOutputStream();
      out.write("GET /v1/articles/a%2Fb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
          .getBytes(UTF_8));
      out.flush();

      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
    }
  }

  @Test
  void healthTellsLifeFromReadiness() {
    intake.missing = Optional.of("still reading published articles");

    assertThat(intake.get("/health/live").statusCode()).isEqualTo(200);
    HttpResponse<String> notReady = intake.get("/health/ready");
    assertThat(notReady.statusCode()).isEqualTo(503);
    assertThat(json(notReady).get("detail").asText()).isEqualTo("still reading published articles");

    intake.missing = Optional.empty();
    assertThat(intake.get("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void takenPortIsToldInOneLine() {
    assertThatThrownBy(() -> Intake.start(TestIntake.settings(intake.port())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the intake cannot listen on 127.0.0.1:" + intake.port() + ": Address already in use");
  }

  private static List<String> fields(HttpResponse<String> response) {
    List<String> fields = new ArrayList<>();
    JsonNode errors = json(response).path("errors");
    errors.forEach(e -> fields.add(e.get("field").asText()));
    return fields;
  }
}
