package dev.newsfeed.gateway.archive;

import java.util.List;

/**
 * A piece of an article in which something that was looked for stands. It is text, not HTML.
 *
 * @param in {@code headline}, {@code lead} or {@code body}
 * @param parts one after the other they are the piece
 */
public record Highlight(String in, List<Part> parts) {

  /** Some text; {@code mark}: it is what was looked for. */
  public record Part(String text, boolean mark) {}

  public Highlight {
    parts = List.copyOf(parts);
  }

  /** The piece without marks. */
  public String text() {
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(part.text()));
    return text.toString();
  }
}
