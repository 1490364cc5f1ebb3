package dev.newsfeed.app.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.app.watch.Canary.Place;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CanaryTest {

  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Canary canary = new Canary(nanos::get, registry);

  @Test
  void eachPlaceIsTimedFromSending() {
    canary.sent(1);
    pass(Duration.ofMillis(40));
    canary.seen(Place.accepted, 1);
    pass(Duration.ofMillis(160));
    canary.seen(Place.subscriber, 1);

    assertThat(times(Place.accepted)).containsExactly(1, 40);
    assertThat(times(Place.subscriber)).containsExactly(1, 200);
    assertThat(times(Place.feed)).containsExactly(0, 0);
  }

  @Test
  void seenTwiceIsTimedOnce() {
    canary.sent(1);
    canary.seen(Place.feed, 1);
    canary.seen(Place.feed, 1);

    assertThat(times(Place.feed)[0]).isEqualTo(1);
  }

  @Test
  void versionThatWasOvertakenHasArrivedWithTheLaterOne() {
    canary.sent(1);
    pass(Duration.ofSeconds(15));
    canary.sent(2);
    pass(Duration.ofSeconds(1));
    canary.seen(Place.published, 2);

    assertThat(times(Place.published)).containsExactly(2, 17_000);
  }

  @Test
  void whatAnotherWatchSentIsNotTimed() {
    canary.seen(Place.feed, 7);
    canary.sent(8);
    canary.seen(Place.feed, 7);

    assertThat(times(Place.feed)[0]).isZero();
  }

  @Test
  void onlyThePlacesWithoutItMissIt() {
    canary.sent(1);
    canary.seen(Place.accepted, 1);
    pass(Canary.GIVEN_UP_AFTER.plusNanos(1));
    canary.sent(2);
    canary.seen(Place.feed, 1);

    assertThat(missing(Place.accepted)).isZero();
    assertThat(missing(Place.feed)).isEqualTo(1);
    assertThat(times(Place.feed)[0]).isZero();
  }

  @Test
  void timeUnseenGrowsFromTheStartAndFromTheLastSight() {
    pass(Duration.ofSeconds(30));
    assertThat(unseen(Place.subscriber)).isEqualTo(30);

    canary.sent(1);
    canary.seen(Place.subscriber, 1);
    pass(Duration.ofSeconds(5));
    assertThat(unseen(Place.subscriber)).isEqualTo(5);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** How many, and the milliseconds of all. */
  private long[] times(Place place) {
    var timer = registry.get("newsfeed.canary").tag("at", place.name()).timer();
    return new long[] {timer.count(), (long) timer.totalTime(TimeUnit.MILLISECONDS)};
  }

  private double missing(Place place) {
    return registry
        .get("newsfeed.canary.missing")
        .tag("at", place.name())
        .counter()
        .count();
  }

  private double unseen(Place place) {
    return registry
        .get("newsfeed.canary.unseen")
        .tag("at", place.name())
        .gauge()
        .value();
  }
}
