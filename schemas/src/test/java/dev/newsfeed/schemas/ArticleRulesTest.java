package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
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

  @ParameterizedTest
  @ValueSource(strings = {"https://example.org/a?b=c#d", "http://example.org", "/media/a.jpg"})
  void webAddressesAreAccepted(String url) {
    assertThat(wrongFields(good().setUrl(url).build())).isEmpty();
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
