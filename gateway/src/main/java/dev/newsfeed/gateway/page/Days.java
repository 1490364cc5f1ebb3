package dev.newsfeed.gateway.page;

import dev.newsfeed.avro.FeedEntry;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The newsroom's calendar: its days, as lists are grouped by them, and how pages say a time. */
final class Days {

  private static final DateTimeFormatter DATE = format("d MMMM yyyy");
  private static final DateTimeFormatter THIS_YEAR = format("d MMM");
  private static final DateTimeFormatter OTHER_YEAR = format("d MMM yyyy");
  private static final DateTimeFormatter CLOCK = format("HH:mm");

  /**
   * Entries that follow each other in a list and are of one day.
   *
   * @param date as ISO 8601 has it; empty: the list is in an order of its own
   */
  record Day(String heading, String date, List<FeedEntry> entries) {}

  private final ZoneId zone;
  private final Clock clock;

  Days(ZoneId zone, Clock clock) {
    this.zone = zone;
    this.clock = clock;
  }

  ZoneId zone() {
    return zone;
  }

  /** The zone as browsers know it, too: Java alone has "Z" and "UTC+01:00". */
  String zoneName() {
    ZoneId plain = zone.normalized();
    return plain.equals(ZoneOffset.UTC) ? "UTC" : plain.getId();
  }

  LocalDate of(Instant at) {
    return LocalDate.ofInstant(at, zone);
  }

  /** What stands above a day: "Today", "Yesterday", or its date. */
  String heading(LocalDate day) {
    LocalDate today = of(clock.instant());
    if (day.equals(today)) {
      return "Today";
    }
    return day.equals(today.minusDays(1)) ? "Yesterday" : DATE.format(day);
  }

  /** A time as short as it can be told from others: the clock today, else the date. */
  String when(Instant at) {
    LocalDate today = of(clock.instant());
    LocalDate day = of(at);
    if (day.equals(today)) {
      return CLOCK.format(at.atZone(zone));
    }
    return (day.getYear() == today.getYear() ? THIS_YEAR : OTHER_YEAR).format(day);
  }

  /** Entries, the newest first, day by day. */
  List<Day> group(List<FeedEntry> entries) {
    List<Day> days = new ArrayList<>();
    for (FeedEntry entry : entries) {
      LocalDate date = of(entry.getFeedTime());
      if (days.isEmpty() || !days.get(days.size() - 1).date().equals(date.toString())) {
        days.add(new Day(heading(date), date.toString(), new ArrayList<>()));
      }
      days.get(days.size() - 1).entries().add(entry);
    }
    return days;
  }

  /** Entries in the order in which they are. */
  static List<Day> asTheyAre(List<FeedEntry> entries) {
    return entries.isEmpty() ? List.of() : List.of(new Day("", "", entries));
  }

  private static DateTimeFormatter format(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
  }
}
