package dev.newsfeed.streams.mostread;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What most-read lists must show, in the most obvious way: every article and every read is looked at
 * for every list. Shares nothing with what it is held against but the settings.
 */
final class NaiveLists {

  /** An article as it is now. Sections: its own first, then the others; empty: it is in none. */
  record Story(
      String id,
      boolean published,
      boolean usable,
      boolean meant,
      boolean evergreen,
      List<String> sections,
      boolean firstIsOwn,
      String kind,
      Instant firstPublished,
      Instant feedTime) {

    @Nullable
    String ownSection() {
      return firstIsOwn && !sections.isEmpty() ? sections.get(0) : null;
    }

    boolean isIn(String scope) {
      return scope.equals("all")
          || published && scope.equals("kind/" + kind)
          || published && sections.stream().anyMatch(slug -> scope.equals("section/" + slug));
    }
  }

  /** A click, counted or refused. */
  record Clicked(String articleId, Instant at, @Nullable String refusedFor) {}

  /** What an editor has decided. */
  record Decision(
      boolean excluded,
      @Nullable Integer rank,
      @Nullable Boolean evergreen,
      @Nullable Integer ageLimitDays,
      Instant at) {}

  /** A list: {@code "1 a17 23 pinned"}. */
  record Shown(long reads, Map<String, Long> refused, List<String> entries, int minutesOfNow) {}

  private record Row(Story story, long reads) {}

  final Map<String, Story> stories = new TreeMap<>();
  final List<Clicked> clicks = new ArrayList<>();
  final Map<String, Decision> decisions = new LinkedHashMap<>();
  private final ListRules rules;

  NaiveLists(ListRules rules) {
    this.rules = rules;
  }

  Shown list(ReadWindow window, NewsroomCalendar calendar, String scope, Instant now) {
    if (window != ReadWindow.NOW) {
      return over(window, calendar, 0, scope, now);
    }
    Shown best = over(window, calendar, 60, scope, now);
    if (rules.nowAtLeast() == 0) {
      return best;
    }
    long most = withReads(scope, 60, now);
    for (int minutes : List.of(180, 360)) {
      long more = withReads(scope, minutes, now);
      if (most < rules.nowAtLeast() && more > most) {
        best = over(window, calendar, minutes, scope, now);
        most = more;
      }
    }
    return best;
  }

  private Shown over(
      ReadWindow window, NewsroomCalendar calendar, int minutes, String scope, Instant now) {
    long reads = 0;
    Map<String, Long> refused = new TreeMap<>();
    for (Clicked click : clicks) {
      Story story = stories.get(click.articleId());
      boolean inScope = story == null ? scope.equals("all") : story.isIn(scope);
      if (inScope && isIn(click.at(), window, calendar, minutes, now)) {
        if (click.refusedFor() == null) {
          reads++;
        } else {
          refused.merge(click.refusedFor(), 1L, Long::sum);
        }
      }
    }
    List<Row> rows = byReads(window, calendar, minutes, scope, now);
    List<Row> pins = pinned(window, calendar, minutes, scope, now);
    List<Row> all = new ArrayList<>(rows);
    int next = 0;
    for (Row pin : pins) {
      int wanted = rank(pin) - 1;
      next = Math.min(Math.max(wanted, next), all.size());
      all.add(next, pin);
      next++;
    }
    List<String> entries = new ArrayList<>();
    for (Row row : all.subList(0, Math.min(rules.size(), all.size()))) {
      entries.add((entries.size() + 1) + " " + row.story().id() + " " + row.reads()
          + (pins.contains(row) ? " pinned" : ""));
    }
    return new Shown(reads, refused, entries, minutes);
  }

  private long withReads(String scope, int minutes, Instant now) {
    NewsroomCalendar any = new NewsroomCalendar(ZoneId.of("UTC"), DayOfWeek.MONDAY);
    List<Row> all = new ArrayList<>(byReads(ReadWindow.NOW, any, minutes, scope, now));
    all.addAll(pinned(ReadWindow.NOW, any, minutes, scope, now));
    return all.stream().filter(row -> row.reads() >= rules.floor()).count();
  }

  private List<Row> byReads(
      ReadWindow window, NewsroomCalendar calendar, int minutes, String scope, Instant now) {
    List<Row> rows = new ArrayList<>();
    for (Story story : stories.values()) {
      long reads = reads(story, window, calendar, minutes, now);
      if (reads >= rules.floor()
          && mayStand(story, scope)
          && rank(story) == null
          && story.meant()
          && !isTooOld(story, now)) {
        rows.add(new Row(story, reads));
      }
    }
    rows.sort(Comparator.comparing((Row row) -> -row.reads())
        .thenComparing(row -> -row.story().firstPublished().toEpochMilli())
        .thenComparing(row -> row.story().id()));
    return rows;
  }

  private List<Row> pinned(
      ReadWindow window, NewsroomCalendar calendar, int minutes, String scope, Instant now) {
    List<Row> pins = new ArrayList<>();
    for (Story story : stories.values()) {
      if (rank(story) != null && mayStand(story, scope)) {
        pins.add(new Row(story, reads(story, window, calendar, minutes, now)));
      }
    }
    pins.sort(Comparator.comparing((Row row) -> rank(row))
        .thenComparing(row -> -decisions.get(row.story().id()).at().toEpochMilli())
        .thenComparing(row -> row.story().id()));
    return pins.subList(0, Math.min(rules.size(), pins.size()));
  }

  private int rank(Row row) {
    Integer rank = rank(row.story());
    return rank == null ? 0 : rank;
  }

  private @Nullable Integer rank(Story story) {
    Decision decision = decisions.get(story.id());
    return decision == null || decision.rank() == null || decision.rank() < 1
        ? null
        : decision.rank();
  }

  private boolean mayStand(Story story, String scope) {
    return story.published()
        && story.usable()
        && story.isIn(scope)
        && !isExcluded(story.id())
        && !isExcluded(scope)
        && !isExcluded("section/" + story.ownSection());
  }

  private boolean isExcluded(String key) {
    return decisions.containsKey(key) && decisions.get(key).excluded();
  }

  private boolean isTooOld(Story story, Instant now) {
    Decision own = decisions.get(story.id());
    Decision section = decisions.get("section/" + story.ownSection());
    Duration age = Duration.between(story.feedTime(), now);
    if (own != null && Boolean.TRUE.equals(own.evergreen())) {
      return false;
    }
    if (own != null && own.ageLimitDays() != null) {
      return age.compareTo(Duration.ofDays(own.ageLimitDays())) > 0;
    }
    if (story.evergreen() && (own == null || own.evergreen() == null)) {
      return false;
    }
    if (section != null && section.ageLimitDays() != null) {
      return age.compareTo(Duration.ofDays(section.ageLimitDays())) > 0;
    }
    return age.compareTo(rules.ageLimit()) > 0;
  }

  private long reads(
      Story story, ReadWindow window, NewsroomCalendar calendar, int minutes, Instant now) {
    return clicks.stream()
        .filter(click -> click.refusedFor() == null)
        .filter(click -> click.articleId().equals(story.id()))
        .filter(click -> isIn(click.at(), window, calendar, minutes, now))
        .count();
  }

  static boolean isIn(
      Instant at, ReadWindow window, NewsroomCalendar calendar, int minutes, Instant now) {
    LocalDate date = LocalDate.ofInstant(at, calendar.zone());
    LocalDate today = LocalDate.ofInstant(now, calendar.zone());
    if (window == ReadWindow.NOW) {
      long minute = Math.floorDiv(at.getEpochSecond(), 60);
      long present = Math.floorDiv(now.getEpochSecond(), 60);
      return minute <= present && minute > present - minutes;
    } else if (window == ReadWindow.TODAY) {
      return date.equals(today);
    } else if (calendar.week() == NewsroomCalendar.Week.ROLLING7) {
      return !date.isAfter(today) && date.isAfter(today.minusDays(7));
    }
    LocalDate first = today;
    while (first.getDayOfWeek() != calendar.firstDayOfWeek()) {
      first = first.minusDays(1);
    }
    return !date.isBefore(first) && date.isBefore(first.plusDays(7));
  }
}
