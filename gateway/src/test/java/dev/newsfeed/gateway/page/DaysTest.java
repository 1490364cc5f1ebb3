package dev.newsfeed.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.gateway.Samples;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaysTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Days at(String now) {
    return new Days(BERLIN, Clock.fixed(Instant.parse(now), BERLIN));
  }

  private static FeedEntry entry(String at) {
    return Samples.entry(Samples.published(Samples.article("a").build(), Instant.parse(at)));
  }

  @Test
  void entriesStandUnderTheNewsroomsDays() {
    List<FeedEntry> entries = Stream.of(
            "2026-01-01T08:00:00Z",
            "2025-12-31T23:00:00Z", // midnight in Berlin
            "2025-12-31T22:59:59Z",
            "2025-12-30T22:59:59Z")
        .map(DaysTest::entry)
        .toList();

    List<Days.Day> days = at("2026-01-01T09:00:00Z").group(entries);

    assertThat(days)
        .extracting(Days.Day::heading)
        .containsExactly("Today", "Yesterday", "30 December 2025");
    assertThat(days)
        .extracting(Days.Day::date)
        .containsExactly("2026-01-01", "2025-12-31", "2025-12-30");
    assertThat(days).extracting(day -> day.entries().size()).containsExactly(2, 1, 1);
  }

  @Test
  void dayOfTwentyFiveHoursIsOneDay() {
    List<FeedEntry> entries = Stream.of("2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z")
        .map(DaysTest::entry)
        .toList();

    assertThat(at("2026-10-26T09:00:00Z").group(entries))
        .extracting(Days.Day::heading)
        .containsExactly("Yesterday");
  }

  @Test
  void timeIsAsShortAsItCanBe() {
    Days days = at("2026-03-02T09:00:00Z");

    assertThat(days.when(Instant.parse("2026-03-01T23:05:00Z"))).isEqualTo("00:05");
    assertThat(days.when(Instant.parse("2026-03-01T22:05:00Z"))).isEqualTo("1 Mar");
    assertThat(days.when(Instant.parse("2025-03-02T09:00:00Z"))).isEqualTo("2 Mar 2025");
  }

  @Test
  void nothingHasNoDay() {
    assertThat(at("2026-03-02T09:00:00Z").group(List.of())).isEmpty();
    assertThat(Days.asTheyAre(List.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Europe/Berlin, Europe/Berlin", "Z, UTC", "UTC, UTC", "UTC+01:00, +01:00"})
  void zoneIsNamedAsBrowsersKnowIt(String zone, String name) {
    assertThat(new Days(ZoneId.of(zone), Clock.systemUTC()).zoneName()).isEqualTo(name);
  }
}
