package dev.newsfeed.streams.mostread;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * Whose midnight begins "today", and what "this week" is.
 *
 * @param zone an IANA zone; its offsets are multiples of 15 minutes, as all in use are, because that
 *     is how fine reads are kept
 * @param firstDayOfWeek on which a calendar week begins
 */
public record NewsroomCalendar(ZoneId zone, DayOfWeek firstDayOfWeek, Week week) {

  private static final int QUARTER_S = (int) Duration.ofMinutes(15).toSeconds();

  /** A winter and a summer: what a zone observes at all, it observes in one of them. */
  private static final Instant[] SEASONS = {
    Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2026-07-01T00:00:00Z")
  };

  /** What "this week" is. */
  public enum Week {
    /** Seven days from the first day of the week on. */
    CALENDAR,
    /** Today and the six days before it. */
    ROLLING7
  }

  public NewsroomCalendar {
    for (Instant season : SEASONS) {
      if (zone.getRules().getOffset(season).getTotalSeconds() % QUARTER_S != 0) {
        throw new IllegalArgumentException(
            "the offset of a newsroom's zone must be a multiple of 15 minutes, not that of "
                + zone);
      }
    }
  }

  /** With calendar weeks. */
  public NewsroomCalendar(ZoneId zone, DayOfWeek firstDayOfWeek) {
    this(zone, firstDayOfWeek, Week.CALENDAR);
  }
}
