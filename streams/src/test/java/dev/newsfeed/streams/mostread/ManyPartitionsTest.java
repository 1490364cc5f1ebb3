package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.schemas.AvroSerde;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A large newsroom in miniature time: the lists of 256 partitions, and what the merge hears of them
 * each second, however many clicks there are. The rows in {@code docs/SCALING.md} are this test's.
 */
class ManyPartitionsTest {

  private static final int PARTITIONS = 256;
  private static final int ARTICLES = 20_000;
  private static final int SECTIONS = 12;
  private static final List<String> KINDS = List.of("article", "gallery", "video", "infographic");

  /** One scope of all, and one a section and kind; in each window. */
  private static final int LISTS = (1 + SECTIONS + KINDS.size()) * ReadWindow.values().length;

  /** So long that lists without news are told of once more. */
  private static final int SECONDS = (int) LocalLists.HEARTBEAT.toSeconds();

  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  private static final NewsroomCalendar CALENDAR =
      new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY, NewsroomCalendar.Week.CALENDAR);
  private static final ListRules RULES = new ListRules(20, 1, Duration.ofDays(14), 7, List.of());

  private final List<ArticleCount> articles = new ArrayList<>();
  private final List<List<ArticleCount>> byPartition = new ArrayList<>();
  private final List<Set<String>> scopes = new ArrayList<>();
  private final List<LocalLists> partitions = new ArrayList<>();
  private final Map<String, Map<Integer, LocalList>> parts = new TreeMap<>();
  private final long[] reads = new long[ARTICLES];
  private final AvroSerde<LocalList> serde = TestPipeline.TOPICS.serde(LocalList.class);
  private final Random random = new Random(256);

  ManyPartitionsTest() {
    for (int i = 0; i < PARTITIONS; i++) {
      byPartition.add(new ArrayList<>());
      scopes.add(new TreeSet<>(Set.of(Ranking.ALL)));
      partitions.add(new LocalLists(i, CALENDAR, RULES));
    }
    for (int i = 0; i < ARTICLES; i++) {
      ArticleCount article = new ArticleCount("article-" + i, ReadRules.DEFAULT, new Retention());
      Listing listing = listing(i);
      article.list(listing);
      articles.add(article);
      byPartition.get(i % PARTITIONS).add(article);
      scopes.get(i % PARTITIONS).addAll(Ranking.scopes(listing));
    }
  }

  private static Listing listing(int article) {
    return new Listing(
        "A headline of usual length, number " + article,
        null,
        KINDS.get(article / PARTITIONS % KINDS.size()),
        News.label("section-" + article / PARTITIONS % SECTIONS),
        List.of(),
        NOON.minusSeconds(article),
        NOON.minusSeconds(article),
        true,
        true,
        false);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 10_000, 1_000_000})
  void whatTheMergeHearsIsBoundedByTicksNotByClicks(int clicksPerSecond) throws IOException {
    rank(NOON); // all is news once
    long records = 0;
    long bytes = 0;
    long most = 0;
    for (int second = 1; second <= SECONDS; second++) {
      Instant now = NOON.plusSeconds(second);
      click(clicksPerSecond, now);
      List<LocalList> heard = rank(now);
      records += heard.size();
      most = Math.max(most, heard.size());
      bytes += heard.stream().mapToLong(list -> serde.write("", list).length).sum();
    }

    assertThat(most).isLessThanOrEqualTo((long) PARTITIONS * LISTS);
    assertThat(merged("now/all")).isEqualTo(mostRead());
    String row = String.format(
        Locale.ROOT,
        "| %,d | %,d | %,d | %.1f |",
        clicksPerSecond,
        records / SECONDS,
        most,
        bytes / SECONDS / 1e6);
    assertThat(Files.readString(Path.of("../docs/SCALING.md"))).contains(row);
  }

  /** Some are read far more than others. */
  private void click(int clicks, Instant now) {
    int[] more = new int[ARTICLES];
    for (int i = 0; i < clicks; i++) {
      double at = random.nextDouble();
      more[(int) (ARTICLES * at * at * at)]++;
    }
    for (int i = 0; i < ARTICLES; i++) {
      if (more[i] > 0) {
        articles.get(i).addRead(now.toEpochMilli(), more[i]);
        reads[i] += more[i];
      }
    }
  }

  private List<LocalList> rank(Instant now) {
    List<LocalList> heard = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      int partition = i;
      partitions
          .get(i)
          .news(byPartition.get(i), scopes.get(i), Controls.NONE, now, 0)
          .forEach((key, list) -> {
            parts.computeIfAbsent(key, k -> new TreeMap<>()).put(partition, list);
            heard.add(list);
          });
    }
    return heard;
  }

  private List<String> merged(String key) {
    MostReadList list = new Merging(CALENDAR, RULES)
        .merge(List.copyOf(parts.get(key).values()), null, NOON.plusSeconds(SECONDS))
        .list();
    return list.getEntries().stream().map(ManyPartitionsTest::shown).toList();
  }

  private static String shown(MostReadEntry entry) {
    return entry.getArticleId() + " " + entry.getReads();
  }

  /** The articles with most reads; of equals the newer, which has the smaller number. */
  private List<String> mostRead() {
    return IntStream.range(0, ARTICLES)
        .boxed()
        .sorted(Comparator.comparingLong((Integer article) -> reads[article])
            .reversed()
            .thenComparing(article -> article))
        .limit(RULES.size())
        .map(article -> "article-" + article + " " + reads[article])
        .toList();
  }
}
