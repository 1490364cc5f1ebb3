package dev.newsfeed.producer.formats;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.schemas.Problem;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArticleJsonTest {

  static final String EVERY_FIELD = """
      {"articleId": "a1", "version": 3, "status": "usable", "kind": "gallery",
       "headline": "River passes its highest mark", "shortHeadline": "River high",
       "lead": "It rose.", "bodyHtml": "<p>It rose.</p>", "url": "https://news.example/a1",
       "aliases": ["/old/a1"], "section": {"slug": "world", "title": "The World"},
       "extraSections": ["home"], "topics": ["foreign-policy"],
       "persons": [{"slug": "ada-l", "title": "Ada L."}], "places": [{"slug": "koeln"}],
       "urgency": 2, "language": "en", "edition": "web", "byline": "By A", "dateline": "KÖLN",
       "source": "Own", "copyright": "(c)", "usageTerms": "none",
       "photos": [{"url": "/p/1.jpg", "width": 640, "height": 480, "caption": "c",
                   "credit": "A/Own", "alt": "A river"}],
       "photoCount": 12, "readAlso": ["a0"],
       "inOtherMedia": [{"title": "t", "url": "https://other.example/", "source": "Other"}],
       "firstPublished": "2026-11-23T09:30:00+01:00", "versionCreated": "2026-11-23T08:40:00.5Z",
       "embargoedUntil": "2026-11-24T00:00:00Z", "expires": "2027-01-01T00:00:00-05:00",
       "republish": true, "restore": true,
       "correction": {"text": "It was 9 m", "at": "2026-11-23T08:39:00Z"},
       "withdrawal": null, "evergreen": true, "mostReadEligible": false}""";

  @Test
  void everyFieldHasItsPlace() {
    Article article = read(EVERY_FIELD);

    assertThat(article)
        .isEqualTo(Article.newBuilder()
            .setArticleId("a1")
            .setVersion(3)
            .setStatus(Status.usable)
            .setKind("gallery")
            .setHeadline("River passes its highest mark")
            .setShortHeadline("River high")
            .setLead("It rose.")
            .setBodyHtml("<p>It rose.</p>")
            .setUrl("https://news.example/a1")
            .setAliases(List.of("/old/a1"))
            .setSection(new Label("world", "The World"))
            .setExtraSections(List.of(new Label("home", "Home")))
            .setTopics(List.of(new Label("foreign-policy", "Foreign policy")))
            .setPersons(List.of(new Label("ada-l", "Ada L.")))
            .setPlaces(List.of(new Label("koeln", "Koeln")))
            .setUrgency(2)
            .setLanguage("en")
            .setEdition("web")
            .setByline("By A")
            .setDateline("KÖLN")
            .setSource("Own")
            .setCopyright("(c)")
            .setUsageTerms("none")
            .setPhotos(List.of(new Photo("/p/1.jpg", 640, 480, "c", "A/Own", "A river")))
            .setPhotoCount(12)
            .setReadAlso(List.of("a0"))
            .setInOtherMedia(List.of(new MediaLink("t", "https://other.example/", "Other")))
            .setFirstPublished(Instant.parse("2026-11-23T08:30:00Z"))
            .setVersionCreated(Instant.parse("2026-11-23T08:40:00.500Z"))
            .setEmbargoedUntil(Instant.parse("2026-11-24T00:00:00Z"))
            .setExpires(Instant.parse("2027-01-01T05:00:00Z"))
            .setRepublish(true)
            .setRestore(true)
            .setCorrection(new Correction("It was 9 m", Instant.parse("2026-11-23T08:39:00Z")))
            .setEvergreen(true)
            .setMostReadEligible(false)
            .build());
  }

  /** A field added to the record and forgotten here would be refused as unknown. */
  @Test
  void everyFieldOfTheRecordIsKnown() {
    var fields = json(EVERY_FIELD);

    assertThat(Article.getClassSchema().getFields())
        .extracting(Schema.Field::name)
        .allMatch(fields::has);
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    Article article =
        read("{\"version\": 1, \"headline\": \"h\", \"photos\": [{\"url\": \"/p\"}]}");

    assertThat(article.getArticleId()).isEqualTo("a1");
    assertThat(article.getStatus()).isEqualTo(Status.usable);
    assertThat(article.getKind()).isEqualTo("article");
    assertThat(article.getSection()).isNull();
    assertThat(article.getPhotoCount()).isEqualTo(1);
    assertThat(article.getFirstPublished()).isNull();
    assertThat(article.getVersionCreated()).isEqualTo(NOW);
    assertThat(article.getMostReadEligible()).isTrue();
  }

  @Test
  void canceledArticleLosesItsText() {
    Article article = read("""
        {"version": 2, "status": "canceled", "headline": "h", "bodyHtml": "<p>secret</p>",
         "withdrawal": {"reason": "wrong"}}""");

    assertThat(article.getHeadline()).isEmpty();
    assertThat(article.getBodyHtml()).isNull();
    assertThat(article.getWithdrawal()).isEqualTo(new Withdrawal("wrong", null, null));
  }

  @Test
  void canceledArticleWithoutReasonIsRefused() {
    assertThat(problems("{\"version\": 2, \"status\": \"canceled\"}"))
        .extracting(Problem::field)
        .containsExactly("withdrawal.reason");
  }

  @Test
  void controlCharactersAreTakenOutOfText() {
    Article article = read(
        "{\"version\": 1, \"headline\": \" One\\u0000\\u001b[31m\\n two\\uffff \", \"lead\": \"\\t\"}");

    assertThat(article.getHeadline()).isEqualTo("One[31m two");
    assertThat(article.getLead()).isNull();
  }

  @Test
  void bodyIsSanitised() {
    Article article = read(
        "{\"version\": 1, \"headline\": \"h\", \"bodyHtml\": \"<p onclick='x'>a<script>b</script></p>\"}");

    assertThat(article.getBodyHtml()).isEqualTo("<p>a</p>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\": 1.5                        | version",
        "\"version\": 99999999999999999999       | version",
        "\"version\": \"1\"                      | version",
        "\"version\": null                       | version",
        "\"urgency\": 3000000000                 | urgency",
        "\"headline\": 5                         | headline",
        "\"headline\": \"\\u0000\"               | headline",
        "\"status\": \"live\"                    | status",
        "\"kind\": \"podcast\"                   | kind",
        "\"section\": 5                          | section",
        "\"section\": {\"title\": \"World\"}     | section.slug",
        "\"section\": {\"slug\": \"w\", \"x\":1} | section.x",
        "\"topics\": \"floods\"                  | topics",
        "\"topics\": [\"ok\", \"Not Ok\"]        | topics[1].slug",
        "\"photos\": [{\"caption\": \"c\"}]      | photos[0].url",
        "\"photos\": [\"/p.jpg\"]                | photos[0]",
        "\"url\": \"javascript:alert(1)\"        | url",
        "\"readAlso\": [1]                       | readAlso[0]",
        "\"expires\": \"2026-11-23T09:30:00\"    | expires",
        "\"expires\": \"2300-01-01T00:00:00Z\"   | expires",
        "\"correction\": {\"text\": \"t\"}       | correction.at",
        "\"withdrawal\": {\"reason\": \"r\"}     | withdrawal",
        "\"evergreen\": \"yes\"                  | evergreen",
        "\"bodyhtml\": \"<p>x</p>\"              | bodyhtml",
      })
  void wrongFieldIsNamed(String field, String named) {
    String name = field.substring(0, field.indexOf(':'));
    String json = "{\"version\": 1, \"headline\": \"h\"}";
    String sent = json.contains(name)
        ? json.replaceFirst(name + ": [^,}]+", field.replace("\\", "\\\\"))
        : json.replace("}", ", " + field + "}");

    assertThat(problems(sent)).extracting(Problem::field).containsExactly(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "5", "null", "\"text\""})
  void anythingButAnObjectIsRefused(String sent) {
    assertThat(problems(sent)).hasSize(1);
  }

  @Test
  void longNameOfAnUnknownFieldIsCut() {
    String name = "x".repeat(150);

    Problem problem =
        problems("{\"version\": 1, \"headline\": \"h\", \"" + name + "\": 1}").get(0);

    assertThat(problem.field()).hasSize(60);
  }

  private static Article read(String text) {
    return ArticleJson.read(json(text), "a1", NOW);
  }

  private static List<Problem> problems(String text) {
    return catchThrowableOfType(InvalidEventException.class, () -> read(text)).problems();
  }
}
