package dev.newsfeed.streams.mostread;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What may be listed, how much of it, and for whom.
 *
 * @param size entries in a list
 * @param floor reads an article needs at least
 * @param ageLimit how long after it was published or republished an article may be listed; evergreen
 *     articles always may, and editors may decide otherwise
 * @param nowAtLeast where fewer articles were read in the last hour, "now" is the last three hours
 *     or the last six; zero: it is the last hour whatever happens
 * @param editions further lists by other calendars
 */
public record ListRules(
    int size, long floor, Duration ageLimit, int nowAtLeast, List<Edition> editions) {

  /** 20 entries, one read, 14 days, "now" never wider than an hour, one edition. */
  public static final ListRules DEFAULT = new ListRules(20, 1, Duration.ofDays(14), 0, List.of());

  private static final int MAX_EDITIONS = 50;

  public ListRules {
    if (size < 1 || size > 100) {
      throw new IllegalArgumentException("a most-read list has 1 to 100 entries, not " + size);
    }
    if (floor < 1) {
      throw new IllegalArgumentException("an article needs at least one read, not " + floor);
    }
    if (nowAtLeast < 0 || nowAtLeast > size) {
      throw new IllegalArgumentException(
          "now can ask for 0 to " + size + " articles, not " + nowAtLeast);
    }
    editions = List.copyOf(editions);
    Set<String> names = new HashSet<>();
    for (Edition edition : editions) {
      if (edition.name().isEmpty() || !names.add(edition.name())) {
        throw new IllegalArgumentException(
            "each further edition needs a name of its own, not " + edition.name());
      }
    }
    if (editions.size() > MAX_EDITIONS) {
      throw new IllegalArgumentException("at most " + MAX_EDITIONS + " further editions");
    }
  }

  /** The same, where "now" widens until it has so many articles. */
  public ListRules withNowAtLeast(int articles) {
    return new ListRules(size, floor, ageLimit, articles, editions);
  }

  /** The same for further editions. */
  public ListRules withEditions(List<Edition> others) {
    return new ListRules(size, floor, ageLimit, nowAtLeast, others);
  }
}
