package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowIndexTest {

  private final RowIndex index = new RowIndex(0);
  private final List<Long> rows = new ArrayList<>(); // what each row holds

  static List<Long> seeds() {
    return new Random(12).longs(200).boxed().toList();
  }

  private TreeSet<Integer> found(long key) {
    TreeSet<Integer> found = new TreeSet<>();
    for (int at = index.first(key); at >= 0; at = index.next(at, key)) {
      if (rows.get(index.row(at)) == key) {
        assertThat(found.add(index.row(at))).isTrue();
      }
    }
    return found;
  }

  private int place(long key, int row) {
    int at = index.first(key);
    while (index.row(at) != row) {
      at = index.next(at, key);
    }
    return at;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsWhatAMapOfListsFinds(long seed) {
    Random random = new Random(seed);
    int keys = 1 + random.nextInt(200);
    Map<Long, TreeSet<Integer>> model = new HashMap<>();
    for (int i = 0; i < 600; i++) {
      long key = random.nextInt(keys);
      TreeSet<Integer> of = model.computeIfAbsent(key, k -> new TreeSet<>());
      switch (random.nextInt(4)) {
        case 0 -> {
          if (!of.isEmpty()) {
            int row = of.first();
            index.remove(place(key, row));
            of.remove(row);
          }
        }
        case 1 -> {
          if (!of.isEmpty()) {
            int former = of.first();
            rows.add(key);
            index.replace(place(key, former), rows.size() - 1);
            of.remove(former);
            of.add(rows.size() - 1);
          }
        }
        default -> {
          rows.add(key);
          index.add(key, rows.size() - 1);
          of.add(rows.size() - 1);
        }
      }
      assertThat(found(key)).isEqualTo(of);
    }

    for (long key = 0; key < keys; key++) {
      assertThat(found(key)).isEqualTo(model.getOrDefault(key, new TreeSet<>()));
    }
  }
}
