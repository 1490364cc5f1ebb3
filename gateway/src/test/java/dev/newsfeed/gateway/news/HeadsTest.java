package dev.newsfeed.gateway.news;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.Samples;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeadsTest {

  private final Heads heads = new Heads(Samples.TOPICS.feeds);

  private void put(String feedId, String... ids) {
    heads.put(Samples.feed(
        feedId,
        feedId,
        Arrays.stream(ids).map(Samples::published).toArray(PublishedArticle[]::new)));
  }

  @Test
  void forgottenArticleStandsInNoHeadAndIsNotCounted() {
    put("all", "a1", "a2");
    put("section/world", "a2");

    heads.forget("a1", Set.of("all", "section/world", "section/none"));

    Feed all = heads.find("all").orElseThrow();
    assertThat(all.toString()).doesNotContain("a1");
    assertThat(all.getTotal()).isEqualTo(1);
    assertThat(heads.summary("section/world").orElseThrow().total()).isEqualTo(1);
  }

  @Test
  void editorsListsOfAnArticleAreKnown() {
    put("curated/top-stories", "a1", "a2");
    put("curated/weekend", "a2");
    put("all", "a1", "a2");

    assertThat(heads.curatedWith("a2"))
        .containsExactlyInAnyOrder("curated/top-stories", "curated/weekend");

    put("curated/top-stories", "a1");
    heads.remove("curated/weekend");
    assertThat(heads.curatedWith("a2")).isEmpty();
  }

  @Test
  void editorsListIsAnotherOneWithOtherEntriesOrAnotherOrder() {
    PublishedArticle a1 = Samples.published("a1");
    FeedEntry link = Samples.link("Scoop", "https://other.example/scoop");
    FeedEntry renamed = Samples.link("Big scoop", "https://other.example/scoop");
    FeedEntry updated =
        FeedEntry.newBuilder(Samples.entry(a1)).setHeadline("Better").build();

    assertThat(putList(Samples.entry(a1), link)).isTrue();
    assertThat(putList(updated, link)).isFalse();
    assertThat(putList(link, updated)).isTrue();
    assertThat(putList(renamed, updated)).isTrue();
    assertThat(putList(renamed)).isTrue();
    assertThat(heads.put(Samples.feed("all", "All news", a1))).isFalse();
  }

  private boolean putList(FeedEntry... entries) {
    return heads.put(Samples.curated("curated/top-stories", "Top stories", entries));
  }
}
