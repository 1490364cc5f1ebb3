package dev.newsfeed.app.violations.streams;

import java.time.Clock;
import java.time.Instant;

/** Asks for the time in every way there is. */
final class TimeAsker {

  private TimeAsker() {}

  static long milliseconds() {
    return System.currentTimeMillis();
  }

  static Instant moment() {
    return Instant.now();
  }

  static Clock clock() {
    return Clock.systemUTC();
  }

  /** Which is allowed. */
  static Instant ofAClockAtHand(Clock clock) {
    return Instant.now(clock);
  }
}
