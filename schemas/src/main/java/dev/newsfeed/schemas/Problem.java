package dev.newsfeed.schemas;

import org.jspecify.annotations.Nullable;

/**
 * Why something is not accepted.
 *
 * @param reason a short code that programs and counters use: {@code missing-field}
 * @param field the field's path as the sender wrote it: {@code photos[2].url}
 * @param detail one sentence for a person, with the limit and what was found; never quotes content
 * @param limit the limit that was passed, for programs: {@code 500}, {@code 1..9}; null: there is none
 * @param value what was found, where it is a number, a size or a date; null: it might say too much
 */
public record Problem(
    String reason,
    String field,
    String detail,
    @Nullable String limit,
    @Nullable String value) {

  /** A problem that is no matter of a limit. */
  public Problem(String reason, String field, String detail) {
    this(reason, field, detail, null, null);
  }

  /** A text or list that is longer than it may be. */
  public static Problem tooLong(String field, int size, String units, int atMost) {
    return new Problem(
        "invalid-field",
        field,
        "has " + size + " " + units + ", at most " + atMost,
        String.valueOf(atMost),
        String.valueOf(size));
  }

  /** A number outside its range. */
  public static Problem outside(String field, long value, long least, long most) {
    return new Problem(
        "invalid-field",
        field,
        "must be " + least + " to " + most + ", is " + value,
        least + ".." + most,
        String.valueOf(value));
  }

  @Override
  public String toString() {
    return field + ": " + detail;
  }
}
