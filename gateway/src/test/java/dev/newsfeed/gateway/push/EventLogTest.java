package dev.newsfeed.gateway.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.gateway.Samples;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  void placeBeforeTheLogIsUnknown() {
    publish(0, 10);

    assertThat(log.after("t.9-20")).isEmpty();
    assertThat(log.after("t.10-20")).isPresent();
  }

  @Test
  void placeOfAnotherTopicOrShapeIsUnknown() {
    assertThat(List.of("other.10-20", "t.10", "t.10-20-0", "t.10-x", "nonsense", "", "t.99-20"))
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
