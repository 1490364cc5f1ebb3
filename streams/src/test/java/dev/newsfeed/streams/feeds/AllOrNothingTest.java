package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.label;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.TestPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happened to an article, it stands in all its feeds or in none. */
class AllOrNothingTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  static List<Long> seeds() {
    return new Random(3).longs(10).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void articleNeverStandsInPartOfItsFeeds(long seed) {
    Random random = new Random(seed);
    Map<String, Set<String>> expected = new HashMap<>();
    try (TestPipeline pipeline = new TestPipeline(
        new Feeds(TOPICS, JobClock.REAL, HeadSize.USUAL, Duration.ofMillis(200), Generation.FIRST),
        NOON)) {
      for (int i = 0; i < 100; i++) {
        String id = "a" + random.nextInt(12);
        PublishedArticle published = random.nextInt(4) == 0
            ? notice(id, i + 1, NOON)
            : published(randomArticle(random, id, i + 1), NOON.plusSeconds(random.nextInt(5)));
        if (random.nextInt(6) == 0) {
          published = PublishedArticle.newBuilder(published).setExpired(true).build();
        }
        if (random.nextInt(5) == 0) { // what nobody can read must not come between
          pipeline.pipeBytes(TOPICS.published, id, new byte[] {0, 0, 0, 0, 5, 1});
          pipeline.pipe(TOPICS.published, id, null);
        }
        pipeline.pipe(TOPICS.published, id, published);
        expected.put(id, FeedEntries.feedsOf(published));
      }
      pipeline.advance(Duration.ofSeconds(1));

      Map<String, Set<String>> found = new HashMap<>();
      pipeline
          .table(TOPICS.feeds)
          .forEach((feedId, feed) -> feed.getEntries().forEach(entry -> {
            assertThat(found
                    .computeIfAbsent(entry.getArticleId(), a -> new HashSet<>())
                    .add(feedId))
                .as("seed %d: %s stands twice in %s", seed, entry.getArticleId(), feedId)
                .isTrue();
          }));
      expected.values().removeIf(Set::isEmpty);
      assertThat(found).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static Article randomArticle(Random random, String id, long version) {
    return article(id, version)
        .setKind(random.nextBoolean() ? "gallery" : "article")
        .setSection(random.nextInt(5) == 0 ? null : randomLabels(random, 1).get(0))
        .setExtraSections(randomLabels(random, random.nextInt(3)))
        .setTopics(randomLabels(random, random.nextInt(4)))
        .setPersons(randomLabels(random, random.nextInt(3)))
        .build();
  }

  private static List<Label> randomLabels(Random random, int count) {
    return random.ints(count, 0, 5).mapToObj(n -> label("l" + n)).toList();
  }
}
