package dev.newsfeed.gateway.websub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");

  private final Pace pace = new Pace(60);

  @Test
  void aHostIsAskedAMinutesWorthAtOnceAndThenByTheSecond() {
    for (int i = 0; i < 60; i++) {
      assertThat(pace.take("a.example", NINE)).isZero();
    }

    assertThat(pace.take("a.example", NINE)).isEqualTo(1);
    assertThat(pace.take("b.example", NINE)).isZero();
    assertThat(pace.take("a.example", NINE.plusSeconds(1))).isZero();
    assertThat(pace.take("a.example", NINE.plusSeconds(1))).isEqualTo(1);
  }

  @Test
  void clockThatGoesBackGivesNothingAndTakesNothing() {
    assertThat(pace.take("a.example", NINE)).isZero();
    assertThat(pace.take("a.example", NINE.minusSeconds(3_600))).isZero();
    assertThat(pace.take("a.example", NINE)).isZero();
  }
}
