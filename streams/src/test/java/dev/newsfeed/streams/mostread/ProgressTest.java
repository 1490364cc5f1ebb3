package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private static final long TEN_O_CLOCK = Duration.ofHours(10).toMillis();
  private static final long SECOND = 1_000;

  private final Progress progress = new Progress();
  private long now = TEN_O_CLOCK;

  private void tick() {
    now += SECOND;
    progress.tick(now);
  }

  @Test
  void nothingIsKnownAtTheStartUntilItIsQuiet() {
    assertThat(progress.isKnown()).isFalse();
    tick();
    assertThat(progress.isKnown()).isFalse();
    tick();

    assertThat(progress.isKnown()).isTrue();
    assertThat(progress.lagMs()).isZero();
  }

  @Test
  void anOldClickSaysHowFarBehindItIs() {
    progress.counted(TEN_O_CLOCK - 20 * SECOND, false);
    tick();

    assertThat(progress.isKnown()).isTrue();
    assertThat(progress.lagMs()).isEqualTo(21 * SECOND);
  }

  @Test
  void whatAClickNeedsOnItsWayIsNoLag() {
    progress.counted(TEN_O_CLOCK - 2 * SECOND, false);
    tick();

    assertThat(progress.lagMs()).isZero();
  }

  @Test
  void aPauseOnTheWayIsNotTheEndOfIt() {
    progress.counted(TEN_O_CLOCK - 20 * SECOND, false);
    tick();
    tick();
    tick();

    assertThat(progress.lagMs()).isEqualTo(23 * SECOND);
  }

  @Test
  void whenNothingMoreComesItHasCaughtUp() {
    progress.counted(TEN_O_CLOCK - 20 * SECOND, false);
    for (int i = 0; i < 6; i++) {
      tick();
    }

    assertThat(progress.lagMs()).isZero();
  }

  @Test
  void aClickThatNothingStandsBehindIsTheEndOfItHoweverOldItIs() {
    progress.counted(TEN_O_CLOCK - 20 * SECOND, true);
    tick();

    assertThat(progress.isKnown()).isTrue();
    assertThat(progress.lagMs()).isZero();
  }

  @Test
  void onceCaughtUpQuietIsQuiet() {
    progress.counted(TEN_O_CLOCK, false);
    tick();
    for (int i = 0; i < 60; i++) {
      tick();
      assertThat(progress.lagMs()).isZero();
    }
  }
}
