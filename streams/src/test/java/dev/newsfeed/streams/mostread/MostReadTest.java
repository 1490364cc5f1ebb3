package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.label;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.BERLIN;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MostReadTest {

  /** Monday, one in the afternoon in Berlin. */
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private final TestPipeline pipeline = new TestPipeline(
      new MostRead(
          TOPICS, JobClock.REAL, BERLIN, ReadRules.DEFAULT, ListRules.DEFAULT, Generation.FIRST),
      NOON);
  private long visitor = 1;

  @AfterEach
  void close() {
    pipeline.close();
  }

  private void publish(Article article) {
    send(published(article, NOON.minusSeconds(60)));
  }

  private void send(PublishedArticle published) {
    pipeline.pipe(TOPICS.published, published.getArticleId(), published);
  }

  private void send(Click click) {
    pipeline.pipe(TOPICS.clicks, click.getArticleId(), click);
  }

  private void reads(String articleId, int times) {
    reads(articleId, times, pipeline.now());
  }

  private void reads(String articleId, int times, Instant at) {
    for (int i = 0; i < times; i++) {
      send(News.click(articleId, at, visitor++));
    }
  }

  private MostReadList list(String key) {
    pipeline.advance(Duration.ofSeconds(3));
    MostReadList list = pipeline.table(TOPICS.mostRead).get(key);
    assertThat(list).as(key).isNotNull();
    return list;
  }

  private List<String> ids(String key) {
    return list(key).getEntries().stream()
        .map(e -> e.getArticleId() + ":" + e.getReads())
        .toList();
  }

  @Test
  void articlesAreRankedByReadsInAllScopesAndWindows() {
    publish(article("a", 1).build());
    publish(article("b", 1).setSection(label("sport")).setKind("gallery").build());

    reads("a", 2);
    reads("b", 3);

    for (String window : List.of("now", "today", "this-week")) {
      assertThat(ids(window + "/all")).containsExactly("b:3", "a:2");
      assertThat(ids(window + "/section/sport")).containsExactly("b:3");
      assertThat(ids(window + "/kind/gallery")).containsExactly("b:3");
    }
    assertThat(list("now/all").getEntries())
        .extracting(MostReadEntry::getRank)
        .containsExactly(1, 2);
    assertThat(list("now/all").getReads()).isEqualTo(5);
  }

  @Test
  void tiesGoToTheNewerArticleThenToTheLowerId() {
    send(published(article("old", 1).build(), NOON.minusSeconds(100)));
    send(published(article("c", 1).build(), NOON.minusSeconds(10)));
    send(published(article("b", 1).build(), NOON.minusSeconds(10)));
    reads("old", 1);
    reads("c", 1);
    reads("b", 1);

    assertThat(ids("now/all")).containsExactly("b:1", "c:1", "old:1");
  }

  @Test
  void aVisitorsSecondClickInTheSlotIsARepeat() {
    publish(article("a", 1).build());
    send(News.click("a", NOON, 7));
    pipeline.advance(Duration.ofMinutes(29));
    send(News.click("a", pipeline.now(), 7));
    pipeline.advance(Duration.ofMinutes(2));
    send(News.click("a", pipeline.now(), 7));

    assertThat(ids("today/all")).containsExactly("a:2");
    assertThat(list("today/all").getRefused()).containsEntry("repeat", 1L);
  }

  @Test
  void aRepeatedEventIdWithoutVisitorIsARepeat() {
    publish(article("a", 1).build());
    Click click = Click.newBuilder(News.click("a", NOON, 1))
        .setVisitor(null)
        .setEventId("e1")
        .build();
    send(click);
    send(click);

    assertThat(ids("now/all")).containsExactly("a:1");
  }

  @Test
  void botsAreCountedAsRefusedAndNotAsReads() {
    publish(article("a", 1).build());
    reads("a", 1);
    send(Click.newBuilder(News.click("a", NOON, 99)).setSuspect("bot").build());
    send(Click.newBuilder(News.click("a", NOON, 99)).setSuspect("my own reason").build());

    MostReadList list = list("now/all");

    assertThat(list.getReads()).isEqualTo(1);
    assertThat(list.getRefused()).containsEntry("bot", 1L).containsEntry("suspect", 1L);
  }

  @Test
  void nowEmptiesByTheClockAndTodayStays() {
    publish(article("a", 1).build());
    reads("a", 2);
    assertThat(ids("now/all")).containsExactly("a:2");

    pipeline.advance(Duration.ofMinutes(61));

    assertThat(ids("now/all")).isEmpty();
    assertThat(ids("today/all")).containsExactly("a:2");
  }

  @Test
  void todayRollsAtTheNewsroomsMidnightAndTheWeekOnMonday() {
    publish(article("a", 1).build());
    reads("a", 2);
    assertThat(ids("today/all")).containsExactly("a:2");

    pipeline.advance(Duration.ofHours(11)); // 23:00 UTC is midnight in Berlin

    MostReadList today = list("today/all");
    assertThat(today.getEntries()).isEmpty();
    assertThat(today.getWindowStart()).isEqualTo("2026-03-02T23:00:00Z");
    assertThat(today.getZone()).isEqualTo("Europe/Berlin");
    assertThat(ids("this-week/all")).containsExactly("a:2");

    pipeline.advance(Duration.ofDays(6));
    assertThat(ids("this-week/all")).isEmpty();
  }

  @Test
  void asOfMovesOnWhenNothingHappens() {
    publish(article("a", 1).build());
    Instant before = list("now/all").getAsOf();

    pipeline.advance(Duration.ofMinutes(2));

    MostReadList later = list("now/all");
    assertThat(later.getAsOf()).isAfter(before.plusSeconds(60));
    assertThat(later.getStaleAfter()).isAfter(later.getAsOf());
  }

  @Test
  void withdrawnArticleIsOutAtOnceTheTrueNextFillsItsPlaceAndItsTextIsGone() {
    IntStream.range(0, 25).forEach(i -> {
      publish(article("a" + i, 1).build());
      reads("a" + i, 30 - i);
    });
    assertThat(ids("now/all")).hasSize(20).startsWith("a0:30").endsWith("a19:11");

    send(notice("a0", 2, NOON));

    assertThat(ids("now/all")).hasSize(20).startsWith("a1:29").endsWith("a20:10");
    assertThat(list("now/all").getReads())
        .isEqualTo(IntStream.range(0, 25).map(i -> 30 - i).sum());
  }

  @Test
  void restoredArticleIsBackWithItsTrueCount() {
    publish(article("a", 1).build());
    reads("a", 2);
    send(notice("a", 2, NOON));
    reads("a", 1);

    publish(article("a", 3).build());

    assertThat(ids("now/all")).containsExactly("a:3");
  }

  @Test
  void movedArticleTakesItsCountAlong() {
    publish(article("a", 1).build());
    reads("a", 2);
    assertThat(ids("today/section/world")).containsExactly("a:2");

    publish(article("a", 2).setSection(label("sport")).build());

    assertThat(ids("today/section/sport")).containsExactly("a:2");
    assertThat(ids("today/section/world")).isEmpty();
  }

  @Test
  void clicksBeforePublicationCountOnceItIsPublished() {
    reads("a", 2);
    assertThat(ids("now/all")).isEmpty();
    assertThat(list("now/all").getReads()).isEqualTo(2);

    publish(article("a", 1).build());

    assertThat(ids("now/all")).containsExactly("a:2");
  }

  @Test
  void excludedArticleIsOutUntilItIsIncludedAgain() {
    publish(article("a", 1).build());
    reads("a", 2);
    Control exclude = Control.newBuilder()
        .setKey("a")
        .setExcluded(true)
        .setBy("desk")
        .setAt(NOON)
        .build();

    pipeline.pipe(TOPICS.controls, "a", exclude);
    assertThat(ids("now/all")).isEmpty();

    pipeline.pipe(
        TOPICS.controls, "a", Control.newBuilder(exclude).setExcluded(false).build());
    assertThat(ids("now/all")).containsExactly("a:2");
  }

  @Test
  void oldArticlesAreNotListedUnlessEvergreen() {
    Instant longAgo = NOON.minus(Duration.ofDays(15));
    send(published(article("old", 1).build(), longAgo));
    send(published(article("guide", 1).setEvergreen(true).build(), longAgo));
    reads("old", 5);
    reads("guide", 1);

    assertThat(ids("now/all")).containsExactly("guide:1");
  }

  @Test
  void wrongClocksNeitherLoseGoodClicksNorCountInTheFuture() {
    publish(article("a", 1).build());
    List<Instant> wrong = List.of(
        NOON.plus(Duration.ofMinutes(50)),
        NOON.plus(Duration.ofDays(30)),
        Instant.parse("9999-12-31T00:00:00Z"),
        Instant.EPOCH,
        Instant.ofEpochMilli(-1));
    wrong.forEach(at -> reads("a", 1, at));
    reads("a", 500);
    wrong.forEach(at -> reads("a", 1, at));
    reads("a", 500);
    wrong.forEach(at -> reads("a", 1, at));

    // what lies ahead of the broker's clock happened when it came; what is ancient is refused
    assertThat(ids("now/all")).containsExactly("a:1009");
    assertThat(list("now/all").getRefused()).containsEntry("too-late", 6L);
  }

  /** A log of years ago is imported now; the jobs' clock stands where the log ends. */
  @Test
  void historyIsCountedByAClockThatIsSetBack() {
    Instant then = Instant.parse("2015-05-19T03:06:00Z");
    try (TestPipeline history = new TestPipeline(
        new MostRead(
            TOPICS,
            JobClock.parse(then.toString()),
            BERLIN,
            ReadRules.DEFAULT,
            ListRules.DEFAULT,
            Generation.FIRST),
        NOON)) {
      history.pipe(
          TOPICS.published, "a", published(article("a", 1).build(), then.minusSeconds(86_400)));
      history.pipe(TOPICS.clicks, "a", News.click("a", then.minus(Duration.ofMinutes(30)), 1));
      history.pipe(TOPICS.clicks, "a", News.click("a", then.minus(Duration.ofHours(20)), 2));
      history.pipe(TOPICS.clicks, "a", News.click("a", then.minus(Duration.ofDays(9)), 3));
      history.advance(Duration.ofSeconds(3));

      Map<String, MostReadList> lists = history.table(TOPICS.mostRead);
      assertThat(lists.get("now/all").getReads()).isEqualTo(1);
      assertThat(lists.get("this-week/all").getReads()).isEqualTo(2);
      assertThat(lists.get("this-week/all").getRefused()).containsEntry("too-late", 1L);
    }
  }

  @Test
  void lateClicksCountInTheBucketTheyBelongTo() {
    publish(article("a", 1).build());
    reads("a", 1, NOON.minus(Duration.ofHours(10)));
    reads("a", 1, NOON.minus(Duration.ofHours(40)));

    assertThat(ids("now/all")).isEmpty();
    assertThat(ids("today/all")).containsExactly("a:1");
  }

  @Test
  void garbageIsKeptAndCountingGoesOn() {
    publish(article("a", 1).build());
    pipeline.pipeBytes(TOPICS.clicks, "a", new byte[] {1, 2, 3});
    pipeline.pipe(TOPICS.clicks, "b", News.click("a", NOON, 1));
    reads("a", 1);

    assertThat(ids("now/all")).containsExactly("a:1");
    assertThat(pipeline.all(TOPICS.rejected)).hasSize(2);
  }

  @Test
  void previousRankIsTheRankOneStepAgo() {
    publish(article("a", 1).build());
    publish(article("b", 1).build());
    reads("a", 2);
    reads("b", 1);
    assertThat(list("now/all").getEntries())
        .extracting(MostReadEntry::getPreviousRank)
        .containsExactly(1, 2);
    pipeline.advance(Duration.ofMinutes(6));

    publish(article("c", 1).build());
    reads("c", 9);
    reads("b", 3);

    assertThat(ids("now/all")).containsExactly("c:9", "b:4", "a:2");
    assertThat(list("now/all").getEntries())
        .extracting(MostReadEntry::getPreviousRank)
        .containsExactly(null, 2, 1);
  }

  static List<Long> seeds() {
    return new Random(17).longs(15).boxed().toList();
  }

  /** The obvious model: remember every click, count again from the start. */
  @ParameterizedTest
  @MethodSource("seeds")
  void listsEqualARecountInAnyOrderOfArrival(long seed) {
    Random random = new Random(seed);
    Set<String> withdrawn = new HashSet<>();
    Map<String, String> sections = new HashMap<>();
    for (int i = 0; i < 12; i++) {
      String section = random.nextBoolean() ? "world" : "sport";
      publish(article("a" + i, 1).setSection(label(section)).build());
      sections.put("a" + i, section);
    }
    List<Click> clicks = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      Instant at = NOON.minusSeconds(random.nextInt(4 * 24 * 3600));
      clicks.add(News.click("a" + random.nextInt(14), at, random.nextInt(40)));
    }
    for (int i = 0; i < 40; i++) {
      clicks.add(clicks.get(random.nextInt(400)));
    }
    Collections.shuffle(clicks, random);
    clicks.forEach(this::send);
    for (int i = 0; i < 3; i++) {
      String id = "a" + random.nextInt(12);
      send(notice(id, 2, NOON));
      withdrawn.add(id);
    }

    for (ReadWindow window : ReadWindow.values()) {
      ReadWindow.Span span = window.at(pipeline.now().plusSeconds(3), BERLIN);
      Map<String, Long> counts = recount(clicks, span);
      counts.keySet().removeIf(id -> withdrawn.contains(id) || !sections.containsKey(id));
      List<String> expected = counts.entrySet().stream()
          .filter(e -> sections.get(e.getKey()).equals("sport"))
          .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
              .thenComparing(Map.Entry.comparingByKey()))
          .map(e -> e.getKey() + ":" + e.getValue())
          .toList();
      assertThat(ids(window.label() + "/section/sport"))
          .as("seed %d, %s", seed, window.label())
          .isEqualTo(expected);
    }
  }

  private static Map<String, Long> recount(List<Click> clicks, ReadWindow.Span span) {
    Set<List<Object>> seen = new HashSet<>();
    Map<String, Long> counts = new HashMap<>();
    for (Click click : clicks) {
      boolean isNew = seen.add(List.of(
          click.getArticleId(),
          click.getVisitor(),
          Math.floorDiv(click.getReceivedAtMs(), 1_800_000L)));
      // whichever click of a slot came first is the read
      if (isNew && span.contains(click.getReceivedAtMs())) {
        counts.merge(click.getArticleId(), 1L, Long::sum);
      }
    }
    return counts;
  }
}
