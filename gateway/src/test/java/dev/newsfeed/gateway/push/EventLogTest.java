package dev.newsfeed.gateway.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.Samples;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventLogTest {

  private static final Set<String> NOWHERE = Set.of();
  private static final Set<String> WORLD = Set.of("all", "section/world");

  private final EventLog log = new EventLog("t", 2, Map.of(0, 10L, 1, 20L));

  private void publish(int partition, long offset) {
    log.article(partition, offset, Samples.published("a" + offset), NOWHERE, WORLD);
  }

  /** What a subscriber is sent that comes back with this id, as offsets. */
  private List<Long> after(String eventId) {
    EventLog.Place place = log.after(eventId).orElseThrow();
    return log.from(place.number(), 10_000).orElseThrow().stream()
        .filter(event -> !place.known().knows(event.partition(), event.offset()))
        .map(EventLog.Event::offset)
        .toList();
  }

  @Test
  void idIsThePositionAfterTheEvent() {
    publish(0, 10);
    publish(1, 23);

    assertThat(log.position()).isEqualTo("t.11-24");
  }

  @Test
  void returningSubscriberGetsExactlyWhatItMissed() {
    publish(0, 10);
    publish(1, 20);
    publish(0, 11);

    assertThat(after("t.11-20")).containsExactly(20L, 11L);
    assertThat(after("t.12-21")).isEmpty();
    // an id of another gateway, which has read the partitions in another order
    assertThat(after("t.12-20")).containsExactly(20L);
  }

  @Test
  void endIsBehindTheNewestEventAndTheNewestList() {
    publish(0, 10);
    EventLog.Place end = log.now();
    long list = log.nextList();
    assertThat(log.endsAt(end.number(), list)).isTrue();

    log.readAlso("a10", Set.of("a1"), new byte[0]);
    assertThat(log.endsAt(end.number(), list)).isFalse();
    assertThat(log.endsAt(end.number(), log.nextList())).isTrue();
    assertThat(log.listsFrom(list)).hasSize(1);
    assertThat(log.listsFrom(log.nextList())).isEmpty();

    publish(0, 11);
    assertThat(log.endsAt(end.number(), log.nextList())).isFalse();
  }

  @Test
  void placeBeforeTheLogIsUnknown() {
    publish(0, 10);

    assertThat(log.after("t.9-20")).isEmpty();
    assertThat(log.after("t.10-20")).isPresent();
  }

  @Test
  void placeOfAnotherTopicOrShapeIsUnknown() {
    assertThat(List.of("other.10-20", "t.10", "t.10-20-0", "t.10-x", "nonsense", "", "t.99999-20"))
        .allSatisfy(id -> assertThat(log.after(id)).as(id).isEmpty());
  }

  @Test
  void droppedEventsMakeTheirPlaceUnknown() {
    for (int offset = 10; offset < 9_000; offset++) {
      publish(0, offset);
    }

    assertThat(log.after("t.11-20")).isEmpty();
    assertThat(log.from(0, 1)).isEmpty();
    assertThat(after("t.8999-20")).containsExactly(8_999L);
  }

  @Test
  void placeOfAnotherGatewayThatIsAheadIsKnownAndItsEventsAreNotToldAgain() {
    publish(0, 10);

    EventLog.Place place = log.after("t.10-22").orElseThrow();
    publish(1, 20);
    publish(1, 21);
    publish(1, 22);

    assertThat(place.known().knows(1, 21)).isTrue();
    assertThat(place.known().knows(1, 22)).isFalse();
    assertThat(place.known().knows(0, 10)).isFalse();
  }

  @Test
  void idNeverStepsBackBehindWhatTheReaderKnowsOfOtherPartitions() {
    publish(0, 10);
    publish(1, 20);
    List<EventLog.Event> events = log.from(0, 10).orElseThrow();
    Position known = log.after("t.10-21").orElseThrow().known();

    assertThat(text(events.get(0))).startsWith("id: t.11-20\nevent: published\n");
    assertThat(new String(events.get(0).wireFor(known), StandardCharsets.UTF_8))
        .isEqualTo(text(events.get(0)).replace("t.11-20", "t.11-21"));
    assertThat(events.get(1).wireFor(known)).isSameAs(events.get(1).wire());
  }

  @Test
  void logThatWaitsBeginsWithItsPastInTheOrderOfTime() {
    EventLog waiting = EventLog.waiting("t", 2, Map.of(0, 10L, 1, 20L));
    waiting.article(0, 10, at("a10", 30), NOWHERE, WORLD);
    assertThat(waiting.from(0, 10).orElseThrow()).isEmpty();
    assertThat(waiting.next()).isEqualTo(Map.of(0, 11L, 1, 20L));

    waiting.past(0, 8, at("a8", 10), NOWHERE, WORLD);
    waiting.past(0, 10, at("a10", 30), NOWHERE, WORLD);
    waiting.past(1, 17, at("a17", 20), NOWHERE, WORLD);
    waiting.past(1, 18, at("a18", 5), NOWHERE, WORLD); // its clock was wrong: it stays behind a17
    waiting.begin(Map.of(0, 7L, 1, 15L));
    waiting.article(1, 20, at("a20", 40), NOWHERE, WORLD);

    assertThat(waiting.from(0, 10).orElseThrow())
        .extracting(event -> text(event).lines().findFirst().orElseThrow())
        .containsExactly("id: t.9-15", "id: t.9-18", "id: t.9-19", "id: t.11-19", "id: t.11-21");
    assertThat(waiting.after("t.7-15")).isPresent();
    assertThat(waiting.after("t.6-15")).isEmpty();
  }

  @Test
  void changeIsToldToEverybodyWhereItIsNotKnownWhereTheArticleStood() {
    EventLog waiting = EventLog.waiting("t", 1, Map.of(0, 6L));
    waiting.past(0, 5, Samples.published("a5"), null, WORLD);
    waiting.begin(Map.of(0, 0L));

    EventLog.Event event = waiting.from(0, 1).orElseThrow().get(0);
    assertThat(interestedIn("section/culture").in(event)).isTrue();
    assertThat(text(event)).contains("\"feeds\":[").doesNotContain("\"left\"");
  }

  @Test
  void whoStartsAfreshIsToldOfTheLastSecondsAndOfEveryArticleThatIsGone() {
    AtomicLong nowNs = new AtomicLong();
    EventLog clocked = new EventLog("t", 1, Map.of(), nowNs::get);
    clocked.article(0, 0, Samples.withdrawn("gone", "wrong"), WORLD, NOWHERE);
    clocked.article(0, 1, Samples.withdrawn("back", "wrong"), WORLD, NOWHERE);
    for (int i = 2; i < 100; i++) {
      clocked.article(0, i, Samples.published("old" + i), NOWHERE, WORLD);
    }
    nowNs.addAndGet(60_000_000_000L);
    clocked.article(0, 100, Samples.published("back"), NOWHERE, WORLD);
    for (int i = 101; i < 300; i++) {
      clocked.article(0, i, Samples.published("new" + i), NOWHERE, WORLD);
    }

    EventLog.Place place = clocked.recent();
    assertThat(place.number()).isEqualTo(100);
    assertThat(place.known()).hasToString("t.100");
    assertThat(clocked.noticesBefore(place.number()))
        .singleElement()
        .extracting(wire -> new String(wire, StandardCharsets.UTF_8))
        .satisfies(wire ->
            assertThat(wire).startsWith("event: withdrawn\n").contains("\"articleId\":\"gone\""));
    nowNs.addAndGet(60_000_000_000L);
    assertThat(clocked.recent().number()).isEqualTo(300 - 64);
  }

  private static PublishedArticle at(String id, long second) {
    return PublishedArticle.newBuilder(Samples.published(id))
        .setChangedAt(Samples.NINE.plusSeconds(second))
        .build();
  }

  @Test
  void movedArticleIsToldToTheReadersOfBothSections() {
    Article moved = Samples.article("a1")
        .setVersion(2)
        .setSection(new Label("sport", "Sport"))
        .build();

    log.article(
        0, 10, Samples.published(moved, Samples.NINE), WORLD, Set.of("all", "section/sport"));

    EventLog.Event event = log.from(0, 1).orElseThrow().get(0);
    assertThat(interestedIn("section/world").in(event)).isTrue();
    assertThat(interestedIn("section/sport").in(event)).isTrue();
    assertThat(interestedIn("section/culture").in(event)).isFalse();
    assertThat(text(event)).contains("event: updated", "\"left\":[\"section/world\"]");
  }

  @Test
  void withdrawalIsToldToEveryoneAndCarriesNoText() {
    log.article(0, 10, Samples.withdrawn("a1", "wrong person"), WORLD, NOWHERE);

    EventLog.Event event = log.from(0, 1).orElseThrow().get(0);
    assertThat(interestedIn("section/culture").in(event)).isTrue();
    assertThat(text(event))
        .contains("event: withdrawn", "\"articleId\":\"a1\"", "\"reason\":\"wrong person\"")
        .doesNotContain("headline");
  }

  @Test
  void returningSubscriberGetsNoTextOfWhatWasWithdrawnMeanwhile() {
    String marker = "Quixotlwzyx";
    Article secret = Samples.article("a1").setHeadline(marker).build();
    log.article(0, 10, Samples.published(secret, Samples.NINE), NOWHERE, WORLD);
    publish(0, 11);
    log.mostRead("now/all", Samples.mostRead("now", "all", "a1", "a2"));
    log.readAlso("a7", Set.of("a1"), marker.getBytes(StandardCharsets.UTF_8));
    String seen = "t.10-20";

    log.article(0, 12, Samples.withdrawn("a1", "wrong person"), WORLD, NOWHERE);

    List<String> told = new ArrayList<>();
    log.from(log.after(seen).orElseThrow().number(), 100)
        .orElseThrow()
        .forEach(event -> told.add(text(event)));
    assertThat(told).hasSize(3).noneMatch(event -> event.contains(marker));
    assertThat(told.get(0)).isEmpty();
    assertThat(told.get(1)).contains("id: t.12-20\n", "\"articleId\":\"a11\"");
    assertThat(told.get(2)).contains("id: t.13-20\n", "event: withdrawn");
    assertThat(log.listsFrom(0)).isEmpty();
  }

  @Test
  void whatIsToldAfterAWithdrawalIsKept() {
    log.article(0, 10, Samples.withdrawn("a1", "wrong person"), WORLD, NOWHERE);
    log.article(0, 11, Samples.published("a1"), NOWHERE, WORLD);

    assertThat(log.from(0, 100).orElseThrow())
        .extracting(EventLogTest::text)
        .allSatisfy(text -> assertThat(text).contains("\"articleId\":\"a1\""));
  }

  @Test
  void ofEachMostReadListOnlyTheNewestIsKept() {
    log.mostRead("now/all", Samples.mostRead("now", "all", "a1"));
    log.mostRead("now/all", Samples.mostRead("now", "all", "a2"));

    assertThat(log.listsFrom(0)).hasSize(1);
    assertThat(log.listsFrom(log.nextList())).isEmpty();
  }

  private static Interests interestedIn(String feedId) {
    return new Interests(Set.of(feedId), Set.of(), null);
  }

  private static String text(EventLog.Event event) {
    return new String(event.wire(), StandardCharsets.UTF_8);
  }
}
