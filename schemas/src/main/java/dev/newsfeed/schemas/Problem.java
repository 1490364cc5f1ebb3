package dev.newsfeed.schemas;

/**
 * Why something is not accepted.
 *
 * @param reason a short code that programs and counters use: {@code missing-field}
 * @param field the field's path as the sender wrote it: {@code photos[2].url}
 * @param detail one sentence for a person, with the limit and what was found; never quotes content
 */
public record Problem(String reason, String field, String detail) {

  @Override
  public String toString() {
    return field + ": " + detail;
  }
}
