package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArticleRulesTest {

  /** From then on Avro trusts our records, also when this test runs alone. */
  private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

  private static Article.Builder good() {
    return Article.newBuilder().setArticleId("a").setVersion(1).setHeadline("Headline");
  }

  private static List<String> wrongFields(Article article) {
    return ArticleRules.problems(article).stream().map(Problem::field).toList();
  }

  @Test
  void aHeadlineIsAllThatIsNeeded() {
    assertThat(ArticleRules.problems(good().build())).isEmpty();
  }

  @Test
  void everyProblemIsNamedAtOnce() {
    Article article = good()
        .setArticleId("a b")
        .setVersion(0)
        .setHeadline("")
        .setKind("poem")
        .setSection(new Label("Not A Slug", "x"))
        .setUrgency(10)
        .setPhotos(List.of(Photo.newBuilder().setUrl("javascript:alert(1)").build()))
        .setFirstPublished(Instant.parse("9999-01-01T00:00:00Z"))
        .build();

    assertThat(wrongFields(article))
        .containsExactlyInAnyOrder(
            "articleId",
            "version",
            "headline",
            "kind",
            "section.slug",
            "urgency",
            "photos[0].url",
            "firstPublished");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "ftp://example.org/",
        "http:///nohost",
        "http://exa mple.org/",
        "relative/path"
      })
  void onlyWebAddressesAndOwnPathsAreAccepted(String url) {
    assertThat(wrongFields(good().setUrl(url).build())).containsExactly("url");
  }

  @Test
  void textThatTurnsOthersAroundOrNobodySeesIsRefusedWhereverItStands() {
    String bad = "a\u202Eb";
    Article article = good()
        .setHeadline("\u200B\u2060")
        .setLead(bad)
        .setBodyHtml("<p>\u0000</p>")
        .setUrl("https://news.example/" + bad)
        .setAliases(List.of("/old/" + bad))
        .setEdition(bad)
        .setDateline("\uD83D")
        .setTopics(List.of(new Label("t", bad)))
        .setPhotos(List.of(Photo.newBuilder().setUrl("/p").setAlt(bad).build()))
        .setInOtherMedia(List.of(new MediaLink(bad, "https://other.example/", "\u2067")))
        .build();

    assertThat(wrongFields(article))
        .containsExactlyInAnyOrder(
            "headline",
            "lead",
            "bodyHtml",
            "url",
            "aliases[0]",
            "edition",
            "dateline",
            "topics[0].title",
            "photos[0].alt",
            "inOtherMedia[0].title",
            "inOtherMedia[0].source");
    assertThat(wrongFields(good()
            .setStatus(Status.canceled)
            .setWithdrawal(new Withdrawal(bad, "x".repeat(10_001), "no id!"))
            .build()))
        .containsExactly("withdrawal.reason", "withdrawal.note", "withdrawal.successorId");
  }

  @Test
  void limitAndWhatWasFoundAreNamedForPrograms() {
    Article article =
        good().setHeadline("x".repeat(501)).setUrgency(10).setVersion(-1).build();

    assertThat(ArticleRules.problems(article))
        .extracting(Problem::field, Problem::limit, Problem::value)
        .containsExactly(
            tuple("version", "1..", "-1"),
            tuple("headline", "500", "501"),
            tuple("urgency", "1..9", "10"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://news.example@evil.example/", "https://a:b@news.example/"})
  void addressWithAUserIsRefused(String url) {
    assertThat(wrongFields(good().setUrl(url).build())).containsExactly("url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.org/a?b=c#d", "http://example.org", "/media/a.jpg"})
  void webAddressesAreAccepted(String url) {
    assertThat(wrongFields(good().setUrl(url).build())).isEmpty();
  }

  @Test
  void whatStandsInFeedsIsBounded() {
    String line = "x".repeat(501);
    String text = "x".repeat(10_001);
    Article article = good()
        .setHeadline(line)
        .setShortHeadline(line)
        .setLead(text)
        .setLanguage(line)
        .setByline(line)
        .setSource(line)
        .setSection(new Label("world", "x".repeat(201)))
        .setTopics(List.of(new Label("trade", "x".repeat(201))))
        .setPhotos(List.of(Photo.newBuilder()
            .setUrl("/a.jpg")
            .setCaption(text)
            .setCredit(line)
            .setAlt(text)
            .build()))
        .setCorrection(new Correction(text, Instant.parse("2026-03-02T12:00:00Z")))
        .build();

    assertThat(wrongFields(article))
        .containsExactlyInAnyOrder(
            "headline",
            "shortHeadline",
            "lead",
            "language",
            "byline",
            "source",
            "section.title",
            "topics[0].title",
            "photos[0].caption",
            "photos[0].credit",
            "photos[0].alt",
            "correction.text");
    assertThat(ArticleRules.problems(good().setLead(text).build()))
        .singleElement()
        .hasToString("lead: has 10001 characters, at most 10000");
  }

  @Test
  void aWithdrawalSaysWhyAndNeedsNothingElse() {
    Article.Builder canceled =
        Article.newBuilder().setArticleId("a").setVersion(2).setStatus(Status.canceled);

    assertThat(wrongFields(canceled.build())).containsExactly("withdrawal.reason");
    assertThat(wrongFields(
            canceled.setWithdrawal(new Withdrawal("legal", null, null)).build()))
        .isEmpty();
  }
}
