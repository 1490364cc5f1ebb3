package dev.newsfeed.streams;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs take for "now": the time of their context, which tests move by hand, shifted or
 * replaced so that history can be replayed.
 *
 * @param shift added to the context's time
 * @param fixed when set, it is always this moment
 */
public record JobClock(Duration shift, @Nullable Instant fixed) {

  /** The real time. */
  public static final JobClock REAL = new JobClock(Duration.ZERO, null);

  /**
   * Reads a setting: empty for the real time, an instant such as {@code 2015-05-18T12:00:00Z} to
   * stand still there, a duration such as {@code -PT24H} to be off by it.
   *
   * @throws IllegalArgumentException when it is none of them
   */
  public static JobClock parse(String setting) {
    if (setting.isBlank()) {
      return REAL;
    }
    try {
      return setting.matches("[+-]?P.*")
          ? new JobClock(Duration.parse(setting), null)
          : new JobClock(Duration.ZERO, Instant.parse(setting));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "the clock must be an instant (2015-05-18T12:00:00Z) or a duration (-PT24H), is "
              + setting,
          e);
    }
  }

  /** Now, as the job sees it. */
  public Instant now(ProcessingContext context) {
    return at(Instant.ofEpochMilli(context.currentSystemTimeMs()));
  }

  /** The same in milliseconds since 1970, for what is asked for each click. */
  public long atMs(long realMs) {
    return fixed != null ? fixed.toEpochMilli() : realMs + shift.toMillis();
  }

  /** The same at a moment of the real time. */
  public Instant at(Instant real) {
    return fixed != null ? fixed : real.plus(shift);
  }
}
