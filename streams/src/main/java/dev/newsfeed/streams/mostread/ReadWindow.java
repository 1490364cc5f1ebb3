package dev.newsfeed.streams.mostread;

import dev.newsfeed.streams.mostread.NewsroomCalendar.Week;
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
  NOW("now") {
    @Override
    Span at(Instant now, NewsroomCalendar calendar) {
      return last(NOW_MINUTES, now);
    }

    @Override
    long step(Instant now, NewsroomCalendar calendar) {
      return Math.floorDiv(now.toEpochMilli(), Duration.ofMinutes(5).toMillis());
    }
  },
  /** The newsroom's calendar day: 24 hours, or 23 or 25 where its clocks change. */
  TODAY("today") {
    @Override
    Span at(Instant now, NewsroomCalendar calendar) {
      return days(date(now, calendar), 1, calendar);
    }

    @Override
    long step(Instant now, NewsroomCalendar calendar) {
      return Math.floorDiv(now.toEpochMilli(), Duration.ofHours(1).toMillis());
    }
  },
  /** The newsroom's calendar week, or the seven days that end with today. */
  THIS_WEEK("this-week") {
    @Override
    Span at(Instant now, NewsroomCalendar calendar) {
      LocalDate today = date(now, calendar);
      LocalDate first = calendar.week() == Week.ROLLING7
          ? today.minusDays(6)
          : today.with(TemporalAdjusters.previousOrSame(calendar.firstDayOfWeek()));
      return days(first, 7, calendar);
    }

    @Override
    long step(Instant now, NewsroomCalendar calendar) {
      return date(now, calendar).toEpochDay();
    }
  };

  /** How long "now" is. */
  static final int NOW_MINUTES = 60;

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

  ReadWindow(String label) {
    this.label = label;
  }

  /** As it stands in keys and addresses: {@code this-week}. */
  public String label() {
    return label;
  }

  /**
   * The window of a label.
   *
   * @throws IllegalArgumentException when there is none
   */
  static ReadWindow of(String label) {
    for (ReadWindow window : values()) {
      if (window.label.equals(label)) {
        return window;
      }
    }
    throw new IllegalArgumentException("no such window: " + label);
  }

  /** The window's bounds at this moment. */
  abstract Span at(Instant now, NewsroomCalendar calendar);

  /**
   * Number of the step of the clock that this moment is in; an entry's previous rank is the one at
   * the end of the step before. Five minutes, an hour, or the newsroom's day.
   */
  abstract long step(Instant now, NewsroomCalendar calendar);

  /** The minute we are in and those before it, so many in all. */
  static Span last(int minutes, Instant now) {
    Instant end = now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    return new Span(end.minus(minutes, ChronoUnit.MINUTES).toEpochMilli(), end.toEpochMilli());
  }

  private static LocalDate date(Instant now, NewsroomCalendar calendar) {
    return now.atZone(calendar.zone()).toLocalDate();
  }

  private static Span days(LocalDate first, int days, NewsroomCalendar calendar) {
    return new Span(
        first.atStartOfDay(calendar.zone()).toInstant().toEpochMilli(),
        first.plusDays(days).atStartOfDay(calendar.zone()).toInstant().toEpochMilli());
  }
}
