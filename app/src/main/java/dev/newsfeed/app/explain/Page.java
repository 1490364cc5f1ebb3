package dev.newsfeed.app.explain;

import java.util.List;

/** A text for a terminal that grows by lines, and by sections whose columns are aligned. */
final class Page {

  private final StringBuilder text = new StringBuilder();

  void line(String line) {
    text.append(line).append('\n');
  }

  /** A section with a heading; nothing where it has no rows. */
  void section(String title, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    line("");
    line(title);
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      line(line.toString().stripTrailing());
    }
  }

  /** The whole of it, each line ended. */
  String text() {
    return text.toString();
  }
}
