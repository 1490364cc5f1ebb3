package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.avro.state.RankHistory;
import dev.newsfeed.streams.TestPipeline;
import dev.newsfeed.streams.mostread.Merging.Merged;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MergingTest {

  /** Ten in the evening in Berlin. */
  private static final Instant TEN = Instant.parse("2026-03-04T21:00:00Z");

  private static final Instant MIDNIGHT = TEN.plus(Duration.ofHours(2));

  private final Merging merging = new Merging(TestPipeline.BERLIN, ListRules.DEFAULT);
  private @Nullable RankHistory history;

  private static LocalList.Builder part(
      int partition, ReadWindow window, Instant now, String... articleIds) {
    List<MostReadEntry> entries = new ArrayList<>();
    for (String id : articleIds) {
      entries.add(MostReadEntry.newBuilder()
          .setRank(0)
          .setArticleId(id)
          .setHeadline(id)
          .setKind("article")
          .setFirstPublished(TEN)
          .setReads(100 - entries.size())
          .build());
    }
    Span span = window.at(now, TestPipeline.BERLIN);
    return LocalList.newBuilder()
        .setPartition(partition)
        .setScope("all")
        .setWindow(window.label())
        .setAsOf(now)
        .setWindowStart(Instant.ofEpochMilli(span.startMs()))
        .setWindowEnd(Instant.ofEpochMilli(span.endMs()))
        .setReads(1_000)
        .setRefused(Map.of())
        .setEntries(entries);
  }

  /** What is published when one partition ranks these, after all that was published before. */
  private MostReadList publish(ReadWindow window, Instant now, String... articleIds) {
    Merged merged = merging.merge(List.of(part(0, window, now, articleIds).build()), history, now);
    history = merged.history();
    return merged.list();
  }

  private static Map<String, Integer> previousRanks(MostReadList list) {
    Map<String, Integer> previous = new HashMap<>();
    list.getEntries().forEach(e -> previous.put(e.getArticleId(), e.getPreviousRank()));
    return previous;
  }

  private static Map<String, Integer> ranks(@Nullable Integer a, @Nullable Integer b) {
    Map<String, Integer> ranks = new HashMap<>();
    ranks.put("a", a);
    ranks.put("b", b);
    return ranks;
  }

  @Test
  void ranksAreComparedWithTheEndOfTheStepBefore() {
    publish(ReadWindow.TODAY, TEN, "a", "b");
    publish(ReadWindow.TODAY, TEN.plus(Duration.ofMinutes(59)), "b", "a");

    MostReadList next = publish(ReadWindow.TODAY, TEN.plus(Duration.ofMinutes(61)), "a", "b");
    MostReadList later = publish(ReadWindow.TODAY, TEN.plus(Duration.ofMinutes(70)), "a", "b");

    assertThat(previousRanks(next)).isEqualTo(ranks(2, 1));
    assertThat(previousRanks(later)).isEqualTo(ranks(2, 1));
  }

  @Test
  void atMidnightTodayBeginsAnewAndIsComparedWithNothing() {
    publish(ReadWindow.TODAY, MIDNIGHT.minusSeconds(1), "a", "b");

    MostReadList empty = publish(ReadWindow.TODAY, MIDNIGHT);
    MostReadList first = publish(ReadWindow.TODAY, MIDNIGHT.plusSeconds(20), "b", "a");
    MostReadList next = publish(ReadWindow.TODAY, MIDNIGHT.plus(Duration.ofHours(1)), "a", "b");

    assertThat(empty.getEntries()).isEmpty();
    assertThat(previousRanks(first)).isEqualTo(ranks(null, null));
    assertThat(previousRanks(next)).isEqualTo(ranks(2, 1));
  }

  @Test
  void theWeekIsComparedWithYesterdayByTheNewsroomsMidnight() {
    publish(ReadWindow.THIS_WEEK, MIDNIGHT.minusSeconds(1), "a", "b");

    MostReadList list = publish(ReadWindow.THIS_WEEK, MIDNIGHT, "b", "a");

    assertThat(previousRanks(list)).isEqualTo(ranks(1, 2));
  }

  @Test
  void afterAPauseLongerThanTheWindowNothingIsCompared() {
    publish(ReadWindow.NOW, TEN, "a", "b");
    MostReadList soon = publish(ReadWindow.NOW, TEN.plus(Duration.ofMinutes(50)), "b", "a");
    MostReadList late = publish(ReadWindow.NOW, TEN.plus(Duration.ofHours(3)), "a");
    MostReadList then = publish(ReadWindow.NOW, TEN.plus(Duration.ofHours(3)), "a", "b");

    assertThat(previousRanks(soon)).isEqualTo(ranks(1, 2));
    assertThat(previousRanks(late)).isEqualTo(Map.of("a", 1));
    assertThat(previousRanks(then)).isEqualTo(ranks(1, null));
  }

  @Test
  void aListIsAsOldAndAsFarBehindAsTheWorstOfItsParts() {
    LocalList fresh = part(0, ReadWindow.TODAY, TEN, "a").build();
    LocalList old = part(1, ReadWindow.TODAY, TEN, "b")
        .setAsOf(TEN.minusSeconds(600))
        .setLagMs(600_000)
        .setCatchingUp(true)
        .build();

    MostReadList list = merging.merge(List.of(fresh, old), null, TEN).list();

    assertThat(list.getAsOf()).isEqualTo(TEN.minusSeconds(600));
    assertThat(list.getStaleAfter()).isBefore(TEN);
    assertThat(list.getCatchingUp()).isTrue();
    assertThat(list.getLagMs()).isEqualTo(600_000);
  }

  @Test
  void aPartOfYesterdayShowsInTheAgeOfTodaysListAndNotInItsEntries() {
    LocalList yesterday =
        part(0, ReadWindow.TODAY, MIDNIGHT.minusSeconds(1), "a").build();
    LocalList today = part(1, ReadWindow.TODAY, MIDNIGHT, "b").build();

    MostReadList list = merging.merge(List.of(yesterday, today), null, MIDNIGHT).list();

    assertThat(list.getEntries()).extracting(MostReadEntry::getArticleId).containsExactly("b");
    assertThat(list.getReads()).isEqualTo(1_000);
    assertThat(list.getAsOf()).isEqualTo(MIDNIGHT.minusSeconds(1));
  }
}
