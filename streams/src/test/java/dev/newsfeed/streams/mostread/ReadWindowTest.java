package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.streams.mostread.NewsroomCalendar.Week;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadWindowTest {

  private static NewsroomCalendar in(String zone) {
    return new NewsroomCalendar(ZoneId.of(zone), DayOfWeek.MONDAY);
  }

  private static Duration length(Span span) {
    return Duration.ofMillis(span.endMs() - span.startMs());
  }

  @Test
  void nowIsThisMinuteAndThe59BeforeIt() {
    Span span = ReadWindow.NOW.at(Instant.parse("2026-03-02T12:34:56Z"), in("Europe/Berlin"));

    assertThat(Instant.ofEpochMilli(span.startMs())).isEqualTo("2026-03-02T11:35:00Z");
    assertThat(Instant.ofEpochMilli(span.endMs())).isEqualTo("2026-03-02T12:35:00Z");
  }

  @Test
  void todayBeginsAtTheNewsroomsMidnight() {
    Span span = ReadWindow.TODAY.at(Instant.parse("2026-03-02T23:30:00Z"), in("Europe/Berlin"));

    assertThat(Instant.ofEpochMilli(span.startMs())).isEqualTo("2026-03-02T23:00:00Z");
    assertThat(length(span)).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void daysOnWhichClocksChangeHave23And25Hours() {
    assertThat(
            length(ReadWindow.TODAY.at(Instant.parse("2026-03-29T12:00:00Z"), in("Europe/Berlin"))))
        .isEqualTo(Duration.ofHours(23));
    assertThat(
            length(ReadWindow.TODAY.at(Instant.parse("2026-10-25T12:00:00Z"), in("Europe/Berlin"))))
        .isEqualTo(Duration.ofHours(25));
  }

  @Test
  void weekBeginsOnTheConfiguredDay() {
    Instant wednesday = Instant.parse("2026-03-04T12:00:00Z");

    Span monday = ReadWindow.THIS_WEEK.at(wednesday, in("UTC"));
    Span sunday = ReadWindow.THIS_WEEK.at(
        wednesday, new NewsroomCalendar(ZoneId.of("UTC"), DayOfWeek.SUNDAY));

    assertThat(Instant.ofEpochMilli(monday.startMs())).isEqualTo("2026-03-02T00:00:00Z");
    assertThat(Instant.ofEpochMilli(sunday.startMs())).isEqualTo("2026-03-01T00:00:00Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Asia/Kathmandu",
        "Australia/Eucla",
        "Pacific/Chatham",
        "Asia/Kolkata",
        "America/St_Johns"
      })
  void boundsLieOnQuartersOfAnHourInEveryZone(String zone) {
    for (ReadWindow window : List.of(ReadWindow.TODAY, ReadWindow.THIS_WEEK)) {
      Span span = window.at(Instant.parse("2026-07-01T05:06:07Z"), in(zone));

      assertThat(span.startMs() % CountSeries.QUARTER_MS).isZero();
      assertThat(span.endMs() % CountSeries.QUARTER_MS).isZero();
    }
  }

  static List<Long> seeds() {
    return new Random(11).longs(200).boxed().toList();
  }

  /** The obvious model: a moment is in today when it has today's date on the newsroom's wall. */
  @ParameterizedTest
  @MethodSource("seeds")
  void todayHoldsExactlyTheMomentsOfTheDate(long seed) {
    Random random = new Random(seed);
    List<String> zones =
        List.of("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC");
    NewsroomCalendar calendar = in(zones.get(random.nextInt(zones.size())));
    Instant now = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(100_000_000));
    Instant other = now.plusSeconds(random.nextInt(200_000) - 100_000);

    LocalDate date = now.atZone(calendar.zone()).toLocalDate();
    boolean sameDate = other.atZone(calendar.zone()).toLocalDate().equals(date);

    assertThat(ReadWindow.TODAY.at(now, calendar).contains(other.toEpochMilli()))
        .as("seed %d", seed)
        .isEqualTo(sameDate);
  }

  /** "Now" is in "today" unless it reaches back over midnight, and "today" is always in the week. */
  @ParameterizedTest
  @MethodSource("seeds")
  void windowsContainEachOtherWhereverOneLiesInside(long seed) {
    Random random = new Random(seed);
    NewsroomCalendar calendar = new NewsroomCalendar(
        ZoneId.of(List.of("Asia/Kathmandu", "Pacific/Chatham", "Africa/Cairo", "Europe/Berlin")
            .get(random.nextInt(4))),
        DayOfWeek.of(1 + random.nextInt(7)),
        random.nextBoolean() ? Week.ROLLING7 : Week.CALENDAR);
    Instant now = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(100_000_000));
    Span hour = ReadWindow.NOW.at(now, calendar);
    Span today = ReadWindow.TODAY.at(now, calendar);
    Span week = ReadWindow.THIS_WEEK.at(now, calendar);

    boolean overMidnight = !now.minus(Duration.ofMinutes(60))
        .atZone(calendar.zone())
        .toLocalDate()
        .equals(now.atZone(calendar.zone()).toLocalDate());
    assertThat(hour.startMs() >= today.startMs() || overMidnight)
        .as("seed %d", seed)
        .isTrue();
    assertThat(hour.endMs()).as("seed %d", seed).isLessThanOrEqualTo(today.endMs());
    assertThat(week.startMs()).as("seed %d", seed).isLessThanOrEqualTo(today.startMs());
    assertThat(week.endMs()).as("seed %d", seed).isGreaterThanOrEqualTo(today.endMs());
  }

  @Test
  void aRollingWeekIsTodayAndTheSixDaysBefore() {
    NewsroomCalendar rolling =
        new NewsroomCalendar(ZoneId.of("Europe/Berlin"), DayOfWeek.MONDAY, Week.ROLLING7);

    Span span = ReadWindow.THIS_WEEK.at(Instant.parse("2026-03-31T12:00:00Z"), rolling);

    assertThat(Instant.ofEpochMilli(span.startMs())).isEqualTo("2026-03-24T23:00:00Z");
    assertThat(Instant.ofEpochMilli(span.endMs())).isEqualTo("2026-03-31T22:00:00Z");
  }

  @Test
  void aZoneWhoseMidnightLiesBetweenQuartersIsRefused() {
    assertThatThrownBy(() -> in("+05:07")).hasMessageContaining("15 minutes");
  }
}
