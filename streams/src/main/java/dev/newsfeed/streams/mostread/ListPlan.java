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
 * place 0  around all others
 *       1  now, 60 minutes      4  today         6  today@tokyo
 *       2  now, 180 minutes     5  this-week     7  this-week@tokyo
 *       3  now, 360 minutes
 * </pre>
 *
 * "Now" is the same in every edition, so it is ranked once. The places that widen it are there only
 * when it may be widened. What has no reads at place 0 has none anywhere.
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
        nowMinutes.add(minutes);
        wider.add(nowMinutes.size());
      }
    }
    lines.add(new Line(ReadWindow.NOW, editions.get(0), 1, wider));
    int place = 1 + nowMinutes.size();
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

  /** What the places add up at this moment, by place. */
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
    spans.add(0, around(spans));
    return spans;
  }

  /**
   * A span around all others. Its bounds move once a day at most, so that a sum over it is hardly
   * ever taken anew.
   */
  private static Span around(List<Span> spans) {
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
