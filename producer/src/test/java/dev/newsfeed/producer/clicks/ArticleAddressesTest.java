package dev.newsfeed.producer.clicks;

import static dev.newsfeed.producer.TestKafka.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArticleAddressesTest {

  private final ArticleAddresses addresses = new ArticleAddresses();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://news.example/world/flood",
        "http://news.example/world/flood",
        "https://NEWS.example:443/world/flood/",
        "https://news.example/world/flood?utm_source=mail#comments",
        "https://m.news.example/old/flood", // an alias that is a path holds on any host
      })
  void formsOfOneAddressAreOneArticle(String url) {
    addresses.learn(article("a1", "https://news.example/world/flood", "/old/flood"));

    assertThat(addresses.articleId(url)).isEqualTo("a1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://other.example/world/flood",
        "https://news.example:8443/world/flood",
        "https://news.example/world/Flood",
        "https://news.example/",
        "mailto:desk@news.example",
        "not an address",
        "",
      })
  void otherAddressesAreNotTheArticles(String url) {
    addresses.learn(article("a1", "https://news.example/world/flood"));

    assertThat(addresses.articleId(url)).isNull();
  }

  @Test
  void queryThatNamesTheArticleCounts() {
    addresses.learn(article("a1", "https://news.example/?p=1"));
    addresses.learn(article("a2", "https://news.example/?p=2"));

    assertThat(addresses.articleId("https://news.example/?p=2")).isEqualTo("a2");
    assertThat(addresses.articleId("https://news.example/?p=3")).isNull();
  }

  @Test
  void gatewaysOwnPageIsKnownOnAnyHost() {
    assertThat(addresses.articleId("http://localhost:8080/articles/urn%3Anews%3A1?from=feed"))
        .isEqualTo("urn:news:1");
    assertThat(addresses.articleId("http://localhost:8080/articles/no%20id")).isNull();
  }

  @Test
  void addressThatAnArticleGivesUpLeadsNowhere() {
    addresses.learn(article("a1", "https://news.example/old"));
    addresses.learn(article("a1", "https://news.example/new"));

    assertThat(addresses.articleId("https://news.example/old")).isNull();
    assertThat(addresses.articleId("https://news.example/new")).isEqualTo("a1");
  }

  @Test
  void addressThatAnotherArticleTookOverStaysTheOthers() {
    addresses.learn(article("a1", "https://news.example/live"));
    addresses.learn(article("a2", "https://news.example/live"));
    addresses.learn(article("a1", null));

    assertThat(addresses.articleId("https://news.example/live")).isEqualTo("a2");
  }

  @Test
  void readersOfAWithdrawnArticleAreStillCounted() {
    Article article = article("a1", "https://news.example/live");
    take(PublishedArticle.newBuilder().setStatus(Status.usable).setArticle(article));
    take(PublishedArticle.newBuilder().setStatus(Status.withheld));

    assertThat(addresses.articleId("https://news.example/live")).isEqualTo("a1");
  }

  private void take(PublishedArticle.Builder published) {
    addresses.take(
        new ConsumerRecord<>(TOPICS.published.name(), 0, 0, "a1", new byte[0]),
        published
            .setArticleId("a1")
            .setVersion(1)
            .setChange(Change.published)
            .setChangedAt(Instant.EPOCH)
            .build());
  }

  private static Article article(String id, String url, String... aliases) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setUrl(url)
        .setAliases(List.of(aliases))
        .build();
  }
}
