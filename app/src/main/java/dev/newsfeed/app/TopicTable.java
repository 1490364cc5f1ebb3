package dev.newsfeed.app;

import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The catalogue of topics as a table, for the terminal and for the documentation. */
final class TopicTable {

  private static final List<String> HEADINGS =
      List.of("topic", "key", "value", "partitions", "kept", "what", "written by", "read by");

  /** What fits a terminal. */
  private static final int TEXT_COLUMNS = 5;

  private final List<List<String>> rows = new ArrayList<>();

  TopicTable(Topics topics) {
    for (Topic<?> topic : topics.all()) {
      rows.add(List.of(
          topic.name(),
          topic.key(),
          topic.value().getSimpleName(),
          String.valueOf(topic.partitions()),
          kept(topic),
          topic.purpose(),
          topic.writer(),
          topic.reader()));
    }
  }

  /** A table in Markdown, each line ended. */
  String markdown() {
    return markdown(HEADINGS, rows);
  }

  /** Names in the first column are shown as code. */
  static String markdown(List<String> headings, List<List<String>> rows) {
    StringBuilder table = new StringBuilder();
    table.append("| ").append(String.join(" | ", headings)).append(" |\n");
    table.append("|---".repeat(headings.size())).append("|\n");
    for (List<String> row : rows) {
      table.append("| `").append(row.get(0)).append("` | ");
      table.append(String.join(" | ", row.subList(1, row.size()))).append(" |\n");
    }
    return table.toString();
  }

  /** The first columns, aligned, each line ended. */
  String text() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADINGS);
    lines.addAll(rows);
    int[] widths = IntStream.range(0, TEXT_COLUMNS)
        .map(column ->
            lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0))
        .toArray();
    return lines.stream()
        .map(line -> IntStream.range(0, TEXT_COLUMNS)
            .mapToObj(column ->
                line.get(column) + " ".repeat(widths[column] - line.get(column).length()))
            .collect(Collectors.joining("  "))
            .stripTrailing())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String kept(Topic<?> topic) {
    if (topic.policy().equals("compact")) {
      Duration all =
          Duration.ofMillis(Long.parseLong(topic.configs().get("min.compaction.lag.ms")));
      return "the last of each key, for ever"
          + (all.toDays() == 0 ? "" : "; all, for " + all.toDays() + " days");
    }
    Duration time = Duration.ofMillis(Long.parseLong(topic.configs().get("retention.ms")));
    String hours = time.toHoursPart() == 0 ? "" : " " + time.toHoursPart() + " h";
    return "all, for " + time.toDays() + " days" + hours;
  }
}
