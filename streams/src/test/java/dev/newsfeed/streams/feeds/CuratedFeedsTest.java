package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.label;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.TestPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CuratedFeedsTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final String TOP = "curated/top-stories";
  private static final MediaLink ELSEWHERE =
      new MediaLink("Seen elsewhere", "https://other.example/story", "The Other Paper");

  private final TestPipeline pipeline = new TestPipeline(
      new Feeds(TOPICS, JobClock.REAL, HeadSize.USUAL, Duration.ofMillis(200), Generation.FIRST),
      NOON);

  @AfterEach
  void close() {
    pipeline.close();
  }

  private void publish(String... articleIds) {
    for (String id : articleIds) {
      send(published(article(id, 1).build(), NOON));
    }
  }

  private void send(PublishedArticle published) {
    pipeline.pipe(TOPICS.published, published.getArticleId(), published);
  }

  private void curate(Object... entries) {
    curate(list(NOON, entries));
  }

  private void curate(CuratedFeed list) {
    pipeline.pipe(TOPICS.curated, list.getFeedId(), list);
  }

  private static CuratedFeed list(Instant at, Object... entries) {
    List<CuratedEntry> all = new ArrayList<>();
    for (Object entry : entries) {
      all.add(
          entry instanceof MediaLink link
              ? new CuratedEntry(null, link)
              : new CuratedEntry((String) entry, null));
    }
    return new CuratedFeed(TOP, "Top stories", all, "mara", at);
  }

  private List<String> head() {
    return ids(feed());
  }

  private Feed feed() {
    pipeline.advance(Duration.ofSeconds(1));
    return pipeline.table(TOPICS.feeds).get(TOP);
  }

  private static List<String> ids(Feed feed) {
    return feed.getEntries().stream()
        .map(e -> e.getLink() == null ? e.getArticleId() : e.getUrl())
        .toList();
  }

  /** Every head of the list that readers could see. */
  private List<List<String>> seen() {
    return pipeline.all(TOPICS.feeds).stream()
        .filter(f -> f.getFeedId().equals(TOP))
        .map(CuratedFeedsTest::ids)
        .toList();
  }

  @Test
  void listStandsInTheOrderOfTheEditor() {
    publish("a", "b", "c");

    curate("c", "a", "b");

    assertThat(head()).containsExactly("c", "a", "b");
    assertThat(feed().getTitle()).isEqualTo("Top stories");
    assertThat(feed().getTotal()).isEqualTo(3);
    assertThat(feed().getEntries().get(0).getHeadline()).isEqualTo("Headline of c v1");
  }

  @Test
  void linkToAnotherMediumIsAnEntryOfItsOwn() {
    publish("a");

    curate("a", ELSEWHERE);

    FeedEntry link = feed().getEntries().get(1);
    assertThat(link.getArticleId()).isEmpty();
    assertThat(link.getKind()).isEqualTo("link");
    assertThat(link.getHeadline()).isEqualTo("Seen elsewhere");
    assertThat(link.getUrl()).isEqualTo("https://other.example/story");
    assertThat(link.getSource()).isEqualTo("The Other Paper");
    assertThat(link.getLink()).isEqualTo(ELSEWHERE);
    assertThat(List.of(link.getFeedTime(), link.getFirstPublished(), link.getUpdated()))
        .containsOnly(NOON);
  }

  @Test
  void articleListedBeforeItIsPublishedAppearsWhenItIs() {
    publish("a");
    curate("later", "a");
    assertThat(head()).containsExactly("a");

    publish("later");

    assertThat(head()).containsExactly("later", "a");
  }

  @Test
  void withdrawnArticleLeavesAndReturnsToItsPlaceOnRestore() {
    publish("a", "b", "c");
    curate("a", "b", "c");

    send(notice("b", 2, NOON));
    assertThat(head()).containsExactly("a", "c");
    assertThat(feed().getTotal()).isEqualTo(2);

    send(published(article("b", 3).build(), NOON));
    assertThat(head()).containsExactly("a", "b", "c");
  }

  @Test
  void expiredArticleLeaves() {
    publish("a", "b");
    curate("a", "b");

    send(PublishedArticle.newBuilder(published(article("a", 1).build(), NOON))
        .setExpired(true)
        .build());

    assertThat(head()).containsExactly("b");
  }

  @Test
  void updateIsSeenInTheListAndMovingToAnotherSectionDoesNotMoveItHere() {
    publish("a", "b");
    curate("a", "b");

    send(published(
        article("b", 2).setHeadline("New").setSection(label("sport")).build(),
        NOON.plusSeconds(9)));

    assertThat(head()).containsExactly("a", "b");
    assertThat(feed().getEntries().get(1).getHeadline()).isEqualTo("New");
  }

  @Test
  void replacedListIsNeverSeenEmptyOrMixed() {
    publish("a", "b", "c", "d");
    curate("a", "b");
    assertThat(head()).containsExactly("a", "b");

    curate("c", "d");

    assertThat(head()).containsExactly("c", "d");
    assertThat(seen()).containsExactly(List.of("a", "b"), List.of("c", "d"));
  }

  @Test
  void unchangedListSentAgainWritesNothing() {
    publish("a");
    curate("a", ELSEWHERE);
    head();

    curate(list(NOON.plusSeconds(60), "a", ELSEWHERE));

    head();
    assertThat(seen()).hasSize(1);
  }

  @Test
  void newTitleIsSeen() {
    publish("a");
    curate("a");

    curate(CuratedFeed.newBuilder(list(NOON, "a")).setTitle("The best").build());

    assertThat(feed().getTitle()).isEqualTo("The best");
  }

  @Test
  void listThatIsGoneLeavesAnEmptyFeedAndCanComeBack() {
    publish("a");
    curate("a");

    pipeline.pipe(TOPICS.curated, TOP, null);
    pipeline.pipe(TOPICS.curated, "curated/never-set", null);
    assertThat(head()).isEmpty();
    assertThat(feed().getTitle()).isEqualTo("Top stories");
    assertThat(pipeline.table(TOPICS.feeds)).doesNotContainKey("curated/never-set");

    curate("a");
    assertThat(head()).containsExactly("a");
  }

  @Test
  void articleStandsInSeveralListsUntilItIsWithdrawn() {
    publish("a", "b");
    curate("a", "b");
    curate(
        CuratedFeed.newBuilder(list(NOON, "a")).setFeedId("curated/long-reads").build());
    head();

    send(notice("a", 2, NOON));

    assertThat(head()).containsExactly("b");
    assertThat(pipeline.table(TOPICS.feeds).get("curated/long-reads").getEntries())
        .isEmpty();
  }

  @Test
  void whatIsNoListIsRefusedWithItsBytesAndTheNextOneTaken() {
    publish("a");
    pipeline.pipeBytes(TOPICS.curated, TOP, "not Avro".getBytes(UTF_8));
    pipeline.pipeBytes(TOPICS.curated, TOP, new byte[0]);
    pipeline.pipe(TOPICS.curated, "curated/other", list(NOON, "a"));
    curate("a", "no id");
    curate("a", "a");
    curate("a");

    assertThat(pipeline.all(TOPICS.rejected))
        .extracting(Rejected::getReason, Rejected::getField, Rejected::getStage)
        .containsExactly(
            tuple("not-a-list", "value", "feeds"),
            tuple("not-a-list", "value", "feeds"),
            tuple("wrong-key", "feedId", "feeds"),
            tuple("invalid-field", "entries[1].articleId", "feeds"),
            tuple("invalid-field", "entries[1].articleId", "feeds"));
    assertThat(pipeline.all(TOPICS.rejected).get(0).getBytes().array())
        .isEqualTo("not Avro".getBytes(UTF_8));
    assertThat(head()).containsExactly("a");
  }

  @Test
  void thereIsAnEndToTheNumberOfLists() {
    for (int i = 0; i <= TakeLists.MAX_LISTS; i++) {
      curate(CuratedFeed.newBuilder(list(NOON)).setFeedId("curated/list-" + i).build());
    }
    curate(CuratedFeed.newBuilder(list(NOON, ELSEWHERE))
        .setFeedId("curated/list-0")
        .build());

    assertThat(pipeline.onlyRejected().getReason()).isEqualTo("too-many-lists");
    assertThat(pipeline.onlyRejected().getDetail()).contains("1000");
  }

  static List<Long> seeds() {
    return new Random(5).longs(8).boxed().toList();
  }

  /** The obvious model: of the latest list, what is published now. */
  @ParameterizedTest
  @MethodSource("seeds")
  void headIsTheLatestListOfWhatIsPublished(long seed) {
    Random random = new Random(seed);
    List<String> latest = List.of();
    TreeMap<String, Long> shown = new TreeMap<>();
    for (int i = 1; i <= 80; i++) {
      String id = "a" + random.nextInt(8);
      switch (random.nextInt(4)) {
        case 0 -> {
          latest = random.ints(0, 8).distinct().limit(4).mapToObj(n -> "a" + n).toList();
          curate(latest.toArray());
        }
        case 1 -> {
          send(notice(id, i, NOON));
          shown.remove(id);
        }
        default -> {
          send(published(article(id, i).build(), NOON.plusSeconds(random.nextInt(5))));
          shown.put(id, (long) i);
        }
      }
      if (random.nextInt(10) == 0) {
        pipeline.advance(Duration.ofMillis(300));
      }
    }
    curate(latest.toArray());

    assertThat(feed().getEntries())
        .as("seed %d", seed)
        .extracting(e -> e.getArticleId() + " v" + e.getVersion())
        .isEqualTo(latest.stream()
            .filter(shown::containsKey)
            .map(id -> id + " v" + shown.get(id))
            .toList());
  }

  @Test
  void hundredArticlesAreReplacedByAHundredOthersAtOnce() {
    String[] first = IntStream.range(0, 100).mapToObj(i -> "a" + i).toArray(String[]::new);
    String[] second = IntStream.range(0, 100).mapToObj(i -> "b" + i).toArray(String[]::new);
    publish(first);
    publish(second);

    curate((Object[]) first);
    assertThat(head()).containsExactly(first);
    curate((Object[]) second);

    assertThat(head()).containsExactly(second);
    assertThat(seen()).hasSize(2);
  }
}
