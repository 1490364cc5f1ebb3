package dev.newsfeed.streams.mostread;

import dev.newsfeed.schemas.MostReadKeys;
import dev.newsfeed.streams.mostread.NewsroomCalendar.Week;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists by a calendar of their own, over the same counts as all others: readers in Tokyo have
 * another "today".
 *
 * @param name stands in the keys of its lists, {@code today/section/world@tokyo}; empty: the
 *     newsroom's own, whose keys end with the scope
 */
public record Edition(String name, NewsroomCalendar calendar) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{0,50}");
  private static final Pattern SETTING =
      Pattern.compile("\\s*([a-z0-9-]{1,50})=([^:,\\s]+)(?::([A-Za-z]+))?\\s*");

  public Edition {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "an edition's name has at most 50 of a-z 0-9 -, is " + name);
    }
  }

  /** The newsroom's own. */
  public static Edition own(NewsroomCalendar calendar) {
    return new Edition("", calendar);
  }

  /**
   * Reads a setting such as {@code tokyo=Asia/Tokyo:monday, new-york=America/New_York:sunday}.
   * Without a day weeks begin on Monday.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static List<Edition> parse(String setting, Week week) {
    List<Edition> editions = new ArrayList<>();
    for (String one : setting.isBlank() ? new String[0] : setting.split(",", -1)) {
      Matcher parts = SETTING.matcher(one);
      if (!parts.matches()) {
        throw new IllegalArgumentException("must be name=zone:day, several joined by commas");
      }
      editions.add(new Edition(
          parts.group(1), new NewsroomCalendar(zone(parts.group(2)), day(parts.group(3)), week)));
    }
    return editions;
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("knows no time zone " + text, e);
    }
  }

  private static DayOfWeek day(@Nullable String text) {
    return text == null ? DayOfWeek.MONDAY : DayOfWeek.valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** What the key of a list ends with: the edition's name after its mark, or nothing. */
  static String suffix(String key) {
    int mark = key.indexOf('@');
    return mark < 0 ? "" : key.substring(mark);
  }

  /** The key of one of its lists. */
  String key(ReadWindow window, String scope) {
    return MostReadKeys.of(window.label(), scope, name);
  }
}
