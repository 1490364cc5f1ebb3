package dev.newsfeed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FeedsOnHeapTest {

  private static final Topic<PublishedArticle> TOPIC =
      new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()).published;

  private final NewsLoad load =
      new NewsLoad(2, 3, 3, Instant.parse("2020-01-01T00:00:00Z"), 20_260_303);
  private final FeedsOnHeap feeds = new FeedsOnHeap();

  @Test
  void newestIsFirstAndEachSectionHasItsOwn() {
    for (int n = 0; n < 6; n++) {
      take(load.published(n));
    }

    assertThat(feeds.heads(4).get("all"))
        .containsExactly("article-5 v1", "article-4 v1", "article-3 v1", "article-2 v1");
    assertThat(feeds.heads(4).get("section/section-0"))
        .containsExactly("article-4 v1", "article-2 v1", "article-0 v1");
    assertThat(feeds.totals()).containsEntry("all", 6L).containsEntry("section/section-1", 3L);
  }

  @Test
  void updateKeepsItsPlaceAndWithdrawalLetsTheNextIn() {
    for (int n = 0; n < 3; n++) {
      take(load.published(n));
    }

    take(load.published(1, 2));
    take(load.withdrawn(2, 2));

    assertThat(feeds.heads(2).get("all")).containsExactly("article-1 v2", "article-0 v1");
    assertThat(feeds.totals()).containsEntry("all", 2L);
  }

  /** As it comes from the topic. */
  private void take(PublishedArticle published) {
    feeds.take(
        TOPIC.valueSerde().read(TOPIC.name(), TOPIC.valueSerde().write(TOPIC.name(), published)));
  }
}
