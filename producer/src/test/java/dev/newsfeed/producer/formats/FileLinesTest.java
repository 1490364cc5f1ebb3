package dev.newsfeed.producer.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.schemas.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLinesTest {

  @TempDir
  private Path dir;

  @Test
  void partIsItsLinesByteForByte() throws IOException {
    Random random = new Random(4);
    for (int round = 0; round < 200; round++) {
      List<String> all = new ArrayList<>();
      for (int n = random.nextInt(12); n >= 0; n--) {
        all.add("x".repeat(random.nextInt(4)) + (random.nextBoolean() ? "\r\n" : "é\n"));
      }
      all.add(random.nextBoolean() ? "the last one" : "");
      Path file = Files.writeString(dir.resolve("lines"), String.join("", all));
      try (FileLines lines = new FileLines(file)) {
        for (int from = 1 + random.nextInt(3); from <= all.size(); ) {
          int before = from + 1 + random.nextInt(3);
          String expected =
              String.join("", all.subList(from - 1, Math.min(before - 1, all.size())));

          FileLines.Part part = lines.from(from, before);

          assertThat(new String(part.bytes(), UTF_8)).isEqualTo(expected);
          assertThat(part.size()).isEqualTo(expected.getBytes(UTF_8).length);
          assertThat(part.sha256()).isEqualTo(Refusals.sha256(expected.getBytes(UTF_8)));
          from = before + random.nextInt(2);
        }
      }
    }
  }

  @Test
  void itemsOnOneLineAllHaveThatLine() throws IOException {
    Path file = Files.writeString(dir.resolve("one"), "[1,2]\n[3]\n");
    try (FileLines lines = new FileLines(file)) {
      assertThat(new String(lines.from(1, 1).bytes(), UTF_8)).isEqualTo("[1,2]\n");
      assertThat(new String(lines.from(1, 2).bytes(), UTF_8)).isEqualTo("[1,2]\n");
      assertThat(new String(lines.from(2, 9).bytes(), UTF_8)).isEqualTo("[3]\n");
      assertThat(lines.from(7, 9).size()).isZero();
    }
  }

  @Test
  void ofALongPartTheBeginningIsKeptAndAllOfItHashed() throws IOException {
    byte[] bytes = new byte[Refusals.KEPT_BYTES + 1_000];
    Path file = Files.write(dir.resolve("long"), bytes);
    try (FileLines lines = new FileLines(file)) {
      FileLines.Part part = lines.from(1, Integer.MAX_VALUE);

      assertThat(part.bytes()).hasSize(Refusals.KEPT_BYTES);
      assertThat(part.size()).isEqualTo(bytes.length);
      assertThat(part.sha256()).isEqualTo(Refusals.sha256(bytes));
    }
  }
}
