package dev.newsfeed.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Which article the next reader opens: a few are read by nearly everyone, most by hardly anyone, and
 * over time others become the few.
 *
 * <pre>
 * place     0    1    2    3 …        read in proportion 1, 1/2, 1/3, 1/4 … (Zipf's law)
 * article   a7   a2   a9   a1
 *                ◄── {@link #drift}: some climb, so others sink
 * </pre>
 */
final class Popularity {

  /** New articles start somewhere among the first, because they stand on top of every page. */
  private static final int FRESH_WITHIN = 12;

  private final List<String> byPlace = new ArrayList<>();
  private final RandomGenerator random;

  Popularity(RandomGenerator random) {
    this.random = random;
  }

  /** A new article, which readers see at once. */
  void add(String articleId) {
    if (!byPlace.contains(articleId)) {
      byPlace.add(random.nextInt(Math.min(FRESH_WITHIN, byPlace.size() + 1)), articleId);
    }
  }

  void remove(String articleId) {
    byPlace.remove(articleId);
  }

  int size() {
    return byPlace.size();
  }

  /** What the next reader opens; empty while there is nothing to read. */
  Optional<String> next() {
    if (byPlace.isEmpty()) {
      return Optional.empty();
    }
    double all = 0;
    for (int place = 0; place < byPlace.size(); place++) {
      all += 1.0 / (place + 1);
    }
    double drawn = random.nextDouble() * all;
    for (int place = 0; place < byPlace.size(); place++) {
      drawn -= 1.0 / (place + 1);
      if (drawn < 0) {
        return Optional.of(byPlace.get(place));
      }
    }
    return Optional.of(byPlace.get(byPlace.size() - 1)); // the sum rounds
  }

  /** One article that is being talked about climbs to half its place or better. */
  void drift() {
    if (byPlace.size() > 1) {
      int from = 1 + random.nextInt(byPlace.size() - 1);
      byPlace.add(random.nextInt(from / 2 + 1), byPlace.remove(from));
    }
  }
}
