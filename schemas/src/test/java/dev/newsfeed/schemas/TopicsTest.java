package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicsTest {

  private final Topics topics = new Topics("newsfeed.", SchemaCatalogue.shipped());

  @Test
  void everyTopicOfTheContractIsInTheCatalogueOnce() {
    assertThat(topics.all())
        .extracting(Topic::shortName)
        .containsExactly(
            "articles",
            "clicks",
            "controls",
            "curated",
            "published",
            "feeds",
            "most-read",
            "rejected",
            "jobs",
            "subscription-requests",
            "subscriptions");
  }

  @Test
  void everyValueHasAPublishedSchema() {
    for (Topic<?> topic : topics.all()) {
      assertThat(SchemaCatalogue.shipped().bySubject()).containsKey(topic.shortName() + "-value");
    }
  }

  @Test
  void whatMeetsInOneTaskIsPartitionedAlike() {
    assertThat(topics.clicks.partitions())
        .isEqualTo(topics.published.partitions())
        .isEqualTo(topics.controls.partitions())
        .isEqualTo(topics.articles.partitions());
  }

  @Test
  void whoVerifiesASubscriptionAlsoKeepsIt() {
    assertThat(topics.subscriptionRequests.partitions())
        .isEqualTo(topics.subscriptions.partitions());
  }

  @Test
  void articlesAreNeverCompacted() {
    assertThat(topics.articles.policy()).isEqualTo("delete");
  }

  @Test
  void everyDecisionCanBeReadForFourHundredDaysThoughOnlyTheLastIsKeptForEver() {
    Map<String, String> configs = topics.controls.configs();
    long days400Ms = 400L * 24 * 60 * 60 * 1000;

    assertThat(topics.controls.policy()).isEqualTo("compact");
    assertThat(Long.parseLong(configs.get("min.compaction.lag.ms"))).isEqualTo(days400Ms);
    assertThat(Long.parseLong(configs.get("max.compaction.lag.ms"))).isGreaterThan(days400Ms);
    assertThat(configs).containsEntry("message.timestamp.type", "LogAppendTime");
  }

  @Test
  void whatOthersWriteAndTimeDeletesBearsTheBrokersTime() {
    assertThat(topics.articles.configs()).containsEntry("message.timestamp.type", "LogAppendTime");
    assertThat(topics.clicks.configs()).containsEntry("message.timestamp.type", "LogAppendTime");
  }

  @Test
  void anArticleIsInEachOfItsFeedsOnce() {
    Article article = Article.newBuilder()
        .setArticleId("a")
        .setVersion(1)
        .setKind("press-review")
        .setSection(new Label("world", "World"))
        .setExtraSections(List.of(new Label("world", "World again"), new Label("sport", "Sport")))
        .setPersons(List.of(new Label("mara-velden", "Mara Velden")))
        .build();

    assertThat(FeedIds.of(article))
        .containsExactly(
            "all", "section/world", "section/sport", "person/mara-velden", "kind/press-review");
  }

  @Test
  void aFeedIsCalledAsItsNewestEntryCallsItAndAnEmptyOneByItsSlug() {
    FeedEntry newest = FeedEntry.newBuilder()
        .setArticleId("a")
        .setVersion(1)
        .setKind("article")
        .setHeadline("Headline")
        .setSection(new Label("world", "The world"))
        .setExtraSections(List.of(new Label("sport", "Sports page")))
        .setTopics(List.of(new Label("world", "World as a topic")))
        .setFeedTime(Instant.EPOCH)
        .setFirstPublished(Instant.EPOCH)
        .setUpdated(Instant.EPOCH)
        .build();

    assertThat(FeedIds.titleOf("section/world", newest)).isEqualTo("The world");
    assertThat(FeedIds.titleOf("section/sport", newest)).isEqualTo("Sports page");
    assertThat(FeedIds.titleOf("topic/world", newest)).isEqualTo("World as a topic");
    assertThat(FeedIds.titleOf("curated/world", newest)).isEqualTo("World");
    assertThat(FeedIds.titleOf("person/mara-velden", null)).isEqualTo("Mara velden");
    assertThat(FeedIds.titleOf("kind/press-review", null)).isEqualTo("Press reviews");
    assertThat(FeedIds.titleOf("all", null)).isEqualTo("All news");
  }
}
