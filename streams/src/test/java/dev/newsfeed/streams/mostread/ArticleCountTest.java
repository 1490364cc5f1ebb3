package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.newsfeed.avro.Click;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which clicks on an article are reads, whatever the order they come in. */
class ArticleCountTest {

  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long BEGIN = 20_514 * DAY;
  private static final Span ALL_DAYS = new Span(BEGIN, BEGIN + 3 * DAY);

  private static ArticleCount count(ReadRules rules, List<Click> clicks) {
    ArticleCount article = new ArticleCount("a", rules, new Retention());
    clicks.forEach(click -> article.count(ClickView.of(click), click.getReceivedAtMs()));
    article.settle();
    return article;
  }

  private static Click click(
      int minute, @Nullable Long visitor, @Nullable String event, @Nullable Long network) {
    // built by hand: a builder copies each field's default, and there are many clicks here
    return new Click("a", BEGIN + minute * MINUTE, event, visitor, network, null);
  }

  private static ClickView view(
      int minute, @Nullable Long visitor, @Nullable String event, @Nullable Long network) {
    return ClickView.of(click(minute, visitor, event, network));
  }

  private static Map<String, Long> refused(ArticleCount article) {
    Map<String, Long> refused = new TreeMap<>();
    article.addRefused(ALL_DAYS, refused);
    return refused;
  }

  // ---- the model: plain loops over all clicks, day by day

  private record Visit(
      long day, int minute, String who, boolean dayLong, String event, long network) {
    long at() {
      return day * 1440 + minute;
    }
  }

  private record Counted(List<Long> readMinutes, Map<String, List<Long>> refusedMinutes) {}

  private static Counted model(ReadRules rules, List<Click> clicks) {
    List<Long> reads = new ArrayList<>();
    Map<String, List<Long>> refused = new HashMap<>();
    List<Visit> visits = new ArrayList<>();
    int nameless = 0;
    for (Click click : clicks) {
      long minute = click.getReceivedAtMs() / MINUTE;
      String event = click.getEventId() == null ? "" : click.getEventId();
      long network = click.getNetwork() == null ? 0 : click.getNetwork();
      boolean byVisitor = click.getVisitor() != null && !rules.slot().isZero();
      if (!byVisitor && event.isEmpty() && network == 0) {
        reads.add(minute);
        continue;
      }
      String who = byVisitor
          ? "visitor " + click.getVisitor()
          : event.isEmpty() ? "nobody " + nameless++ : "event " + event;
      visits.add(new Visit(minute / 1440, (int) (minute % 1440), who, !byVisitor, event, network));
    }
    // 1: the earliest click of a visitor in a slot
    Map<String, List<Visit>> bySlot = visits.stream()
        .collect(Collectors.groupingBy(v -> v.who() + " " + v.day() + " "
            + (v.dayLong() ? 0 : v.minute() / rules.slot().toMinutes())));
    List<Visit> firsts = new ArrayList<>();
    for (List<Visit> same : bySlot.values()) {
      List<Visit> sorted = new ArrayList<>(same);
      sorted.sort(Comparator.comparingInt(Visit::minute)
          .thenComparing(v -> v.event().isEmpty() ? 0 : hash(v.event()), Long::compareUnsigned)
          .thenComparing(
              v -> v.network() == 0 ? 0 : ReadRules.network(v.network()),
              Integer::compareUnsigned));
      firsts.add(sorted.get(0));
      sorted.stream().skip(1).forEach(v -> refuse(refused, "repeat", v.at()));
    }
    // 2: the earliest of an event, none when the day before has it
    List<Visit> events = new ArrayList<>();
    for (Visit visit : firsts) {
      boolean repeated = false;
      for (Visit other : firsts) {
        repeated |= !visit.event().isEmpty()
            && other.event().equals(visit.event())
            && (other.day() == visit.day() - 1
                || (other.day() == visit.day() && isBefore(other, visit)));
      }
      if (repeated) {
        refuse(refused, "repeat", visit.at());
      } else {
        events.add(visit);
      }
    }
    // 3: the first of a visitor
    List<Visit> valid = new ArrayList<>();
    group(
            events,
            v -> v.dayLong() ? v.who() + v.hashCode() + events.indexOf(v) : v.who() + " " + v.day())
        .forEach(same -> {
          for (int i = 0; i < same.size(); i++) {
            if (i < rules.visitorReads()) {
              valid.add(same.get(i));
            } else {
              refuse(refused, "visitor-cap", same.get(i).at());
            }
          }
        });
    // 4: the first of a network
    group(valid, v -> "" + v.day()).forEach(ofDay -> {
      Map<Long, Long> sizes = ofDay.stream()
          .filter(v -> v.network() != 0)
          .collect(Collectors.groupingBy(Visit::network, Collectors.counting()));
      long cap = cap(
          rules,
          sizes.values(),
          ofDay.size() - sizes.values().stream().mapToLong(s -> s).sum());
      group(ofDay, v -> "" + v.network()).forEach(same -> {
        for (int i = 0; i < same.size(); i++) {
          if (same.get(i).network() == 0 || i < cap) {
            reads.add(same.get(i).at());
          } else {
            refuse(refused, "network-cap", same.get(i).at());
          }
        }
      });
    });
    return new Counted(reads, refused);
  }

  /** Tries every number, the largest that fits is it. */
  private static long cap(ReadRules rules, Iterable<Long> sizes, long others) {
    long largest = 0;
    for (int cap = 0; cap <= 500; cap++) {
      long total = others;
      for (long size : sizes) {
        total += Math.min(size, cap);
      }
      if (cap <= rules.networkFloor() || cap * 100L <= total * rules.networkPercent()) {
        largest = cap;
      }
    }
    return largest;
  }

  private static boolean isBefore(Visit a, Visit b) {
    if (a.minute() != b.minute()) {
      return a.minute() < b.minute();
    }
    int byKey = Long.compareUnsigned(key(a), key(b));
    return byKey != 0 ? byKey < 0 : !a.dayLong() && b.dayLong();
  }

  private static long key(Visit visit) {
    return visit.dayLong()
        ? hash(visit.event())
        : Long.parseLong(visit.who().substring("visitor ".length()));
  }

  private static long hash(String event) {
    return ReadRules.hash(event.getBytes(UTF_8), event.length());
  }

  private static List<List<Visit>> group(List<Visit> visits, Function<Visit, String> by) {
    List<List<Visit>> groups =
        new ArrayList<>(visits.stream().collect(Collectors.groupingBy(by)).values());
    groups.forEach(g -> g.sort(Comparator.comparingLong(Visit::at)));
    return groups;
  }

  private static void refuse(Map<String, List<Long>> refused, String reason, long minute) {
    refused.computeIfAbsent(reason, r -> new ArrayList<>()).add(minute);
  }

  // ---- random clicks

  static List<Long> seeds() {
    return new Random(17).longs(1_500).boxed().toList();
  }

  private static ReadRules rules(Random random) {
    return new ReadRules(
        Duration.ofMinutes(List.of(0, 1, 30, 30, 30, 240).get(random.nextInt(6))),
        1 + random.nextInt(4),
        1 + random.nextInt(5),
        List.of(0, 10, 30, 100).get(random.nextInt(4)));
  }

  private static List<Click> clicks(Random random) {
    List<Click> clicks = new ArrayList<>();
    int visitors = 1 + random.nextInt(30);
    int networks = 1 + random.nextInt(8);
    int events = 1 + random.nextInt(30);
    int days = 1 + random.nextInt(3);
    int minutes = 1 + random.nextInt(1440);
    for (int i = random.nextInt(120); i > 0; i--) {
      int minute = random.nextInt(days) * 1440 + random.nextInt(minutes);
      Long visitor = random.nextInt(4) == 0 ? null : (long) random.nextInt(visitors) - 5;
      String event = random.nextInt(2) == 0 ? null : "e" + random.nextInt(events);
      Long network = random.nextInt(4) == 0 ? null : 1L + random.nextInt(networks);
      clicks.add(click(minute, visitor, event, network));
    }
    return clicks;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void countsEqualThePlainModelInAnyOrderAndAfterARestart(long seed) {
    Random random = new Random(seed);
    ReadRules rules = rules(random);
    List<Click> clicks = clicks(random);
    Counted expected = model(rules, clicks);
    Collections.shuffle(clicks, random);
    ArticleCount article = new ArticleCount("a", rules, new Retention());
    Map<String, ByteBuffer> log = new HashMap<>();
    for (Click click : clicks) {
      article.count(ClickView.of(click), click.getReceivedAtMs());
      if (random.nextInt(10) == 0) {
        article.settle();
      }
      if (random.nextInt(20) == 0) {
        commit(article, log);
      }
      if (random.nextInt(30) == 0) {
        article.days().forEach(ReadsOfDay::rest);
      }
    }
    article.settle();
    commit(article, log);

    assertCounts("seed " + seed, article, expected);
    ArticleCount restored = restored(article, rules, log, random);
    assertCounts("seed " + seed + ", restored", restored, expected);
    assertThat(restored.days()).noneMatch(ReadsOfDay::hasUnwritten);
  }

  private static void commit(ArticleCount article, Map<String, ByteBuffer> log) {
    for (ReadsOfDay day : article.days()) {
      day.writeChanged((chunk, rows) -> log.put(day.day() + "|" + chunk, rows));
    }
  }

  private static ArticleCount restored(
      ArticleCount former, ReadRules rules, Map<String, ByteBuffer> log, Random random) {
    ArticleCount article = new ArticleCount("a", rules, new Retention());
    List<String> keys = new ArrayList<>(log.keySet());
    Collections.shuffle(keys, random); // compaction keeps the last of each, in no order we know
    for (String key : keys) {
      String[] dayChunk = key.split("\\|");
      article.restore(Long.parseLong(dayChunk[0]), Integer.parseInt(dayChunk[1]), log.get(key));
    }
    article.restore(TOPICS
        .serde(dev.newsfeed.avro.state.CountedArticle.class)
        .read(
            "t",
            TOPICS
                .serde(dev.newsfeed.avro.state.CountedArticle.class)
                .write("t", former.counts())));
    article.restored();
    article.settle();
    return article;
  }

  private static void assertCounts(String what, ArticleCount article, Counted expected) {
    for (Span span : spans()) {
      Map<String, Long> refused = new TreeMap<>();
      article.addRefused(span, refused);
      Map<String, Long> expectedRefused = new TreeMap<>();
      expected.refusedMinutes().forEach((reason, minutes) -> {
        long count = minutes.stream().filter(m -> span.contains(m * MINUTE)).count();
        if (count > 0) {
          expectedRefused.put(reason, count);
        }
      });
      assertThat(refused).as(what).isEqualTo(expectedRefused);
      assertThat(article.reads(0, span))
          .as(what)
          .isEqualTo(expected.readMinutes().stream()
              .filter(m -> span.contains(m * MINUTE))
              .count());
    }
  }

  private static List<Span> spans() {
    return List.of(
        ALL_DAYS,
        new Span(BEGIN + 17 * MINUTE, BEGIN + 77 * MINUTE),
        new Span(BEGIN + 600 * MINUTE, BEGIN + 960 * MINUTE),
        new Span(BEGIN + 45 * MINUTE, BEGIN + 45 * MINUTE + DAY));
  }

  // ---- what it is for

  @Test
  void manyCookiesOfOneNetworkAddAtMostTheirShare() {
    List<Click> clicks = new ArrayList<>();
    IntStream.range(0, 100).forEach(i -> clicks.add(click(i, (long) i, null, 1_000L + i)));
    IntStream.range(0, 5_000).forEach(i -> clicks.add(click(i % 1440, 10_000L + i, null, 7L)));

    ArticleCount article = count(new ReadRules(Duration.ofMinutes(30), 12, 10, 10), clicks);

    assertThat(article.reads(0, ALL_DAYS)).isEqualTo(100 + 11); // 11 is a tenth of 111
    assertThat(refused(article)).containsOnly(Map.entry("network-cap", 4_989L));
  }

  @Test
  void aLargeNetworkAmongManyReadersCountsInFull() {
    List<Click> clicks = new ArrayList<>();
    IntStream.range(0, 1_000).forEach(i -> clicks.add(click(i, (long) i, null, 1_000L + i)));
    IntStream.range(0, 100).forEach(i -> clicks.add(click(i, 10_000L + i, null, 7L)));

    ArticleCount article = count(ReadRules.DEFAULT, clicks);

    assertThat(article.reads(0, ALL_DAYS)).isEqualTo(1_100);
  }

  @Test
  void whatIsOverACapIsCountedWhenOthersComeAndRaiseIt() {
    ArticleCount article = new ArticleCount("a", ReadRules.DEFAULT, new Retention());
    IntStream.range(0, 30).forEach(i -> article.count(view(i, (long) i, null, 7L), BEGIN + i));
    article.settle();
    assertThat(article.reads(0, ALL_DAYS)).isEqualTo(20);

    IntStream.range(0, 300)
        .forEach(i -> article.count(view(i, 100L + i, null, 100L + i), BEGIN + i));
    article.settle();

    assertThat(article.reads(0, ALL_DAYS)).isEqualTo(330);
    assertThat(refused(article)).isEmpty();
  }

  @Test
  void aMonitorThatReloadsAllDayAddsAFewReads() {
    List<Click> clicks = new ArrayList<>();
    IntStream.range(0, 1_440).forEach(i -> clicks.add(click(i, 1L, "e" + i, 1L)));

    ArticleCount article = count(ReadRules.DEFAULT, clicks);

    assertThat(article.reads(0, ALL_DAYS)).isEqualTo(12);
    assertThat(refused(article))
        .containsOnly(Map.entry("visitor-cap", 36L), Map.entry("repeat", 1_392L));
  }

  @Test
  void anEventThatIsSentAgainInALaterSlotIsARepeat() {
    ArticleCount article =
        count(ReadRules.DEFAULT, List.of(click(75, 1L, "e", 1L), click(10, 1L, "e", 1L)));

    assertThat(article.reads(0, ALL_DAYS)).isEqualTo(1);
    assertThat(article.reads(1, new Span(BEGIN, BEGIN + 60 * MINUTE))).isEqualTo(1);
    assertThat(refused(article)).containsOnly(Map.entry("repeat", 1L));
  }

  @Test
  void countingGoesOnWhenSlotsAreGivenUp() {
    List<Click> clicks = new ArrayList<>();
    IntStream.range(0, 8).forEach(i -> clicks.add(click(i * 30, 1L, null, null)));
    ArticleCount before = count(ReadRules.DEFAULT, clicks);
    Map<String, ByteBuffer> log = new HashMap<>();
    commit(before, log);

    ArticleCount after =
        restored(before, new ReadRules(Duration.ZERO, 12, 20, 100), log, new Random(1));

    assertThat(after.reads(0, ALL_DAYS)).isEqualTo(8);
  }

  /** Under one key of an index they would take minutes. */
  @Test
  void clicksThatNameNobodyCostNoMoreThanOthers() {
    ArticleCount article =
        new ArticleCount("a", new ReadRules(Duration.ZERO, 12, 20, 100), new Retention());

    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
      for (int i = 0; i < 300_000; i++) {
        article.count(view(i % 1_440, null, i % 3 == 0 ? "e" + i : null, 7L), BEGIN + i);
      }
      article.settle();
    });

    assertThat(article.reads(0, ALL_DAYS)).isEqualTo(300_000);
  }

  @Test
  void aShorterChangelogReplacesALongerOneWhenTheSlotIsLonger() {
    List<Click> clicks = new ArrayList<>();
    IntStream.range(0, 240).forEach(i -> clicks.add(click(i, 1L, null, null)));
    ReadRules minutes = new ReadRules(Duration.ofMinutes(1), 1_000, 20, 10);
    ArticleCount before = count(minutes, clicks);
    Map<String, ByteBuffer> log = new HashMap<>();
    commit(before, log);
    assertThat(log).hasSize(4);

    ArticleCount after =
        restored(before, new ReadRules(Duration.ofHours(1), 1_000, 20, 10), log, new Random(1));
    assertThat(after.reads(0, ALL_DAYS)).isEqualTo(4);
    Set<Integer> gone = new HashSet<>();
    after.days().get(0).writeChanged((chunk, rows) -> {
      if (rows == null) {
        gone.add(chunk);
      }
    });

    assertThat(gone).containsExactlyInAnyOrder(1, 2, 3);
  }
}
