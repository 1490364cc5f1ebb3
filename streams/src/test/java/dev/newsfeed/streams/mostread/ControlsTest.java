package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.label;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.BERLIN;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What editors decide, from its topic to the lists. */
class ControlsTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private final TestPipeline pipeline = new TestPipeline(
      new MostRead(
          TOPICS, JobClock.REAL, BERLIN, ReadRules.DEFAULT, ListRules.DEFAULT, Generation.FIRST),
      NOON);
  private long visitor = 1;

  /** Three articles of the world with 3, 2 and 1 reads, and one of sport with 4. */
  @BeforeEach
  void publish() {
    for (String id : List.of("three", "two", "one")) {
      pipeline.pipe(TOPICS.published, id, published(article(id, 1).build(), NOON));
    }
    pipeline.pipe(
        TOPICS.published,
        "match",
        published(article("match", 1).setSection(label("sport")).build(), NOON));
    reads("three", 3);
    reads("two", 2);
    reads("one", 1);
    reads("match", 4);
    pipeline.advance(Duration.ofSeconds(3));
  }

  @AfterEach
  void close() {
    pipeline.close();
  }

  private void reads(String id, int times) {
    for (int i = 0; i < times; i++) {
      pipeline.pipe(TOPICS.clicks, id, News.click(id, pipeline.now(), visitor++));
    }
  }

  private Control.Builder decision(String key) {
    return Control.newBuilder().setKey(key).setBy("desk").setAt(pipeline.now());
  }

  private void decide(Control.Builder decision) {
    pipeline.pipe(TOPICS.controls, decision.getKey(), decision.build());
  }

  /** As readers see it two seconds after the last decision. */
  private List<String> ids(String key) {
    pipeline.advance(Duration.ofSeconds(2));
    return pipeline.table(TOPICS.mostRead).get(key).getEntries().stream()
        .map(MostReadEntry::getArticleId)
        .toList();
  }

  @Test
  void excludedArticleIsOutWithinTwoSecondsAndBackWhenIncludedAgain() {
    decide(decision("three").setExcluded(true));
    assertThat(ids("now/all")).containsExactly("match", "two", "one");
    assertThat(ids("this-week/section/world")).containsExactly("two", "one");

    decide(decision("three").setExcluded(false));
    assertThat(ids("now/all")).containsExactly("match", "three", "two", "one");
  }

  @Test
  void aDecisionThatIsTakenBackIsNone() {
    decide(decision("three").setExcluded(true));
    assertThat(ids("now/all")).doesNotContain("three");

    pipeline.pipe(TOPICS.controls, "three", null);

    assertThat(ids("now/all")).containsExactly("match", "three", "two", "one");
  }

  @Test
  void pinnedArticleStandsAtItsRankInEveryListItBelongsToAlsoUnread() {
    pipeline.pipe(TOPICS.published, "unread", published(article("unread", 1).build(), NOON));
    decide(decision("unread").setPinnedRank(2));

    assertThat(ids("now/all")).containsExactly("match", "unread", "three", "two", "one");
    assertThat(ids("today/section/world")).containsExactly("three", "unread", "two", "one");
    assertThat(ids("this-week/kind/article")).startsWith("match", "unread", "three");
    MostReadEntry entry =
        pipeline.table(TOPICS.mostRead).get("now/all").getEntries().get(1);
    assertThat(entry.getPinned()).isTrue();
    assertThat(entry.getRank()).isEqualTo(2);
    assertThat(entry.getReads()).isZero();
  }

  @Test
  void ofTwoPinnedToOneRankTheLaterDecisionStandsThere() {
    decide(decision("one").setPinnedRank(1));
    pipeline.advance(Duration.ofSeconds(1));
    decide(decision("two").setPinnedRank(1));

    assertThat(ids("now/all")).containsExactly("two", "one", "match", "three");
  }

  @Test
  void pinnedBeyondTheEndOfAListStandsLast() {
    decide(decision("three").setPinnedRank(20));

    assertThat(ids("now/all")).containsExactly("match", "two", "one", "three");
  }

  @Test
  void withdrawnArticleIsOutHoweverItWasPinned() {
    decide(decision("one").setPinnedRank(1));
    assertThat(ids("now/all")).startsWith("one");

    pipeline.pipe(TOPICS.published, "one", notice("one", 2, NOON));

    assertThat(ids("now/all")).containsExactly("match", "three", "two");
  }

  @Test
  void excludedSectionLeavesAllLists() {
    decide(decision("section/world").setExcluded(true));

    assertThat(ids("now/all")).containsExactly("match");
    assertThat(ids("now/section/world")).isEmpty();
    assertThat(ids("now/kind/article")).containsExactly("match");
    assertThat(pipeline.table(TOPICS.mostRead).get("now/section/world").getReads())
        .isEqualTo(6);
  }

  @Test
  void articleWithAnotherSectionOfItsOwnLeavesOnlyTheExcludedOnesList() {
    pipeline.pipe(
        TOPICS.published,
        "match",
        published(
            article("match", 2)
                .setSection(label("sport"))
                .setExtraSections(List.of(label("world")))
                .build(),
            NOON));
    decide(decision("section/world").setExcluded(true));

    assertThat(ids("now/all")).containsExactly("match");
    assertThat(ids("now/section/world")).isEmpty();
    assertThat(ids("now/section/sport")).containsExactly("match");
  }

  @Test
  void aSectionsAgeLimitHoldsForItsArticlesUnlessTheyAreEvergreen() {
    Instant threeDaysAgo = NOON.minus(Duration.ofDays(3));
    pipeline.pipe(TOPICS.published, "three", published(article("three", 1).build(), threeDaysAgo));
    pipeline.pipe(TOPICS.published, "two", published(article("two", 1).build(), threeDaysAgo));
    decide(decision("section/world").setAgeLimitDays(2));
    decide(decision("two").setEvergreen(true));

    assertThat(ids("now/all")).containsExactly("match", "two", "one");
  }

  @Test
  void whatIsNoDecisionChangesNothing() {
    decide(decision("three").setExcluded(true));
    pipeline.pipeBytes(TOPICS.controls, "three", new byte[] {1, 2, 3});
    pipeline.pipe(TOPICS.controls, "two", decision("one").setExcluded(true).build());

    assertThat(ids("now/all")).containsExactly("match", "two", "one");
  }

  @Test
  void decisionsAboutWhatIsPublishedLaterHoldFromItsFirstMoment() {
    decide(decision("later").setExcluded(true));
    pipeline.pipe(TOPICS.published, "later", published(article("later", 1).build(), NOON));
    reads("later", 9);

    assertThat(ids("now/all")).containsExactly("match", "three", "two", "one");
  }

  @Test
  void theSameDecisionsOnTheirWayToANewInstanceGiveTheSameLists() {
    decide(decision("one").setPinnedRank(1));
    decide(decision("three").setExcluded(true));
    decide(decision("section/sport").setExcluded(true));
    List<String> lists = ids("now/all");
    try (TestPipeline other = new TestPipeline(
        new MostRead(
            TOPICS, JobClock.REAL, BERLIN, ReadRules.DEFAULT, ListRules.DEFAULT, Generation.FIRST),
        pipeline.now())) {
      // what compaction has left, before anything else
      other.pipe(
          TOPICS.controls,
          "section/sport",
          decision("section/sport").setExcluded(true).build());
      other.pipe(TOPICS.controls, "three", decision("three").setExcluded(true).build());
      other.pipe(TOPICS.controls, "one", decision("one").setPinnedRank(1).build());
      List.of("one", "two", "three").forEach(id -> {
        other.pipe(TOPICS.published, id, published(article(id, 1).build(), NOON));
        other.pipe(TOPICS.clicks, id, News.click(id, NOON, 1));
      });
      other.advance(Duration.ofSeconds(2));

      assertThat(other.table(TOPICS.mostRead).get("now/all").getEntries())
          .extracting(MostReadEntry::getArticleId)
          .isEqualTo(lists);
    }
  }
}
