package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topics;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NinjsJsonTest {

  /** From then on Avro trusts our records, also when this test runs alone. */
  private static final Topics TOPICS = TestKafka.TOPICS;

  private static final Instant NOW = Instant.parse("2026-11-23T09:30:00Z");

  @ParameterizedTest
  @CsvSource({
    "'\"pubstatus\": \"withheld\"', withheld",
    "'\"pubStatus\": \"withheld\"', withheld",
    "'\"pubStatus\": \"usable\"', usable",
    "'\"type\": \"text\"', usable",
    "'\"pubstatus\": \"canceled\"', canceled",
    "'\"pubStatus\": \"Cancelled\"', canceled",
  })
  void statusIsReadInTheSpellingOfEitherVersion(String field, Status expected) {
    assertThat(read(field).getStatus()).isEqualTo(expected);
  }

  @Test
  void nothingElseInACanceledObjectCanStopItsWithdrawal() {
    Article article = read("""
        "pubStatus": "canceled", "type": "audio", "urgency": "high", "embargod": 7, "edNote": "KILL: libel",
        "versionCreated": "yesterday", "associations": [17], "headlines": "none", "bodies": [{"value": 3}]""");

    assertThat(article.getStatus()).isEqualTo(Status.canceled);
    assertThat(article.getVersion()).isEqualTo(3);
    assertThat(article.getHeadline()).isEmpty();
    assertThat(article.getWithdrawal().getReason()).isEqualTo(NinjsJson.CANCELED);
    assertThat(article.getWithdrawal().getNote()).as("is for editors only").isNull();
  }

  @Test
  void dateThatCannotBeStopsNoWithdrawal() {
    Article article =
        read("\"pubStatus\": \"canceled\", \"versionCreated\": \"0001-01-01T00:00:00Z\"");

    assertThat(article.getVersionCreated()).isEqualTo(NOW);
  }

  @Test
  void fileCannotLiftAWithdrawal() {
    String json = json("\"altIds\": [{\"role\": \"newsfeed:restore\", \"value\": \"true\"}]");

    assertThat(article(json, "a1").getRestore()).isTrue();
    assertThat(article(json, null).getRestore()).isFalse();
  }

  @Test
  void whatIsMisspeltOnTheTopIsRefusedAndWhatAgenciesAddBelowIsLeftOut() {
    assertThat(problems("\"embargod\": \"2030-01-01T00:00:00Z\", \"headline\": \"x\""))
        .extracting(Problem::reason, Problem::field)
        .containsExactlyInAnyOrder(
            tuple("unknown-field", "embargod"), tuple("unknown-field", "headline"));
    assertThat(read("\"subjects\": [{\"name\": \"Floods\", \"weight\": 7}]").getTopics())
        .containsExactly(new Label("floods", "Floods"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"embargoed", "embargoedUntil", "embargoeduntil"})
  void embargoHoldsInEitherSpelling(String name) {
    assertThat(read("\"" + name + "\": \"2030-01-01T00:00:00+01:00\"").getEmbargoedUntil())
        .isEqualTo(Instant.parse("2029-12-31T23:00:00Z"));
  }

  @Test
  void ofTwoEmbargoesTheLaterOneHoldsAndOfTwoStatusesNone() {
    String both =
        "\"embargoed\": \"2031-01-01T00:00:00Z\", \"embargoedUntil\": \"2030-01-01T00:00:00Z\"";

    assertThat(read(both).getEmbargoedUntil()).isEqualTo(Instant.parse("2031-01-01T00:00:00Z"));
    assertThat(problems("\"pubstatus\": \"usable\", \"pubStatus\": \"canceled\""))
        .extracting(Problem::detail)
        .contains("is given twice");
  }

  @ParameterizedTest
  @CsvSource({
    // version, uri, expected
    "7, urn:x:1, 7",
    "007, urn:x:1, 7",
    "0, urn:x:1, 1",
    "1, urn:x:1, 1",
    "0, http://api.ap.org/media/v/content/8c, 1",
    "1, http://api.ap.org/media/v/content/8c?qt=3, 2",
    "1, http://api.ap.org.evil.example/8c, 1",
    "2.1, urn:x:1, 1795426200000",
    "final, urn:x:1, 1795426200000",
    "'', urn:x:1, 1795426200000",
    "99999999999999999999, urn:x:1, 1795426200000",
  })
  void versionIsTheNumberOrElseTheDate(String version, String uri, long expected) {
    Article article = article(
        "{\"uri\": \"" + uri + "\", \"version\": \"" + version
            + "\", \"versionCreated\": \"2026-11-23T09:30:00Z\", \"headlines\": [{\"value\": \"H\"}]}",
        null);

    assertThat(article.getVersion()).isEqualTo(expected);
  }

  @Test
  void withoutNumberAndDateThereIsNoVersion() {
    String json = "{\"uri\": \"urn:x:1\", \"headlines\": [{\"value\": \"H\"}]}";

    assertThatThrownBy(() -> article(json, "a1"))
        .isInstanceOf(InvalidEventException.class)
        .hasMessageContaining("version: a whole number is required");
  }

  @ParameterizedTest
  @CsvSource({
    "urn:newsml:dpa.com:20090101:1, urn:newsml:dpa.com:20090101:1",
    "'tag:x.example,2026:a1', ninjs-",
    "bridge, ninjs-", // a newsroom's own id is nobody else's to name
    "http://x.example/bridge, ninjs-",
  })
  void idComesFromTheUri(String uri, String expected) {
    assertThat(NinjsIds.articleId(uri)).startsWith(expected).isEqualTo(NinjsIds.articleId(uri));
  }

  @Test
  void whoAskedApIsNoPartOfTheId() {
    String item = "http://api.ap.org/media/v/content/8c9f";

    assertThat(NinjsIds.articleId(item + "?qt=H1Kd&et=0a3a"))
        .isEqualTo(NinjsIds.articleId(item + "?qt=Zz9&et=0a3a"))
        .isNotEqualTo(NinjsIds.articleId(item + "0?qt=H1Kd&et=0a3a"));
    assertThat(NinjsIds.articleId("http://x.example/item?id=1"))
        .isNotEqualTo(NinjsIds.articleId("http://x.example/item?id=2"));
  }

  @Test
  void othersOfTheSendersNamespaceAreNamedByTheirIds() {
    String related =
        "\"associations\": [{\"name\": \"r\", \"uri\": \"http://cms.example/items/456\"},"
            + " {\"name\": \"s\", \"uri\": \"http://other.example/9\", \"type\": \"text\"}]";
    String json = "{\"uri\": \"http://cms.example/items/123\", \"version\": \"1\","
        + " \"headlines\": [{\"value\": \"H\"}], " + related + "}";

    assertThat(article(json, "123").getReadAlso())
        .containsExactly("456", NinjsIds.articleId("http://other.example/9"));
    assertThat(article(json, null).getReadAlso())
        .containsExactly(
            NinjsIds.articleId("http://cms.example/items/456"),
            NinjsIds.articleId("http://other.example/9"));
    // "3" is no namespace of "12" + "3"
    assertThat(article(json, "3").getReadAlso())
        .contains(NinjsIds.articleId("http://cms.example/items/456"));
  }

  @Test
  void galleryHasItsPicturesInOrderTheFeaturedOneFirst() {
    Article article = read("""
        "type": "composite", "associations": [
          {"name": "one", "uri": "urn:p:1", "type": "picture", "renditions": [
            {"name": "print", "href": "https://i.example/1.tif", "contentType": "image/tiff", "width": 9000},
            {"name": "big", "href": "https://i.example/1-big.jpg", "contentType": "image/jpeg", "width": 4000},
            {"name": "web", "href": "https://i.example/1.jpg", "contentType": "image/jpeg", "width": 1200},
            {"name": "small", "href": "https://i.example/1-s.jpg", "contentType": "image/jpeg", "width": 300}]},
          {"name": "gone", "uri": "urn:p:2", "type": "picture", "pubStatus": "canceled", "renditions": [
            {"name": "web", "href": "https://i.example/2.jpg"}]},
          {"name": "later", "uri": "urn:p:3", "type": "picture", "embargoedUntil": "2040-01-01T00:00:00Z",
            "renditions": [{"name": "web", "href": "https://i.example/3.jpg"}]},
          {"name": "set", "uri": "urn:g:1", "type": "composite", "associations": [
            {"name": "four", "uri": "urn:p:4", "type": "picture", "renditions": [
              {"name": "web", "href": "https://i.example/4.jpg"}]}]},
          {"name": "featuremedia", "rel": "featured", "uri": "urn:p:5", "type": "picture", "renditions": [
            {"name": "ftp", "href": "ftp://i.example/5.jpg"}, {"name": "web", "href": "https://i.example/5.jpg"}]},
          {"name": "sound", "uri": "urn:s:1", "type": "audio"}]""");

    assertThat(article.getKind()).isEqualTo("gallery");
    assertThat(article.getPhotos())
        .extracting(Photo::getUrl)
        .containsExactly(
            "https://i.example/5.jpg", "https://i.example/1.jpg", "https://i.example/4.jpg");
    assertThat(article.getPhotoCount()).isEqualTo(3);
    assertThat(article.getReadAlso()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'\"type\": \"audio\"', type",
    "'\"type\": \"planning\"', type",
    "'\"type\": \"letter\"', type",
    "'\"type\": \"picture\"', renditions",
    "'\"pubStatus\": \"live\"', pubStatus",
    "'\"urgency\": 4.5', urgency",
    "'\"urgency\": 11', urgency",
    "'\"embargoedUntil\": \"tomorrow\"', embargoedUntil",
    "'\"bodies\": [{\"contentType\": \"application/xml\", \"value\": \"<x/>\"}]', bodies",
    "'\"headlines\": [{\"value\": \"  \"}]', headlines",
    "'\"subjects\": {}', subjects",
    "'\"associations\": [3]', associations[0]",
    "'\"versionCreated\": \"1066-10-14T09:00:00Z\"', versionCreated",
  })
  void whatCannotBeHeldIsRefusedUnderTheSendersNameForIt(String field, String named) {
    assertThat(problems(field)).extracting(Problem::field).contains(named);
  }

  @Test
  void plainTextIsParagraphsAndHtmlIsSanitised() {
    assertThat(read("\"bodies\": [{\"value\": \"One <b>\\n\\nTwo & three\"}]").getBodyHtml())
        .isEqualTo("<p>One &lt;b&gt;</p><p>Two &amp; three</p>");
    assertThat(read("\"bodies\": [{\"contentType\": \"text/html; charset=utf-8\", \"value\":"
                + " \"<html><head><title>H</title></head><body><h1>H</h1><h1>Other</h1>"
                + "<p onclick='x()'>One<script>x()</script></p></body></html>\"}]")
            .getBodyHtml())
        .isEqualTo("<h2>Other</h2><p>One</p>");
  }

  /** The smallest ninjs with some fields more. */
  private static Article read(String fields) {
    return article(json(fields), "a1");
  }

  private static String json(String fields) {
    String headlines =
        fields.contains("\"headlines\"") ? "" : "\"headlines\": [{\"value\": \"H\"}], ";
    return "{\"uri\": \"urn:x:1\", \"version\": \"3\", " + headlines + fields + "}";
  }

  private static List<Problem> problems(String fields) {
    return catchThrowableOfType(InvalidEventException.class, () -> article(json(fields), "a1"))
        .problems();
  }

  private static Article article(String json, @Nullable String articleId) {
    try {
      JsonNode node = Json.read(json.getBytes(UTF_8));
      return NinjsJson.read(node, articleId, NOW);
    } catch (Json.Malformed e) {
      throw new AssertionError(e);
    }
  }
}
