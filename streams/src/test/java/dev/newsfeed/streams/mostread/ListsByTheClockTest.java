package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.BERLIN;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists that move on by themselves, and what they say of their age. */
class ListsByTheClockTest {

  /** Monday, one in the afternoon in Berlin, nine in the evening in Tokyo. */
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private static final ListRules RULES = ListRules.DEFAULT
      .withNowAtLeast(2)
      .withEditions(List.of(
          new Edition("tokyo", new NewsroomCalendar(ZoneId.of("Asia/Tokyo"), DayOfWeek.MONDAY))));

  private final TestPipeline pipeline = new TestPipeline(
      new MostRead(TOPICS, JobClock.REAL, BERLIN, ReadRules.DEFAULT, RULES, Generation.FIRST),
      NOON);
  private long visitor = 1;

  @AfterEach
  void close() {
    pipeline.close();
  }

  private void publish(String id) {
    pipeline.pipe(TOPICS.published, id, published(article(id, 1).build(), NOON));
  }

  private void reads(String id, int times) {
    for (int i = 0; i < times; i++) {
      pipeline.pipe(TOPICS.clicks, id, News.click(id, pipeline.now(), visitor++));
    }
  }

  private MostReadList list(String key) {
    MostReadList list = pipeline.table(TOPICS.mostRead).get(key);
    assertThat(list).as(key).isNotNull();
    return list;
  }

  private List<String> ids(String key) {
    return list(key).getEntries().stream().map(MostReadEntry::getArticleId).toList();
  }

  private @Nullable Integer widened(String key) {
    return list(key).getWidenedToMinutes();
  }

  @Test
  void twelveHoursWithoutAClickEmptyNowRollTodayAndNeverStopTheAge() {
    publish("a");
    reads("a", 3);
    pipeline.advance(Duration.ofSeconds(3));
    assertThat(ids("now/all")).containsExactly("a");

    for (int minute = 0; minute < 9; minute++) {
      pipeline.advance(Duration.ofMinutes(1));
      assertThat(list("today/all").getAsOf()).isAfter(pipeline.now().minusSeconds(60));
    }
    for (int hour = 0; hour < 12; hour++) {
      pipeline.advance(Duration.ofHours(1));
      assertThat(list("now/all").getAsOf()).isAfter(pipeline.now().minusSeconds(60));
      assertThat(list("today/section/world").getStaleAfter()).isAfter(pipeline.now());
    }

    assertThat(ids("now/all")).isEmpty();
    assertThat(list("now/all").getReads()).isZero();
    assertThat(ids("today/all")).isEmpty();
    assertThat(list("today/all").getWindowStart()).isEqualTo("2026-03-02T23:00:00Z");
    assertThat(ids("this-week/all")).containsExactly("a");
  }

  @Test
  void nowIsWidenedWhereTooLittleWasReadAndSaysSo() {
    publish("a");
    publish("b");
    reads("a", 1);
    pipeline.advance(Duration.ofMinutes(70));
    reads("b", 1);
    pipeline.advance(Duration.ofSeconds(3));

    assertThat(ids("now/all")).containsExactly("a", "b");
    assertThat(widened("now/all")).isEqualTo(180);
    assertThat(
            Duration.between(list("now/all").getWindowStart(), list("now/all").getWindowEnd()))
        .hasMinutes(180);
    pipeline.advance(Duration.ofHours(2));
    assertThat(ids("now/all")).containsExactly("a", "b");
    assertThat(widened("now/all")).isEqualTo(360);
    reads("a", 1);
    reads("b", 2);
    pipeline.advance(Duration.ofSeconds(3));
    assertThat(ids("now/all")).containsExactly("b", "a");
    assertThat(widened("now/all")).isNull();
  }

  @Test
  void widerIsNotTakenWhereItShowsNoMore() {
    publish("a");
    reads("a", 1);
    pipeline.advance(Duration.ofSeconds(3));

    assertThat(ids("now/all")).containsExactly("a");
    assertThat(widened("now/all")).isNull();
  }

  @Test
  void eachEditionHasItsOwnMidnight() {
    publish("a");
    reads("a", 1);
    pipeline.advance(Duration.ofHours(3).plusSeconds(5)); // midnight in Tokyo

    assertThat(ids("today/all@tokyo")).isEmpty();
    assertThat(list("today/all@tokyo").getZone()).isEqualTo("Asia/Tokyo");
    assertThat(list("today/all@tokyo").getEdition()).isEqualTo("tokyo");
    assertThat(list("today/all@tokyo").getWindowStart()).isEqualTo("2026-03-02T15:00:00Z");
    assertThat(ids("this-week/all@tokyo")).containsExactly("a");
    assertThat(ids("today/all")).containsExactly("a");
    assertThat(list("today/all").getEdition()).isEmpty();
  }

  @Test
  void nowIsTheSameInEveryEdition() {
    publish("a");
    publish("b");
    reads("a", 2);
    reads("b", 1);
    pipeline.advance(Duration.ofSeconds(3));

    assertThat(ids("now/section/world@tokyo"))
        .containsExactly("a", "b")
        .isEqualTo(ids("now/section/world"));
    assertThat(list("now/all@tokyo").getZone()).isEqualTo("Asia/Tokyo");
  }

  @Test
  void whileClicksAreStillToBeCountedTheListSaysUntilWhenTheyAre() {
    publish("a");
    Instant appended = NOON.minus(Duration.ofMinutes(40));
    Click late = News.click("a", appended, 1);
    pipeline.pipeBytes(
        TOPICS.clicks, "a", TOPICS.clicks.valueSerde().write(TOPICS.clicks.name(), late), appended);
    pipeline.advance(Duration.ofSeconds(2));

    MostReadList behind = list("today/all");
    assertThat(behind.getCatchingUp()).isTrue();
    assertThat(behind.getAsOf()).isEqualTo(appended);
    assertThat(behind.getLagMs()).isBetween(40 * 60_000L, 40 * 60_000L + 3_000);
    assertThat(behind.getStaleAfter()).isBefore(NOON);

    reads("a", 1);
    pipeline.advance(Duration.ofSeconds(2));
    MostReadList caughtUp = list("today/all");
    assertThat(caughtUp.getCatchingUp()).isFalse();
    assertThat(caughtUp.getLagMs()).isZero();
    assertThat(caughtUp.getAsOf()).isAfterOrEqualTo(NOON);
    assertThat(caughtUp.getReads()).isEqualTo(2);
  }

  @Test
  void atMidnightRanksBeginAnew() {
    publish("a");
    publish("b");
    reads("a", 2);
    reads("b", 1);
    pipeline.advance(Duration.ofHours(11).plusSeconds(5)); // midnight in Berlin
    reads("b", 3);
    reads("a", 1);
    pipeline.advance(Duration.ofSeconds(3));

    assertThat(ids("today/all")).containsExactly("b", "a");
    assertThat(list("today/all").getEntries())
        .extracting(MostReadEntry::getPreviousRank)
        .containsOnlyNulls();
    assertThat(list("this-week/all").getEntries())
        .extracting(MostReadEntry::getPreviousRank)
        .containsExactly(2, 1);
  }
}
