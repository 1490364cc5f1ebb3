package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.label;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.BERLIN;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import dev.newsfeed.streams.mostread.Placing.Because;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of one article, held against the lists that the job itself makes of all. */
class ArticleRecountTest {

  private static final Instant NOON = Instant.parse("2026-03-04T11:00:00Z");
  private static final Edition OWN = Edition.own(BERLIN);
  private static final Edition TOKYO =
      Edition.parse("tokyo=Asia/Tokyo:sunday", BERLIN.week()).get(0);
  private static final List<String> SECTIONS = List.of("world", "sport", "arts");

  static List<Long> seeds() {
    return new Random(9).longs(25).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsSaidOfEachArticleIsWhatTheListsShow(long seed) {
    try (Newsroom newsroom = new Newsroom(seed)) {
      for (int step = 0; step < 4; step++) {
        newsroom.somethingHappens();
        Map<String, MostReadList> lists = newsroom.lists();
        for (Edition edition : List.of(OWN, TOKYO)) {
          for (String id : newsroom.ids()) {
            newsroom
                .explained(id, edition, lists)
                .forEach(placing -> agrees("seed " + seed + ": " + id, placing));
          }
        }
      }
      assertThat(newsroom.met).as("seed " + seed).contains(Because.READS, Because.NOT_PUBLISHED);
    }
  }

  /** Listed where and as it is said to be; and where it is not, what it lacks is what is said. */
  private static void agrees(String of, Placing placing) {
    String as = of + ", " + placing;
    MostReadEntry entry = placing.entry();
    assertThat(placing.because().isListed()).as(as).isEqualTo(entry != null);
    assertThat(placing.agrees()).as(as).isTrue();
    if (entry != null) {
      assertThat(placing.reads()).as(as).isEqualTo(entry.getReads());
    }
    if (placing.because() == Because.TOO_FEW) {
      assertThat(placing.last()).as(as).isNotNull();
      assertThat(placing.needs()).as(as).isGreaterThan(placing.reads());
    }
  }

  @Test
  void everyReasonIsMetBySomeArticle() {
    Set<Because> met = EnumSet.noneOf(Because.class);
    for (long seed : seeds()) {
      try (Newsroom newsroom = new Newsroom(seed)) {
        newsroom.somethingHappens();
        newsroom.somethingHappens();
        Map<String, MostReadList> lists = newsroom.lists();
        newsroom.ids().forEach(id -> newsroom.explained(id, OWN, lists));
        met.addAll(newsroom.met);
      }
    }
    // a list that is as old as the decision never has what is not its own
    assertThat(EnumSet.complementOf(EnumSet.copyOf(met))).containsExactly(Because.OTHER_SCOPE);
  }

  @Test
  void soManyReadsAsAreSaidToLackPutItIntoTheListAndNoFewer() {
    int tried = 0;
    for (long seed : seeds()) {
      try (Newsroom newsroom = new Newsroom(seed)) {
        newsroom.somethingHappens();
        newsroom.somethingHappens();
        for (String id : newsroom.ids()) {
          Optional<Placing> any = newsroom.explained(id, OWN, newsroom.lists()).stream()
              .filter(placing -> placing.because() == Because.TOO_FEW)
              .filter(placing -> placing.window() != ReadWindow.NOW)
              .findFirst();
          if (any.isPresent()) {
            tried++;
            Placing placing = any.get();
            newsroom.read(id, placing.needs() - placing.reads() - 1);
            assertThat(newsroom.isListed(placing)).as("seed " + seed).isFalse();
            newsroom.read(id, 1);
            assertThat(newsroom.isListed(placing)).as("seed " + seed).isTrue();
          }
        }
      }
    }
    assertThat(tried).isGreaterThan(5);
  }

  @Test
  void clicksThatAreRefusedAreSaidByReason() {
    ArticleRecount recount = recount(false);
    recount.take(News.click("a", NOON.minusSeconds(60), 1), NOON);
    recount.take(News.click("a", NOON.minusSeconds(50), 1), NOON);
    recount.take(suspect("bot"), NOON);
    recount.take(suspect("no such word"), NOON);
    recount.take(News.click("a", Instant.EPOCH, 2), NOON);

    Placing placing =
        placings(recount, published(article("a", 1).build(), NOON), Map.of()).get(0);

    assertThat(placing.key()).isEqualTo("now/all");
    assertThat(placing.reads()).isEqualTo(1);
    assertThat(placing.refused())
        .isEqualTo(Map.of("repeat", 1L, "bot", 1L, "suspect", 1L, "too-late", 1L));
    assertThat(recount.clicks()).isEqualTo(5);
  }

  @Test
  void suspectsAreReadsWhereTheGenerationCountsThem() {
    ArticleRecount recount = recount(true);
    recount.take(suspect("bot"), NOON);

    assertThat(placings(recount, null, Map.of()).get(0).reads()).isEqualTo(1);
  }

  @Test
  void listThatStillHasAnArticleOfAnotherSectionIsSaidToDiffer() {
    MostReadList left = list("now/section/sport", NOON, entry("a", 3));

    List<Placing> placings = recount(false)
        .placings(
            OWN,
            published(article("a", 1).build(), NOON),
            Map.of(),
            Map.of("now/section/sport", left));

    Placing last = placings.get(placings.size() - 1);
    assertThat(last.because()).isEqualTo(Because.OTHER_SCOPE);
    assertThat(last.agrees()).isFalse();
  }

  @Test
  void staleListSaysNothingOfWhatIsNeededNow() {
    MostReadList old = list("now/all", NOON.minusSeconds(600), entry("b", 1_000));
    ArticleRecount recount = new ArticleRecount("a", ReadRules.DEFAULT, rules(1), false, NOON);
    recount.take(News.click("a", NOON, 1), NOON);

    Placing placing = recount
        .placings(OWN, published(article("a", 1).build(), NOON), Map.of(), Map.of("now/all", old))
        .get(0);

    assertThat(placing.isStale(NOON)).isTrue();
    assertThat(placing.because()).isEqualTo(Because.READS);
    assertThat(placing.reads()).isEqualTo(1);
    assertThat(placing.end()).isEqualTo(NOON.plusSeconds(60));
  }

  @Test
  void ageLimitIsToldWithWhoHasSetIt() {
    PublishedArticle old = published(article("a", 1).build(), NOON.minus(Duration.ofDays(4)));
    Control limit =
        Control.newBuilder(decision("section/world")).setAgeLimitDays(3).build();

    Placing placing =
        placings(recount(false), old, Map.of("section/world", limit)).get(0);

    assertThat(placing.because()).isEqualTo(Because.TOO_OLD);
    assertThat(placing.decision()).isEqualTo(limit);
    assertThat(placing.ageLimit())
        .isEqualTo(new AgeLimit(AgeLimit.By.SECTION_DECISION, Duration.ofDays(3).toMillis()));
  }

  private static ArticleRecount recount(boolean countsSuspects) {
    return new ArticleRecount("a", ReadRules.DEFAULT, ListRules.DEFAULT, countsSuspects, NOON);
  }

  private static List<Placing> placings(
      ArticleRecount recount, @Nullable PublishedArticle published, Map<String, Control> decided) {
    return recount.placings(OWN, published, decided, Map.of());
  }

  private static Click suspect(String why) {
    return Click.newBuilder(News.click("a", NOON, 9)).setSuspect(why).build();
  }

  private static Control decision(String key) {
    return Control.newBuilder().setKey(key).setBy("mara").setAt(NOON).build();
  }

  private static MostReadEntry entry(String id, long reads) {
    return MostReadEntry.newBuilder()
        .setRank(1)
        .setArticleId(id)
        .setHeadline("Headline")
        .setKind("article")
        .setFirstPublished(NOON)
        .setReads(reads)
        .build();
  }

  private static MostReadList list(String key, Instant asOf, MostReadEntry... entries) {
    return MostReadList.newBuilder()
        .setWindow("now")
        .setScope(key.substring(4))
        .setAsOf(asOf)
        .setStaleAfter(asOf.plusSeconds(120))
        .setWindowStart(asOf.minusSeconds(3_540))
        .setWindowEnd(asOf.plusSeconds(60))
        .setZone("Europe/Berlin")
        .setReads(0)
        .setRefused(Map.of())
        .setEntries(List.of(entries))
        .build();
  }

  private static ListRules rules(int size) {
    return new ListRules(size, 1, Duration.ofDays(14), 0, List.of(TOKYO));
  }

  /** Some days of a newsroom with the job over it, and a record of what it was told. */
  private static final class Newsroom implements AutoCloseable {
    private final Random random;
    private final ListRules rules;
    private final TestPipeline pipeline;
    private final Map<String, PublishedArticle> published = new TreeMap<>();
    private final Map<String, Control> controls = new HashMap<>();
    private final List<Sent> clicks = new ArrayList<>();
    final Set<Because> met = EnumSet.noneOf(Because.class);

    private record Sent(Click click, Instant at) {}

    Newsroom(long seed) {
      random = new Random(seed);
      int size = 2 + random.nextInt(3);
      rules = new ListRules(
          size,
          1 + random.nextInt(2),
          Duration.ofDays(3),
          random.nextInt(size + 1),
          List.of(TOKYO));
      pipeline = new TestPipeline(
          new MostRead(TOPICS, JobClock.REAL, BERLIN, ReadRules.DEFAULT, rules, Generation.FIRST),
          NOON);
    }

    private <T> T any(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    List<String> ids() {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        ids.add("a" + i);
      }
      return ids;
    }

    void somethingHappens() {
      for (int i = 0; i < 8; i++) {
        publish(any(ids()));
      }
      for (int i = 0; i < 80; i++) {
        click(ids().get(random.nextInt(10) * random.nextInt(10) / 9));
      }
      for (int i = 0; i < 3; i++) {
        decide(random.nextInt(4) == 0 ? "section/" + any(SECTIONS) : any(ids()));
      }
      pipeline.advance(Duration.ofMinutes(random.nextInt(3) == 0 ? 600 : random.nextInt(90)));
    }

    private void publish(String id) {
      Instant at = pipeline.now().minus(Duration.ofHours(random.nextInt(5 * 24)));
      Article article = article(id, 1)
          .setSection(random.nextInt(5) == 0 ? null : label(any(SECTIONS)))
          .setExtraSections(random.nextBoolean() ? List.of() : List.of(label(any(SECTIONS))))
          .setMostReadEligible(random.nextInt(8) > 0)
          .setEvergreen(random.nextInt(8) == 0)
          .build();
      PublishedArticle now = switch (random.nextInt(8)) {
        case 0 -> notice(id, 2, at);
        case 1 ->
          PublishedArticle.newBuilder(published(article, at)).setExpired(true).build();
        default -> published(article, at);
      };
      published.put(id, now);
      pipeline.pipe(TOPICS.published, id, now);
    }

    private void click(String id) {
      Instant at = switch (random.nextInt(5)) {
        case 0 -> pipeline.now().minus(Duration.ofDays(random.nextInt(12)));
        case 1 -> pipeline.now().plusSeconds(random.nextInt(600));
        default -> pipeline.now().minus(Duration.ofMinutes(random.nextInt(300)));
      };
      click(Click.newBuilder(News.click(id, at, random.nextInt(8)))
          .setEventId(random.nextInt(4) == 0 ? "e" + random.nextInt(20) : null)
          .setNetwork(random.nextInt(3) == 0 ? 5L : null)
          .setSuspect(random.nextInt(8) == 0 ? "bot" : null)
          .build());
    }

    private void click(Click click) {
      clicks.add(new Sent(click, pipeline.now()));
      pipeline.pipe(TOPICS.clicks, click.getArticleId(), click);
    }

    /** By so many further readers, now. */
    void read(String id, long times) {
      for (long i = 0; i < times; i++) {
        click(News.click(id, pipeline.now(), 1_000 + clicks.size()));
      }
    }

    private void decide(String key) {
      boolean isSection = key.startsWith("section/");
      Control control = Control.newBuilder(decision(key))
          .setExcluded(random.nextInt(isSection ? 2 : 4) == 0)
          .setPinnedRank(isSection || random.nextBoolean() ? null : 1 + random.nextInt(3))
          .setEvergreen(random.nextInt(4) == 0 ? random.nextBoolean() : null)
          .setAgeLimitDays(random.nextInt(3) == 0 ? 1 + random.nextInt(4) : null)
          .setAt(pipeline.now())
          .build();
      controls.put(key, control);
      pipeline.pipe(TOPICS.controls, key, control);
    }

    /** As readers see them now. */
    Map<String, MostReadList> lists() {
      pipeline.advance(Duration.ofSeconds(3));
      return pipeline.table(TOPICS.mostRead);
    }

    boolean isListed(Placing placing) {
      return lists().get(placing.key()).getEntries().stream()
          .anyMatch(entry -> entry.getArticleId().equals(placing.articleId()));
    }

    List<Placing> explained(String id, Edition edition, Map<String, MostReadList> lists) {
      ArticleRecount recount =
          new ArticleRecount(id, ReadRules.DEFAULT, rules, false, pipeline.now());
      clicks.stream()
          .filter(sent -> sent.click().getArticleId().equals(id))
          .forEach(sent -> recount.take(sent.click(), sent.at()));
      List<Placing> placings = recount.placings(edition, published.get(id), controls, lists);
      placings.forEach(placing -> met.add(placing.because()));
      return placings;
    }

    @Override
    public void close() {
      pipeline.close();
    }
  }
}
