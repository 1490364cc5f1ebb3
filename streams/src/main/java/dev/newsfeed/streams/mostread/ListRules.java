package dev.newsfeed.streams.mostread;

import java.time.Duration;

/**
 * What may be listed, and how much of it.
 *
 * @param size entries in a list
 * @param floor reads an article needs at least
 * @param ageLimit how long after it was published or republished an article may be listed; evergreen
 *     articles always may
 */
public record ListRules(int size, long floor, Duration ageLimit) {

  /** 20 entries, one read, 14 days. */
  public static final ListRules DEFAULT = new ListRules(20, 1, Duration.ofDays(14));

  public ListRules {
    if (size < 1 || size > 100) {
      throw new IllegalArgumentException("a most-read list has 1 to 100 entries, not " + size);
    }
  }
}
