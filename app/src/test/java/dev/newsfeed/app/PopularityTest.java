package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PopularityTest {

  private final Popularity popularity = new Popularity(new Random(4));

  @Test
  void nothingToReadIsSaid() {
    assertThat(popularity.next()).isEmpty();
  }

  @Test
  void fewAreReadByManyAndEveryoneBySome() {
    for (int i = 0; i < 50; i++) {
      popularity.add("a" + i);
    }

    Map<String, Integer> reads = reads(20_000);

    assertThat(reads).hasSize(50);
    int most = reads.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    int least = reads.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
    assertThat(most).isGreaterThan(20 * least);
  }

  @Test
  void othersBecomeTheFewOverTime() {
    for (int i = 0; i < 50; i++) {
      popularity.add("a" + i);
    }
    Set<String> favourites = new HashSet<>();

    for (int i = 0; i < 100; i++) {
      favourites.add(favourite(reads(500)));
      popularity.drift();
    }

    assertThat(favourites).hasSizeGreaterThan(3);
  }

  @Test
  void withdrawnArticleIsReadNoMore() {
    popularity.add("kept");
    popularity.add("withdrawn");

    popularity.remove("withdrawn");

    assertThat(reads(100)).containsOnlyKeys("kept");
  }

  private Map<String, Integer> reads(int count) {
    Map<String, Integer> reads = new HashMap<>();
    for (int i = 0; i < count; i++) {
      reads.merge(popularity.next().orElseThrow(), 1, Integer::sum);
    }
    return reads;
  }

  private static String favourite(Map<String, Integer> reads) {
    return reads.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }
}
