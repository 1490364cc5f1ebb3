package dev.newsfeed.producer.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.producer.files.DropArrivals.Seen;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropArrivalsTest {

  private final DropArrivals arrivals = new DropArrivals(Duration.ofSeconds(5));

  @Test
  void fileIsWholeWhenItHasNotChangedForAWhile() {
    assertThat(look(0, seen("a.xml", 1, 10, 0))).isEmpty();
    assertThat(look(2, seen("a.xml", 1, 30, 2))).isEmpty();
    assertThat(look(6.9, seen("a.xml", 1, 30, 2))).isEmpty();
    assertThat(look(7, seen("a.xml", 1, 30, 2))).containsExactly("a.xml");
  }

  @Test
  void sameSizeUnderAnotherDateIsStillBeingWritten() {
    assertThat(look(0, seen("a.xml", 1, 10, 0))).isEmpty();
    assertThat(look(6, seen("a.xml", 1, 10, 6))).isEmpty();
  }

  @Test
  void renamedFileIsWholeAtOnce() {
    assertThat(look(0, seen("a.xml.part", 1, 10, 0))).isEmpty();
    assertThat(look(60, seen("a.xml.part", 1, 10, 0))).isEmpty();
    assertThat(look(61, seen("a.xml", 1, 20, 60))).containsExactly("a.xml");
  }

  @Test
  void anotherFileOfThatNameIsNot() {
    look(0, seen("a.xml.part", 1, 10, 0));

    assertThat(look(1, seen("a.xml", 2, 20, 0))).isEmpty();
  }

  /** A clock of a file server says nothing about how long ago that was. */
  @Test
  void dateOfTheFileDecidesNothing() {
    assertThat(look(0, seen("old.xml", 1, 10, -1_000_000), seen("new.xml", 2, 10, 1_000_000)))
        .isEmpty();
    assertThat(look(5, seen("old.xml", 1, 10, -1_000_000), seen("new.xml", 2, 10, 1_000_000)))
        .containsExactly("old.xml", "new.xml");
  }

  @Test
  void oldestComesFirstThenByName() {
    Seen[] files = {seen("b.xml", 1, 10, 7), seen("c.xml", 2, 10, 3), seen("a.xml", 3, 10, 7)};
    look(0, files);

    assertThat(look(5, files)).containsExactly("c.xml", "a.xml", "b.xml");
  }

  @ParameterizedTest
  @ValueSource(strings = {".a.xml", "a.xml.tmp", "a.xml.part", ".lock"})
  void unfinishedNamesAreLeftAlone(String name) {
    look(0, seen(name, 1, 10, 0));

    assertThat(look(1_000, seen(name, 1, 10, 0))).isEmpty();
  }

  /** Any writers, any looks: what is taken has been the same for five seconds, or was renamed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void nothingIsTakenThatWasJustWritten(long seed) {
    Random random = new Random(seed);
    Map<String, Seen> folder = new HashMap<>();
    Map<Seen, Integer> writtenAt = new HashMap<>();
    int taken = 0;
    for (int second = 0; second < 500; second++) {
      if (random.nextInt(3) == 0) {
        String name = "f" + random.nextInt(4) + ".xml";
        Seen before = folder.get(name);
        Seen after = seen(
            name,
            before == null ? second : (int) before.inode(),
            before == null ? 1 : before.size() + random.nextInt(2),
            second);
        folder.put(name, after);
        writtenAt.put(after, second);
      }
      for (Seen whole : arrivals.whole(
          new ArrayList<>(folder.values()), Duration.ofSeconds(second).toNanos())) {
        assertThat(second - writtenAt.get(whole))
            .as("%s at %d, seed %d", whole, second, seed)
            .isGreaterThanOrEqualTo(5);
        folder.remove(whole.file().toString());
        taken++;
      }
    }
    assertThat(taken).isGreaterThan(5);
  }

  private List<String> look(double seconds, Seen... files) {
    return arrivals.whole(List.of(files), (long) (seconds * 1e9)).stream()
        .map(seen -> seen.file().toString())
        .toList();
  }

  private static Seen seen(String name, int inode, long size, long changedAtSecond) {
    return new Seen(
        Path.of(name),
        inode,
        size,
        FileTime.from(
            Duration.ofSeconds(changedAtSecond).toMillis(),
            java.util.concurrent.TimeUnit.MILLISECONDS));
  }
}
