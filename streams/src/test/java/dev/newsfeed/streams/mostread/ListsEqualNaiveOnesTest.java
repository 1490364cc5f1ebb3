package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import dev.newsfeed.streams.mostread.NaiveLists.Clicked;
import dev.newsfeed.streams.mostread.NaiveLists.Decision;
import dev.newsfeed.streams.mostread.NaiveLists.Shown;
import dev.newsfeed.streams.mostread.NaiveLists.Story;
import dev.newsfeed.streams.mostread.NewsroomCalendar.Week;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random newsrooms over some hours or days, each list held against the naive one after every step:
 * once ranked over all articles at once, once by partitions that are merged.
 */
class ListsEqualNaiveOnesTest {

  static {
    Objects.requireNonNull(TestPipeline.TOPICS); // from then on Avro trusts our records
  }

  private static final List<String> ZONES = List.of(
      "Europe/Berlin",
      "Asia/Kathmandu",
      "Pacific/Chatham",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Africa/Cairo",
      "America/New_York",
      "Pacific/Kiritimati",
      "UTC");

  /** Around the days on which clocks change, the turn of the year, and any day. */
  private static final List<String> DAYS = List.of(
      "2026-03-28",
      "2026-10-24",
      "2026-04-04",
      "2026-09-26",
      "2026-04-23",
      "2026-10-29",
      "2026-03-07",
      "2026-10-31",
      "2026-12-30",
      "2026-06-06");

  private static final List<String> SECTIONS = List.of("world", "sport", "arts");
  private static final List<String> KINDS = List.of("article", "gallery");
  private static final List<Duration> STEPS = List.of(
      Duration.ofMillis(1),
      Duration.ofSeconds(59),
      Duration.ofMinutes(1),
      Duration.ofMinutes(14),
      Duration.ofMinutes(61),
      Duration.ofHours(5),
      Duration.ofHours(13),
      Duration.ofHours(25));

  static List<Long> seeds() {
    return new Random(4).longs(100).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void listsEqualNaiveOnesHoweverTheyArePartitioned(long seed) {
    Random random = new Random(seed);
    Newsroom newsroom = new Newsroom(random);
    for (int step = 0; step < 5; step++) {
      newsroom.somethingHappens();
      newsroom.timePasses();
      Map<String, MostReadList> merged = newsroom.byPartitions();
      Map<String, MostReadList> atOnce = newsroom.atOnce();

      String as = "seed " + seed + ", step " + step;
      assertThat(shown(merged)).as(as).isEqualTo(newsroom.naive());
      assertThat(shown(atOnce)).as(as).isEqualTo(shown(merged));
    }
  }

  private static Map<String, Shown> shown(Map<String, MostReadList> lists) {
    Map<String, Shown> shown = new TreeMap<>();
    lists.forEach((key, list) -> shown.put(key, shown(list)));
    return shown;
  }

  private static Shown shown(MostReadList list) {
    int widened = Objects.requireNonNullElse(list.getWidenedToMinutes(), 60);
    return new Shown(
        list.getReads(),
        new TreeMap<>(list.getRefused()),
        list.getEntries().stream()
            .map(entry -> entry.getRank() + " " + entry.getArticleId() + " " + entry.getReads()
                + (entry.getPinned() ? " pinned" : ""))
            .toList(),
        list.getWindow().equals("now") ? widened : 0);
  }

  /** What happens in a newsroom, told to the naive lists and to the true ones. */
  private static final class Newsroom {
    private final Random random;
    private final Edition own;
    private final ListRules rules;
    private final NaiveLists naive;
    private final Merging merging;
    private final Map<String, ArticleCount> counts = new HashMap<>();
    private final Set<String> scopes = new TreeSet<>(Set.of("all"));
    private final List<LocalLists> partitions = new ArrayList<>();
    private final Map<String, Map<Integer, LocalList>> parts = new TreeMap<>();
    private Instant now;

    Newsroom(Random random) {
      this.random = random;
      Week week = random.nextInt(3) == 0 ? Week.ROLLING7 : Week.CALENDAR;
      own = new Edition("", calendar(week));
      int size = 3 + random.nextInt(6);
      rules = new ListRules(
          size,
          1 + random.nextInt(3),
          Duration.ofDays(2 + random.nextInt(13)),
          random.nextInt(size + 1),
          random.nextBoolean() ? List.of() : List.of(new Edition("far", calendar(week))));
      naive = new NaiveLists(rules);
      merging = new Merging(own.calendar(), rules);
      int many = 1 + random.nextInt(6);
      for (int i = 0; i < many; i++) {
        partitions.add(new LocalLists(i, own.calendar(), rules));
      }
      now = Instant.parse(any(DAYS) + "T00:00:00Z").plusSeconds(random.nextInt(3 * 86_400));
    }

    private NewsroomCalendar calendar(Week week) {
      return new NewsroomCalendar(ZoneId.of(any(ZONES)), DayOfWeek.of(1 + random.nextInt(7)), week);
    }

    private <T> T any(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    private String anyId() {
      return "a" + random.nextInt(16);
    }

    private ArticleCount count(String id) {
      return counts.computeIfAbsent(
          id, i -> new ArticleCount(i, ReadRules.DEFAULT, new Retention()));
    }

    void somethingHappens() {
      for (int i = 0; i < 12; i++) {
        publish();
      }
      for (int i = 0; i < 60; i++) {
        click();
      }
      for (int i = 0; i < 3; i++) {
        decide();
      }
    }

    /** Publishes, moves, withdraws, withholds or restores an article. */
    private void publish() {
      List<String> sections = new ArrayList<>();
      int many = random.nextInt(4);
      for (int i = 0; i < many; i++) {
        sections.add(any(SECTIONS)); // also twice
      }
      // two dates only, so that there are ties
      Instant first = Instant.EPOCH.plus(Duration.ofDays(random.nextInt(2)));
      Story story = new Story(
          anyId(),
          random.nextInt(8) > 0,
          random.nextInt(8) > 0,
          random.nextInt(8) > 0,
          random.nextInt(8) == 0,
          sections,
          random.nextInt(4) > 0,
          any(KINDS),
          first,
          now.minus(Duration.ofHours(random.nextInt(20 * 24))));
      naive.stories.put(story.id(), story);
      ArticleCount article = count(story.id());
      article.list(listing(story));
      scopes.addAll(Ranking.scopes(article.listing()));
    }

    private static @Nullable Listing listing(Story story) {
      if (!story.published()) {
        return null;
      }
      List<Label> labels = new ArrayList<>();
      story.sections().forEach(slug -> labels.add(News.label(slug)));
      Label section = story.ownSection() == null ? null : labels.remove(0);
      return new Listing(
          "Headline",
          null,
          story.kind(),
          section,
          labels,
          story.firstPublished(),
          story.feedTime(),
          story.usable(),
          story.meant(),
          story.evergreen());
    }

    private void click() {
      Instant at = switch (random.nextInt(4)) {
        case 0 -> now.minusMillis(random.nextInt(400 * 60_000));
        case 1 -> now.minusMillis(random.nextInt(8 * 86_400_000));
        case 2 -> midnight(own, -random.nextInt(8)).plusMillis(random.nextInt(3) - 1);
        default -> now.minus(Duration.ofMinutes(random.nextInt(400)));
      };
      if (at.isAfter(now)) {
        return;
      }
      // some are read far more than others
      String id = "a" + (random.nextInt(16) * random.nextInt(16)) / 15;
      String refusedFor = random.nextInt(6) == 0 ? any(List.of("bot", "repeat")) : null;
      naive.clicks.add(new Clicked(id, at, refusedFor));
      if (refusedFor == null) {
        long atMs = at.toEpochMilli();
        count(id).count(ClickView.of(new Click(id, atMs, null, null, null, null)), atMs);
      } else {
        count(id).refuse(refusedFor, at.toEpochMilli(), 1);
      }
    }

    private void decide() {
      String key = random.nextInt(4) == 0 ? "section/" + any(SECTIONS) : anyId();
      if (random.nextInt(5) == 0) {
        naive.decisions.remove(key);
        return;
      }
      naive.decisions.put(
          key,
          new Decision(
              random.nextInt(5) == 0,
              random.nextInt(2) == 0 ? random.nextInt(rules.size() + 4) : null,
              random.nextInt(4) == 0 ? random.nextBoolean() : null,
              random.nextInt(3) == 0 ? random.nextInt(10) : null,
              now.minusSeconds(random.nextInt(3))));
    }

    void timePasses() {
      Instant before = now;
      now = switch (random.nextInt(3)) {
        case 0 -> midnight(own, 1).plusMillis(random.nextInt(3) - 1);
        case 1 -> midnight(any(editions()), 1).plusMillis(random.nextInt(3) - 1);
        default -> now.plus(any(STEPS));
      };
      now = now.isBefore(before) ? before : now;
    }

    private List<Edition> editions() {
      List<Edition> editions = new ArrayList<>(rules.editions());
      editions.add(own);
      return editions;
    }

    private Instant midnight(Edition edition, int days) {
      ZoneId zone = edition.calendar().zone();
      return LocalDate.ofInstant(now, zone).plusDays(days).atStartOfDay(zone).toInstant();
    }

    private Controls controls() {
      Map<String, Control> controls = new HashMap<>();
      naive.decisions.forEach((key, decision) -> controls.put(
          key,
          Control.newBuilder()
              .setKey(key)
              .setExcluded(decision.excluded())
              .setPinnedRank(decision.rank())
              .setEvergreen(decision.evergreen())
              .setAgeLimitDays(decision.ageLimitDays())
              .setBy("desk")
              .setAt(decision.at())
              .build()));
      return new Controls(controls);
    }

    /** As the job does it: what is no news to a partition is not told again. */
    Map<String, MostReadList> byPartitions() {
      for (int i = 0; i < partitions.size(); i++) {
        int partition = i;
        List<ArticleCount> own = counts.values().stream()
            .filter(a -> Math.floorMod(a.articleId().hashCode(), partitions.size()) == partition)
            .toList();
        partitions
            .get(i)
            .news(own, scopes, controls(), now, 0)
            .forEach((key, list) ->
                parts.computeIfAbsent(key, k -> new TreeMap<>()).put(partition, list));
      }
      Map<String, MostReadList> merged = new TreeMap<>();
      parts.forEach((key, lists) ->
          merged.putAll(merging.merge(List.copyOf(lists.values()), null, now).byKey()));
      return merged;
    }

    Map<String, MostReadList> atOnce() {
      Map<String, MostReadList> lists = new TreeMap<>();
      new LocalLists(0, own.calendar(), rules)
          .news(counts.values(), new HashSet<>(scopes), controls(), now, 0)
          .forEach((key, list) ->
              lists.putAll(merging.merge(List.of(list), null, now).byKey()));
      return lists;
    }

    /** The naive list under each key. */
    Map<String, Shown> naive() {
      Map<String, Shown> shown = new TreeMap<>();
      for (String scope : scopes) {
        for (Edition edition : editions()) {
          for (ReadWindow window : ReadWindow.values()) {
            String key = window.label() + "/" + scope
                + (edition.name().isEmpty() ? "" : "@" + edition.name());
            shown.put(key, naive.list(window, edition.calendar(), scope, now));
          }
        }
      }
      return shown;
    }
  }
}
