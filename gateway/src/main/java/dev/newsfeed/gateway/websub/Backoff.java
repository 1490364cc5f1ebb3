package dev.newsfeed.gateway.websub;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after so many failures in a row: twice as long each time, and never all at once. */
final class Backoff {

  static final Duration FIRST = Duration.ofSeconds(2);
  static final Duration LONGEST = Duration.ofHours(1);

  private static final int MOST_DOUBLINGS = 20;

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** Half of it is certain and the rest by chance, so that those who failed together return apart. */
  Duration after(int failures) {
    long doubled = FIRST.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS);
    long longestMs = Math.min(doubled, LONGEST.toMillis());
    return Duration.ofMillis(longestMs / 2 + random.nextLong(longestMs / 2 + 1));
  }
}
