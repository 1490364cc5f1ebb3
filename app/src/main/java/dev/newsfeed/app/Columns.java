package dev.newsfeed.app;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines of words, one below the other. */
final class Columns {

  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private Columns() {}

  /** Aligned, each line as long as it must be; all have as many cells as the first. */
  static String text(List<List<String>> lines) {
    int[] widths = IntStream.range(0, lines.get(0).size())
        .map(column ->
            lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0))
        .toArray();
    return lines.stream()
        .map(line -> IntStream.range(0, widths.length)
            .mapToObj(column ->
                line.get(column) + " ".repeat(widths[column] - line.get(column).length()))
            .collect(Collectors.joining("  "))
            .stripTrailing())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** A moment by the clock of a zone, to the second. */
  static String when(Instant at, ZoneId zone) {
    return WHEN.format(at.atZone(zone));
  }

  /** Others write to topics, too: nobody may write to a terminal through them. */
  static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
  }
}
