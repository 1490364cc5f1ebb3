package dev.newsfeed.streams.mostread;

import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Which lists there are of each scope, and the place where articles keep their sum for each.
 *
 * <pre>
 * place 0  now, 60 minutes      3  today         5  today@tokyo
 *       1  now, 180 minutes     4  this-week     6  this-week@tokyo
 *       2  now, 360 minutes
 * </pre>
 *
 * "Now" is the same in every edition, so it is ranked once. The places after 0 that widen it are
 * there only when it may be widened.
 */
final class ListPlan {

  private static final List<Integer> WIDER_MINUTES = List.of(180, 360);
  private static final List<ReadWindow> OF_CALENDARS =
      List.of(ReadWindow.TODAY, ReadWindow.THIS_WEEK);
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /**
   * One list of each scope.
   *
   * @param place of its sums
   * @param widerPlaces of the same list over longer times, the narrowest first
   */
  record Line(ReadWindow window, Edition edition, int place, List<Integer> widerPlaces) {}

  private final List<Edition> editions = new ArrayList<>();
  private final List<Integer> nowMinutes = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();

  ListPlan(NewsroomCalendar calendar, ListRules rules) {
    editions.add(Edition.own(calendar));
    editions.addAll(rules.editions());
    nowMinutes.add(ReadWindow.NOW_MINUTES);
    List<Integer> wider = new ArrayList<>();
    if (rules.nowAtLeast() > 0) {
      for (int minutes : WIDER_MINUTES) {
        wider.add(nowMinutes.size());
        nowMinutes.add(minutes);
      }
    }
    lines.add(new Line(ReadWindow.NOW, editions.get(0), 0, wider));
    int place = nowMinutes.size();
    for (Edition edition : editions) {
      for (ReadWindow window : OF_CALENDARS) {
        lines.add(new Line(window, edition, place++, List.of()));
      }
    }
  }

  /** All lists of a scope that are ranked. */
  List<Line> lines() {
    return lines;
  }

  /** The newsroom's own edition, and the further ones. */
  List<Edition> editions() {
    return editions;
  }

  /** What the places add up at this moment. */
  List<Span> spans(Instant now) {
    List<Span> spans = new ArrayList<>();
    for (int minutes : nowMinutes) {
      spans.add(ReadWindow.last(minutes, now));
    }
    for (Edition edition : editions) {
      for (ReadWindow window : OF_CALENDARS) {
        spans.add(window.at(now, edition.calendar()));
      }
    }
    return spans;
  }

  /**
   * A span around all others. Its bounds move once a day at most, so that a sum over it is hardly
   * ever taken anew.
   */
  static Span around(List<Span> spans) {
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Span span : spans) {
      start = Math.min(start, span.startMs());
      end = Math.max(end, span.endMs());
    }
    return new Span(
        Math.floorDiv(start, DAY_MS) * DAY_MS, Math.floorDiv(end + DAY_MS - 1, DAY_MS) * DAY_MS);
  }
}
