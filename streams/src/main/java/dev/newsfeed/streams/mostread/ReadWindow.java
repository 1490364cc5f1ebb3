package dev.newsfeed.streams.mostread;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/**
 * The times over which lists are ranked. All are read off the clock, never off events: they move on
 * when nobody clicks.
 */
public enum ReadWindow {
  /** The minute we are in and the 59 before it. */
  NOW("now", Duration.ofMinutes(5)) {
    @Override
    Span at(Instant now, NewsroomCalendar calendar) {
      Instant end = now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
      return new Span(end.minus(60, ChronoUnit.MINUTES).toEpochMilli(), end.toEpochMilli());
    }
  },
  /** The newsroom's calendar day: 24 hours, or 23 or 25 where its clocks change. */
  TODAY("today", Duration.ofHours(1)) {
    @Override
    Span at(Instant now, NewsroomCalendar calendar) {
      LocalDate day = now.atZone(calendar.zone()).toLocalDate();
      return days(day, 1, calendar);
    }
  },
  /** The newsroom's calendar week. */
  THIS_WEEK("this-week", Duration.ofDays(1)) {
    @Override
    Span at(Instant now, NewsroomCalendar calendar) {
      LocalDate first = now.atZone(calendar.zone())
          .toLocalDate()
          .with(TemporalAdjusters.previousOrSame(calendar.firstDayOfWeek()));
      return days(first, 7, calendar);
    }
  };

  /**
   * A span of time.
   *
   * @param startMs inclusive, milliseconds since 1970 UTC
   * @param endMs exclusive
   */
  record Span(long startMs, long endMs) {
    boolean contains(long timeMs) {
      return timeMs >= startMs && timeMs < endMs;
    }
  }

  private final String label;
  private final Duration step;

  ReadWindow(String label, Duration step) {
    this.label = label;
    this.step = step;
  }

  /** As it stands in keys and addresses: {@code this-week}. */
  public String label() {
    return label;
  }

  /** How far back an entry's previous rank lies. */
  Duration step() {
    return step;
  }

  /** The window's bounds at this moment. */
  abstract Span at(Instant now, NewsroomCalendar calendar);

  private static Span days(LocalDate first, int days, NewsroomCalendar calendar) {
    return new Span(
        first.atStartOfDay(calendar.zone()).toInstant().toEpochMilli(),
        first.plusDays(days).atStartOfDay(calendar.zone()).toInstant().toEpochMilli());
  }
}
