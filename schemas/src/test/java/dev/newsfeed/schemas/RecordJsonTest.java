package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.Rejected;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

  /** From then on Avro trusts our records, also when this test runs alone. */
  private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static final Article ARTICLE = Article.newBuilder()
      .setArticleId("a1")
      .setVersion(4_000_000_000L)
      .setHeadline("Fünf \"Brücken\"")
      .setSection(new Label("world", "World"))
      .setUrgency(2)
      .setCorrection(new Correction("It was five", NOON))
      .build();

  @Test
  void valuesAreWrittenAsAPersonWould() throws Exception {
    JsonNode json = RecordJson.of(ARTICLE);

    assertThat(json.get("articleId")).isEqualTo(read("\"a1\""));
    assertThat(json.get("version")).isEqualTo(read("4000000000"));
    assertThat(json.get("status")).isEqualTo(read("\"usable\""));
    assertThat(json.get("section")).isEqualTo(read("{\"slug\": \"world\", \"title\": \"World\"}"));
    assertThat(json.get("urgency")).isEqualTo(read("2"));
    assertThat(json.get("topics")).isEqualTo(read("[]"));
    assertThat(json.get("restore")).isEqualTo(read("false"));
    assertThat(json.get("correction"))
        .isEqualTo(read("{\"text\": \"It was five\", \"at\": \"2026-11-23T12:00:00Z\"}"));
  }

  @Test
  void whatHasNoValueIsLeftOutOrNull() {
    assertThat(RecordJson.of(ARTICLE).has("lead")).isFalse();

    JsonNode whole = RecordJson.withNulls(ARTICLE);
    assertThat(whole.get("lead").isNull()).isTrue();
    assertThat(Article.getClassSchema().getFields())
        .extracting(Schema.Field::name)
        .containsExactlyElementsOf(whole::fieldNames);
  }

  @Test
  void ruleForNullsReachesWhatIsNested() throws Exception {
    CuratedFeed list = CuratedFeed.newBuilder()
        .setFeedId("curated/in-other-media")
        .setTitle("In other media")
        .setEntries(List.of(
            new CuratedEntry("a1", null),
            new CuratedEntry(null, new MediaLink("t", "https://other.example/", "Other"))))
        .setBy("mara")
        .setAt(NOON)
        .build();

    assertThat(RecordJson.of(list).get("entries")).isEqualTo(read("""
            [{"articleId": "a1"},
             {"link": {"title": "t", "url": "https://other.example/", "source": "Other"}}]"""));
    assertThat(RecordJson.withNulls(list).get("entries")).isEqualTo(read("""
            [{"articleId": "a1", "link": null},
             {"articleId": null,
              "link": {"title": "t", "url": "https://other.example/", "source": "Other"}}]"""));
  }

  @Test
  void mapsAreObjects() {
    MostReadList list = MostReadList.newBuilder()
        .setScope("all")
        .setWindow("now")
        .setAsOf(NOON)
        .setWindowStart(NOON)
        .setWindowEnd(NOON)
        .setZone("UTC")
        .setStaleAfter(NOON)
        .setReads(7)
        .setRefused(Map.of("bot", 3L))
        .setEntries(List.of())
        .build();

    assertThat(RecordJson.of(list).get("refused").toString()).isEqualTo("{\"bot\":3}");
  }

  @Test
  void bytesAreBase64AndCanBeReadAgain() {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3});
    Rejected rejected = Rejected.newBuilder()
        .setReason("not-an-article")
        .setDetail("d")
        .setStage("publication")
        .setAt(NOON)
        .setSha256("00")
        .setSize(3)
        .setBytes(bytes)
        .build();

    assertThat(RecordJson.of(rejected).get("bytes").asText()).isEqualTo("AQID");
    assertThat(RecordJson.of(rejected).get("bytes").asText()).isEqualTo("AQID");
  }

  @Test
  void textIsUtf8() throws Exception {
    byte[] json = RecordJson.bytes(RecordJson.of(ARTICLE));

    assertThat(new ObjectMapper().readTree(json).get("headline").asText())
        .isEqualTo("Fünf \"Brücken\"");
  }

  private static JsonNode read(String json) throws Exception {
    return new ObjectMapper().readTree(json);
  }
}
