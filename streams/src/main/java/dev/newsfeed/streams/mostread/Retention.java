package dev.newsfeed.streams.mostread;

/** Since when minutes are kept; the articles of a partition share it. */
final class Retention {

  private long minutesFromMs = Long.MIN_VALUE;

  long minutesFromMs() {
    return minutesFromMs;
  }

  void advance(long nowMs) {
    minutesFromMs = nowMs - ReadRules.MINUTES_KEPT_MS;
  }
}
