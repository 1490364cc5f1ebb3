package dev.newsfeed.gateway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveriesTest {

  private static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");
  private static final Instant SETTLED = NINE.plus(Deliveries.SETTLE);

  private final Deliveries deliveries = new Deliveries(new Lanes(2, 3), new Backoff(new Random(1)));

  private static Subscription subscription(String id) {
    return Subscription.newBuilder()
        .setCallback("https://" + id)
        .setTopic("https://news.example/feeds/all.json")
        .setVerifiedAt(NINE)
        .setLeaseEnd(NINE.plus(Duration.ofDays(10)))
        .build();
  }

  private void subscribed(String... ids) {
    for (String id : ids) {
      deliveries.put(id, id.split("/")[0], "all", subscription(id), null);
    }
  }

  @Test
  void nothingIsDueBeforeAFeedChanges() {
    subscribed("a/1");

    assertThat(deliveries.take(NINE.plusSeconds(60))).isEmpty();
    deliveries.changed(List.of("section/world"), NINE);
    assertThat(deliveries.take(NINE.plusSeconds(60))).isEmpty();
  }

  @Test
  void burstOfChangesIsOneDelivery() {
    subscribed("a/1");
    deliveries.changed(List.of("all"), NINE);
    deliveries.changed(List.of("all"), NINE.plusMillis(200));

    assertThat(deliveries.take(SETTLED.minusMillis(1))).isEmpty();
    assertThat(deliveries.take(SETTLED)).containsExactly("a/1");
    deliveries.delivered("a/1", "h", SETTLED);
    assertThat(deliveries.take(NINE.plusSeconds(60))).isEmpty();
  }

  @Test
  void whatChangesWhileADeliveryIsUnderWayIsDeliveredAfterIt() {
    subscribed("a/1");
    deliveries.changed(List.of("all"), NINE);
    deliveries.take(SETTLED);
    deliveries.changed(List.of("all"), SETTLED);

    assertThat(deliveries.take(SETTLED.plusSeconds(9))).isEmpty();
    deliveries.delivered("a/1", "h", SETTLED.plusSeconds(9));
    assertThat(deliveries.take(SETTLED.plusSeconds(9))).containsExactly("a/1");
  }

  @Test
  void aHostAndAllHostsTogetherGetOnlySoManyAtATime() {
    subscribed("a/1", "a/2", "a/3", "b/1", "b/2");
    deliveries.changed(List.of("all"), NINE);

    assertThat(deliveries.take(SETTLED)).containsExactly("a/1", "a/2", "b/1");
    assertThat(deliveries.take(SETTLED)).isEmpty();
    deliveries.delivered("a/1", "h", SETTLED);
    deliveries.remove("b/1");
    assertThat(deliveries.take(SETTLED)).containsExactly("a/3", "b/2");
  }

  @Test
  void whoFailsIsTriedAgainEverMoreSeldomAndGivenUpAfterThreeDays() {
    subscribed("a/1");
    deliveries.changed(List.of("all"), NINE);
    List<Duration> pauses = new ArrayList<>();
    Instant now = SETTLED;
    assertThat(deliveries.take(now)).hasSize(1);
    Instant first = now;
    Subscription left = deliveries.failed("a/1", now);
    while (left != null) {
      Instant retryAt = left.getRetryAt();
      pauses.add(Duration.between(now, retryAt));
      deliveries.changed(List.of("all"), now); // news makes nobody answer
      assertThat(deliveries.take(retryAt.minusMillis(1))).isEmpty();
      now = retryAt;
      assertThat(deliveries.take(now)).containsExactly("a/1");
      left = deliveries.failed("a/1", now);
    }

    for (int i = 0; i < pauses.size(); i++) {
      long longestMs = Math.min(3_600_000, 2_000L << Math.min(i, 20));
      assertThat(pauses.get(i).toMillis()).isBetween(longestMs / 2, longestMs);
    }
    assertThat(Duration.between(first, now)).isBetween(Duration.ofDays(3), Duration.ofHours(73));
    assertThat(pauses).hasSizeLessThan(170);
    assertThat(deliveries.size()).isZero();
  }

  @Test
  void renewedSubscriptionKeepsItsPlace() {
    subscribed("a/1");
    deliveries.changed(List.of("all"), NINE);
    deliveries.take(SETTLED);
    Subscription failed = deliveries.failed("a/1", SETTLED);
    Subscription renewed = Subscription.newBuilder(failed)
        .setLeaseEnd(NINE.plus(Duration.ofDays(20)))
        .build();
    deliveries.put("a/1", "a", "all", renewed, SETTLED);

    assertThat(deliveries.take(failed.getRetryAt().minusMillis(1))).isEmpty();
    assertThat(deliveries.take(failed.getRetryAt())).containsExactly("a/1");
    assertThat(deliveries.expired(NINE.plus(Duration.ofDays(19)))).isEmpty();
    assertThat(deliveries.expired(NINE.plus(Duration.ofDays(20)))).containsExactly("a/1");
  }

  @Test
  void failureOfAStateThatIsNoMoreIsForgotten() {
    subscribed("a/1");
    deliveries.changed(List.of("all"), NINE);
    deliveries.take(SETTLED);
    Subscription failed = deliveries.failed("a/1", SETTLED);
    deliveries.take(failed.getRetryAt());

    Subscription left = deliveries.nothingNew("a/1");

    assertThat(left.getFailures()).isZero();
    assertThat(left.getFailingSince()).isNull();
    assertThat(deliveries.take(NINE.plus(Duration.ofDays(1)))).isEmpty();
  }

  /** Whatever happens: one at a time for each, limits kept, and in the end everyone has the last state. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everyoneHasTheNewestStateInTheEndAndNeverAnOlderAfterANewer(long seed) {
    Random random = new Random(seed);
    Map<String, Integer> states = new HashMap<>(Map.of("all", 0, "section/world", 0));
    Map<String, String> feedOf = new HashMap<>();
    Map<String, Integer> has = new HashMap<>();
    Map<String, Integer> carries = new HashMap<>();
    Instant now = NINE;
    for (int i = 0; i < 12; i++) {
      String id = "h" + i % 4 + "/" + i;
      feedOf.put(id, i % 2 == 0 ? "all" : "section/world");
      has.put(id, 0);
      deliveries.put(id, "h" + i % 4, feedOf.get(id), subscription(id), null);
    }
    for (int step = 0; step < 4_000; step++) {
      now = now.plusMillis(random.nextInt(400));
      boolean calm = step > 3_000; // no more changes and no more failures
      if (!calm && random.nextInt(5) == 0) {
        String feed = random.nextBoolean() ? "all" : "section/world";
        states.merge(feed, 1, Integer::sum);
        deliveries.changed(Set.of(feed), now);
      }
      for (String id : deliveries.take(now)) {
        assertThat(carries).as("one at a time, seed %d", seed).doesNotContainKey(id);
        carries.put(id, states.get(feedOf.get(id)));
      }
      assertThat(carries).hasSizeLessThanOrEqualTo(3);
      Map<String, Integer> perHost = new HashMap<>();
      carries.keySet().forEach(id -> perHost.merge(id.split("/")[0], 1, Integer::sum));
      assertThat(perHost.values()).allMatch(n -> n <= 2);
      for (String id : new HashSet<>(carries.keySet())) {
        if (random.nextInt(3) == 0) {
          int state = carries.remove(id);
          if (!calm && random.nextInt(4) == 0) {
            deliveries.failed(id, now);
          } else {
            assertThat(state).as("order, seed %d", seed).isGreaterThanOrEqualTo(has.get(id));
            has.put(id, state);
            deliveries.delivered(id, "h" + state, now);
          }
        }
      }
      if (calm) {
        now = now.plusSeconds(20);
      }
    }

    feedOf.forEach((id, feed) ->
        assertThat(has.get(id)).as("%s, seed %d", id, seed).isEqualTo(states.get(feed)));
    assertThat(deliveries.behind()).isZero();
  }
}
