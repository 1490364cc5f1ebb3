package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.label;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.TestPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeedsTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final int HEAD = 3;
  private static final HeadSize SIZE = new HeadSize(HEAD, 1 << 20);

  private final TestPipeline pipeline = new TestPipeline(
      new Feeds(TOPICS, JobClock.REAL, SIZE, Duration.ofMillis(200), Generation.FIRST), NOON);

  @AfterEach
  void close() {
    pipeline.close();
  }

  private void send(PublishedArticle published) {
    pipeline.pipe(TOPICS.published, published.getArticleId(), published);
  }

  private List<String> head(String feedId) {
    pipeline.advance(Duration.ofSeconds(1));
    Feed feed = pipeline.table(TOPICS.feeds).get(feedId);
    return feed == null
        ? List.of()
        : feed.getEntries().stream().map(FeedEntry::getArticleId).toList();
  }

  /** What is broken cannot be mended by waiting; what a newer instance wrote is read when that one takes over. */
  @Test
  void brokenValueIsPassedOverButNotOneOfANewerVersion() {
    pipeline.pipeBytes(TOPICS.published, "b", new byte[] {0, 0x7f, 0, 0, 1, 2, 3});
    send(published(article("a", 1).build(), NOON));
    assertThat(head("all")).containsExactly("a");

    assertThatThrownBy(
            () -> pipeline.pipeBytes(TOPICS.published, "a", new byte[] {0, 0, 0, 3, 0, 2, 3}))
        .hasStackTraceContaining("schema 768 is of a newer version");
  }

  @Test
  void articleStandsInAllItsFeeds() {
    Article article = article("a", 1)
        .setKind("gallery")
        .setExtraSections(List.of(label("sport")))
        .setTopics(List.of(label("climate")))
        .setPersons(List.of(label("mara-velden")))
        .build();

    send(published(article, NOON));

    for (String feedId : List.of(
        "all",
        "section/world",
        "section/sport",
        "topic/climate",
        "person/mara-velden",
        "kind/gallery")) {
      assertThat(head(feedId)).as(feedId).containsExactly("a");
    }
    assertThat(pipeline.table(TOPICS.feeds)).hasSize(6);
  }

  @Test
  void newestComesFirstAndTiesAreInOrderOfId() {
    send(published(article("b", 1).build(), NOON));
    send(published(article("a", 1).build(), NOON));
    send(published(article("c", 1).build(), NOON.plusSeconds(1)));

    assertThat(head("all")).containsExactly("c", "a", "b");
  }

  @Test
  void aDateBefore1970StandsBelowLaterOnes() {
    send(published(article("old", 1).build(), Instant.parse("1961-04-12T06:07:00Z")));
    send(published(article("new", 1).build(), NOON));
    send(published(article("moon", 1).build(), Instant.parse("1969-07-20T20:17:00Z")));

    assertThat(head("all")).containsExactly("new", "moon", "old");
  }

  @Test
  void removalBringsTheNextEntryIn() {
    IntStream.range(0, 5)
        .forEach(i -> send(published(article("a" + i, 1).build(), NOON.plusSeconds(i))));
    assertThat(head("section/world")).containsExactly("a4", "a3", "a2");

    send(notice("a4", 2, NOON));

    assertThat(head("section/world")).containsExactly("a3", "a2", "a1");
    assertThat(pipeline.table(TOPICS.feeds).get("section/world").getTotal()).isEqualTo(4);
  }

  @Test
  void movedArticleLeavesItsFormerSection() {
    send(published(article("a", 1).build(), NOON));

    send(published(article("a", 2).setSection(label("sport")).build(), NOON));

    assertThat(head("section/world")).isEmpty();
    assertThat(head("section/sport")).containsExactly("a");
    assertThat(head("all")).containsExactly("a");
    assertThat(pipeline.table(TOPICS.feeds).get("all").getTotal()).isEqualTo(1);
  }

  @Test
  void updateChangesTheEntryInPlace() {
    send(published(article("a", 1).build(), NOON));
    send(published(article("b", 1).build(), NOON.plusSeconds(1)));

    send(published(article("a", 2).setHeadline("Corrected").build(), NOON));

    assertThat(head("all")).containsExactly("b", "a");
    assertThat(pipeline.table(TOPICS.feeds).get("all").getEntries().get(1).getHeadline())
        .isEqualTo("Corrected");
  }

  @Test
  void republishedArticleMovesUpAndStandsThereOnce() {
    send(published(article("a", 1).build(), NOON));
    send(published(article("b", 1).build(), NOON.plusSeconds(1)));

    send(published(article("a", 2).build(), NOON.plusSeconds(2)));

    assertThat(head("all")).containsExactly("a", "b");
  }

  @Test
  void expiredArticleLeavesTheHeads() {
    PublishedArticle article = published(article("a", 1).build(), NOON);
    send(article);

    send(PublishedArticle.newBuilder(article).setExpired(true).build());

    assertThat(head("all")).isEmpty();
  }

  @Test
  void articleWithoutSectionIsInAllNews() {
    send(published(article("a", 1).setSection(null).build(), NOON));

    assertThat(head("all")).containsExactly("a");
    assertThat(pipeline.table(TOPICS.feeds)).containsOnlyKeys("all", "kind/article");
  }

  @Test
  void aBurstWritesAHeadOnceAndTheLastStateIsNotLost() {
    for (int i = 0; i < 500; i++) {
      send(published(article("a" + i, 1).build(), NOON.plusSeconds(i)));
    }

    assertThat(head("all")).containsExactly("a499", "a498", "a497");
    List<Feed> written = pipeline.all(TOPICS.feeds).stream()
        .filter(f -> f.getFeedId().equals("all"))
        .toList();
    assertThat(written).hasSizeLessThanOrEqualTo(2);
    assertThat(written.get(written.size() - 1).getTotal()).isEqualTo(500);
  }

  @Test
  void importOfThousandsWritesEachHeadAFewTimesASecond() {
    int seconds = 2;
    for (int ms = 0; ms < seconds * 1_000; ms++) {
      String section = ms % 2 == 0 ? "world" : "sport";
      send(published(article("a" + ms, 1).setSection(label(section)).build(), NOON.plusMillis(ms)));
      pipeline.advance(Duration.ofMillis(1));
    }
    head("all");

    Map<String, List<Feed>> written =
        pipeline.all(TOPICS.feeds).stream().collect(Collectors.groupingBy(Feed::getFeedId));
    assertThat(written).containsOnlyKeys("all", "section/world", "section/sport", "kind/article");
    written.forEach((feedId, heads) ->
        assertThat(heads).as(feedId).hasSizeBetween(seconds * 4, seconds * 5 + 1));
    assertThat(pipeline.table(TOPICS.feeds).get("all").getTotal()).isEqualTo(seconds * 1_000);
    assertThat(pipeline.table(TOPICS.feeds).get("section/sport").getTotal())
        .isEqualTo(seconds * 500);
    assertThat(head("all")).containsExactly("a1999", "a1998", "a1997");
  }

  @Test
  void feedTitleIsTheSectionsTitle() {
    send(published(article("a", 1).build(), NOON));

    head("all");

    assertThat(pipeline.table(TOPICS.feeds).get("section/world").getTitle()).isEqualTo("WORLD");
    assertThat(pipeline.table(TOPICS.feeds).get("all").getTitle()).isEqualTo("All news");
  }

  @Test
  void aWithdrawnArticleTakesWhatItCalledItsFeedsWithIt() {
    send(published(article("a", 1).setTopics(List.of(new Label("x", "Harbour"))).build(), NOON));
    send(published(
        article("b", 1).setTopics(List.of(new Label("x", "Scandal"))).build(),
        NOON.plusSeconds(1)));
    head("topic/x");
    assertThat(pipeline.table(TOPICS.feeds).get("topic/x").getTitle()).isEqualTo("Scandal");

    send(notice("b", 2, NOON));
    head("topic/x");
    assertThat(pipeline.table(TOPICS.feeds).get("topic/x").getTitle()).isEqualTo("Harbour");

    send(notice("a", 2, NOON));
    head("topic/x");
    assertThat(pipeline.table(TOPICS.feeds).get("topic/x").getTitle()).isEqualTo("X");
  }

  static List<Long> seeds() {
    return new Random(7).longs(20).boxed().toList();
  }

  /** The obvious model: sort what is published and not withdrawn, take the first. */
  @ParameterizedTest
  @MethodSource("seeds")
  void headsEqualASortOfWhatIsPublished(long seed) {
    Random random = new Random(seed);
    Map<String, PublishedArticle> shown = new HashMap<>();
    for (int i = 0; i < 120; i++) {
      String id = "a" + random.nextInt(15);
      if (random.nextInt(4) == 0) {
        send(notice(id, i + 1, NOON));
        shown.remove(id);
      } else {
        String section = random.nextBoolean() ? "world" : "sport";
        PublishedArticle published = published(
            article(id, i + 1).setSection(label(section)).build(),
            NOON.plusSeconds(random.nextInt(10)));
        send(published);
        shown.put(id, published);
      }
    }

    for (String section : List.of("world", "sport")) {
      List<PublishedArticle> expected = new ArrayList<>(shown.values());
      expected.removeIf(p -> !p.getArticle().getSection().getSlug().equals(section));
      expected.sort(Comparator.comparing(PublishedArticle::getFeedTime, Collections.reverseOrder())
          .thenComparing(PublishedArticle::getArticleId));
      assertThat(head("section/" + section))
          .as("seed %d %s", seed, section)
          .isEqualTo(
              expected.stream().limit(HEAD).map(PublishedArticle::getArticleId).toList());
      Feed feed = pipeline.table(TOPICS.feeds).get("section/" + section);
      assertThat(feed == null ? 0 : feed.getTotal()).as("seed %d", seed).isEqualTo(expected.size());
    }
  }
}
