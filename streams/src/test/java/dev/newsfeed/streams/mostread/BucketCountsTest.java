package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BucketCountsTest {

  private static final long MINUTE = 60_000;

  static List<Long> seeds() {
    return new Random(3).longs(200).boxed().toList();
  }

  /** The obvious model: a sorted map from bucket number to count. */
  @ParameterizedTest
  @MethodSource("seeds")
  void sumsEqualASortedMapInAnyOrderOfArrival(long seed) {
    Random random = new Random(seed);
    BucketCounts buckets = new BucketCounts(MINUTE);
    TreeMap<Long, Long> model = new TreeMap<>();
    for (int i = random.nextInt(300); i > 0; i--) {
      long timeMs = random.nextInt(200) * MINUTE + random.nextInt(60_000) - 50 * MINUTE;
      buckets.add(timeMs, 1);
      model.merge(Math.floorDiv(timeMs, MINUTE), 1L, Long::sum);
      if (random.nextInt(50) == 0) {
        long before = (random.nextInt(100) - 50) * MINUTE;
        boolean any = !model.headMap(before / MINUTE).isEmpty();
        model.headMap(before / MINUTE).clear();
        assertThat(buckets.dropBefore(before)).as("seed %d", seed).isEqualTo(any);
      }
    }
    long start = random.nextInt(200) - 60L;
    long end = start + random.nextInt(100);
    long expected = model.subMap(start, end).values().stream().mapToLong(c -> c).sum();
    Span span = new Span(start * MINUTE, end * MINUTE);

    assertThat(buckets.sum(span)).as("seed %d", seed).isEqualTo(expected);
    assertThat(BucketCounts.unpacked(MINUTE, buckets.packed()).sum(span))
        .as("seed %d, packed and unpacked", seed)
        .isEqualTo(expected);
    assertThat(buckets.isEmpty()).isEqualTo(model.isEmpty());
  }
}
