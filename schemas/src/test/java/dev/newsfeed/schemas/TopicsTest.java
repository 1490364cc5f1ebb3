package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import java.util.List;
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
            "jobs");
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
  void articlesAreNeverCompacted() {
    assertThat(topics.articles.policy()).isEqualTo("delete");
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
        .containsEntry("section/world", "World")
        .containsEntry("kind/press-review", "Press reviews")
        .containsOnlyKeys(
            "all", "section/world", "section/sport", "person/mara-velden", "kind/press-review");
  }
}
