package dev.newsfeed.app.explain;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes moments as a person reads a clock: the time of day, with the date where it is not today's.
 *
 * @param now what "ago" is counted from
 */
record Moments(ZoneId zone, Instant now) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  /** {@code 12:00:03}, or {@code 2026-11-22 12:00:03}. */
  String at(Instant moment) {
    ZonedDateTime local = moment.atZone(zone);
    boolean today = local.toLocalDate().equals(now.atZone(zone).toLocalDate());
    return (today ? TIME : DATE_TIME).format(local);
  }

  /** {@code 12:00:03 (3 min ago)}, or {@code 12:30:00 (in 27 min)}. */
  String withDistance(Instant moment) {
    Duration since = Duration.between(moment, now);
    String distance =
        since.isNegative() ? "in " + inWords(since.negated()) : inWords(since) + " ago";
    return at(moment) + " (" + distance + ")";
  }

  /** {@code 3 min}, {@code 2 h 5 min}, {@code 4 days}. */
  static String inWords(Duration duration) {
    if (duration.toMinutes() == 0) {
      return duration.toSeconds() + " s";
    }
    if (duration.toHours() == 0) {
      return duration.toMinutes() + " min";
    }
    if (duration.toDays() == 0) {
      return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
    return duration.toDays() == 1 ? "1 day" : duration.toDays() + " days";
  }
}
