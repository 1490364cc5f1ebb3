package dev.newsfeed.producer.formats;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dates as feeds write them: RFC 822 with the liberties that are taken with it, or ISO 8601. */
final class NewsDates {

  /** The day of the week is left out: where it is wrong, the date is right all the same. */
  private static final Pattern WEEKDAY = Pattern.compile("^[A-Za-z]+,\\s*");

  private static final Map<String, String> ZONES = Map.of(
      "GMT", "+0000", "UT", "+0000", "UTC", "+0000", "Z", "+0000", "EST", "-0500", "EDT", "-0400",
      "CST", "-0600", "PST", "-0800", "PDT", "-0700");

  private static final Pattern ZONE = Pattern.compile("[A-Z]+$");

  /** Years of two digits are those from 1950 to 2049, as RFC 2822 has it. */
  private static final int FIRST_OF_TWO_DIGITS = 1950;

  private static final DateTimeFormatter RFC_822 = new DateTimeFormatterBuilder()
      .parseCaseInsensitive()
      .appendPattern("d MMM [uuuu]")
      .optionalStart()
      .appendValueReduced(ChronoField.YEAR, 2, 2, FIRST_OF_TWO_DIGITS)
      .optionalEnd()
      .appendPattern(" H:mm[:ss] xx")
      .toFormatter(Locale.ENGLISH);

  private NewsDates() {}

  /** The moment, to the millisecond; null when it is none. */
  static @Nullable Instant parsed(String date) {
    String text = date.strip();
    try {
      if (text.length() > 4 && text.charAt(4) == '-') {
        return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
      }
      String bare = WEEKDAY.matcher(text).replaceFirst("");
      String offset =
          ZONE.matcher(bare).replaceFirst(zone -> ZONES.getOrDefault(zone.group(), zone.group()));
      return ZonedDateTime.parse(offset, RFC_822).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
