package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LongSetTest {

  @Test
  void tellsNewFromKnownLikeASetOfNumbers() {
    Random random = new Random(5);
    LongSet set = new LongSet();
    Set<Long> model = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      long value = random.nextInt(4) == 0 ? random.nextInt(50) : random.nextLong();
      assertThat(set.add(value)).isEqualTo(model.add(value));
    }
  }
}
