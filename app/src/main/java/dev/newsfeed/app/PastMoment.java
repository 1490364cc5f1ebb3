package dev.newsfeed.app;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** A moment as people type it. */
final class PastMoment {

  private PastMoment() {}

  /**
   * Reads a moment that is over, to the millisecond.
   *
   * @param option whose value it is
   * @param text {@code 2026-11-20T06:00:00Z}, with another offset than Z if you like, {@code
   *     2026-11-20} for the beginning of that day in the zone, or {@code -P2D} and {@code -PT6H} for
   *     so long ago
   * @throws BadSettingException when it is none of these, or still to come
   */
  static Instant parse(String option, String text, Instant now, ZoneId zone) {
    Instant moment = moment(option, text, now, zone).truncatedTo(ChronoUnit.MILLIS);
    if (moment.isAfter(now)) {
      throw new BadSettingException(option + " must not lie in the future, is " + text);
    }
    return moment;
  }

  private static Instant moment(String option, String text, Instant now, ZoneId zone) {
    try {
      if (text.matches("[+-]?P.*")) {
        return now.plus(Duration.parse(text));
      }
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDate.parse(text).atStartOfDay(zone).toInstant();
    } catch (DateTimeException | ArithmeticException e) {
      throw new BadSettingException(
          option + " must be a time such as 2026-11-20T06:00:00Z, a day such"
              + " as 2026-11-20 or how long ago such as -P2D, is " + text);
    }
  }
}
