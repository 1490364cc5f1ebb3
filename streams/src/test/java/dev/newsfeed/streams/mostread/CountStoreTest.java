package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.BERLIN;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the store of counts writes to its changelog, and what it makes of it again. */
class CountStoreTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final String CHANGELOG = "test-most-read-counts-changelog";
  private static final long TODAY = NOON.getEpochSecond() / 86_400;

  private final TestPipeline pipeline = new TestPipeline(
      new MostRead(
          TOPICS, JobClock.REAL, BERLIN, ReadRules.DEFAULT, ListRules.DEFAULT, Generation.FIRST),
      NOON);

  @AfterEach
  void close() {
    pipeline.close();
  }

  private void click(String articleId, Instant at, long visitor) {
    send(News.click(articleId, at, visitor));
  }

  private void send(Click click) {
    pipeline.pipe(TOPICS.clicks, click.getArticleId(), click);
  }

  private Map<String, byte[]> changelog() {
    return pipeline.rawTable(CHANGELOG);
  }

  @Test
  void nothingIsKeptOfAPartitionInWhichNothingHasComeYet() {
    pipeline.advance(Duration.ofSeconds(10));

    assertThat(pipeline.table(TOPICS.mostRead)).containsKey("now/all");
    assertThat(changelog())
        .isEmpty(); // an instance that starts now finds no state without position
  }

  private static CountStore restored(Map<String, byte[]> changelog, Instant now) {
    CountStore store = new CountStore.Builder(TOPICS, ReadRules.DEFAULT).build();
    List<String> keys = new ArrayList<>(changelog.keySet());
    Collections.shuffle(keys, new Random(5));
    keys.forEach(key -> store.restore(key.getBytes(UTF_8), changelog.get(key)));
    store.restored(now.toEpochMilli());
    return store;
  }

  private static void count(CountStore store, Click click, long timeMs) {
    ClickView view = ClickView.of(click);
    ArticleCount known = store.find(view);
    store.count(known != null ? known : store.begin(click.getArticleId()), view, timeMs);
  }

  private static ArticleCount article(CountStore store, String articleId) {
    return store.articles().stream()
        .filter(article -> article.articleId().equals(articleId))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everythingIsWrittenToTheChangelogBeforeACommit() {
    pipeline.pipe(TOPICS.published, "a", published(News.article("a", 1).build(), NOON));
    click("a", NOON, 7);

    // fails should Kafka Streams stop calling the store before commits
    assertThat(changelog().keySet()).contains("a|a", "r|a|" + TODAY + "|0", "s|section/world");
  }

  @Test
  void aStoreRestoredFromTheChangelogCountsOnAsIfNothingHadHappened() {
    pipeline.pipe(TOPICS.published, "a", published(News.article("a", 1).build(), NOON));
    for (long visitor = 1; visitor <= 200; visitor++) {
      click("a", NOON, visitor);
    }
    click("a", NOON, 1);
    CountStore store = restored(changelog(), NOON);

    count(store, News.click("a", NOON, 200), NOON.toEpochMilli());
    count(store, News.click("a", NOON, 201), NOON.toEpochMilli());

    ArticleCount article = article(store, "a");
    ReadWindow.Span today = ReadWindow.TODAY.at(NOON, BERLIN);
    assertThat(article.reads(0, today)).isEqualTo(201);
    assertThat(article.reads(1, ReadWindow.NOW.at(NOON, BERLIN))).isEqualTo(201);
    assertThat(Objects.requireNonNull(article.listing()).getHeadline()).isNotEmpty();
    assertThat(store.scopes()).contains("section/world", "kind/article");
    Map<String, Long> refused = new HashMap<>();
    article.addRefused(today, refused);
    assertThat(refused).containsExactly(Map.entry("repeat", 2L));
  }

  @Test
  void aClickWritesOneRecordOfItsRowsHoweverManyThereAre() {
    for (long visitor = 0; visitor < 1_000; visitor++) {
      click("a", NOON, visitor);
    }
    pipeline.advance(Duration.ofSeconds(1));
    int before = pipeline.written(CHANGELOG);
    click("a", NOON, 1_000);
    pipeline.advance(Duration.ofSeconds(1));

    assertThat(pipeline.written(CHANGELOG) - before).isEqualTo(1);
    assertThat(changelog().keySet().stream().filter(key -> key.startsWith("r|a|")))
        .hasSize(1_001 / ReadsOfDay.CHUNK + 1);
  }

  @Test
  void whatNoWindowNeedsIsForgottenAlsoInTheChangelog() {
    click("never-published", NOON, 1);
    click("never-published", NOON, 1);
    assertThat(changelog().keySet()).anyMatch(key -> key.contains("never-published"));

    pipeline.advance(Duration.ofDays(10));
    click("b", pipeline.now(), 1); // something to commit

    assertThat(changelog().keySet()).noneMatch(key -> key.contains("never-published"));
  }

  @Test
  void onlyAnArticleThatWasShownIsUrgentToTakeOff() {
    CountStore store = new CountStore.Builder(TOPICS, ReadRules.DEFAULT).build();
    store.list("withdrawn-before-we-came", null);
    assertThat(store.takeUrgency()).isFalse();

    Listing listing =
        new Listing("Headline", null, "article", null, List.of(), NOON, NOON, true, true, false);
    store.list("a", listing);
    assertThat(store.takeUrgency()).isFalse();
    store.list("a", null);

    assertThat(store.takeUrgency()).isTrue();
    assertThat(store.takeUrgency()).isFalse();
  }

  @Test
  void idsThatNeverBecomeArticlesAreBoundedAndTheOnesStillReadStay() {
    CountStore store = new CountStore.Builder(TOPICS, ReadRules.DEFAULT).build();
    long at = NOON.toEpochMilli();
    store.list("article", null);
    count(store, News.click("article", NOON, 1), at);
    for (int i = 0; i < 3 * CountStore.UNKNOWN_AT_MOST; i++) {
      count(store, News.click("made-up-" + i, NOON, i), at + i);
      if (i % 1_000 == 0) {
        count(store, News.click("soon-published", NOON, i), at + i);
      }
    }

    assertThat(store.articles()).hasSizeLessThanOrEqualTo(CountStore.UNKNOWN_AT_MOST + 2);
    ReadWindow.Span today = ReadWindow.TODAY.at(NOON, BERLIN);
    assertThat(article(store, "soon-published").reads(0, today)).isEqualTo(30);
    assertThat(article(store, "article").reads(0, today)).isEqualTo(1);
    Map<String, Long> refused = new TreeMap<>();
    store.articles().forEach(article -> article.addRefused(today, refused));
    long kept = store.articles().stream().mapToLong(a -> a.reads(0, today)).sum();
    assertThat(kept + refused.get(ReadRules.UNKNOWN_ARTICLE))
        .isEqualTo(1 + 3 * CountStore.UNKNOWN_AT_MOST + 30);
  }
}
