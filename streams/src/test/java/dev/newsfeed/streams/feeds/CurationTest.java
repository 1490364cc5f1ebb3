package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.Answer;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Memberships;
import dev.newsfeed.avro.state.NumberedList;
import dev.newsfeed.avro.state.Pick;
import dev.newsfeed.avro.state.Pickers;
import dev.newsfeed.avro.state.Picks;
import dev.newsfeed.schemas.FeedEntries;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Editors' lists as a rule, with every way between list, articles and feed as slow as it likes. */
class CurationTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final String FEED = "curated/top-stories";
  private static final int ARTICLES = 6;
  private static final int PARTITIONS = 3;

  static List<Long> seeds() {
    return new Random(11).longs(300).boxed().toList();
  }

  /** A newsroom whose messages wait in queues, as they do on partitions, until they are delivered. */
  private static final class Newsroom {
    final Random random;
    final List<CuratedFeed> set = new ArrayList<>();
    /** For each list, how new each of its articles was when it entered. */
    final List<Map<String, Long>> newAs = new ArrayList<>();

    final Map<String, PublishedArticle> now = new HashMap<>();
    final Deque<NumberedList> lists = new ArrayDeque<>();
    final List<Deque<Object>> toArticles = queues();
    final List<Deque<EntryChange>> answers = queues();
    final Map<String, Memberships> memberships = new HashMap<>();
    final Map<String, Pickers> pickers = new HashMap<>();
    final Map<String, FeedEntry> told = new HashMap<>();
    Picks picks;
    Curation curation = Curation.NONE;

    Newsroom(long seed) {
      random = new Random(seed);
    }

    private static <T> List<Deque<T>> queues() {
      List<Deque<T>> queues = new ArrayList<>();
      IntStream.range(0, PARTITIONS).forEach(i -> queues.add(new ArrayDeque<>()));
      return queues;
    }

    private static int partition(String articleId) {
      return Math.floorMod(articleId.hashCode(), PARTITIONS);
    }

    /** An editor or a reporter does something. */
    void happen(int step) {
      if (random.nextInt(3) == 0) {
        setList(step);
      } else {
        String id = "a" + random.nextInt(ARTICLES);
        boolean gone = random.nextInt(3) == 0;
        PublishedArticle published =
            gone ? notice(id, step, NOON) : published(article(id, step).build(), NOON);
        now.put(id, published);
        toArticles.get(partition(id)).add(published);
      }
    }

    private void setList(int step) {
      List<CuratedEntry> entries = new ArrayList<>();
      IntStream.range(0, ARTICLES)
          .filter(i -> random.nextBoolean())
          .forEach(i -> entries.add(new CuratedEntry("a" + i, null)));
      if (random.nextInt(3) == 0) {
        entries.add(new CuratedEntry(
            null, new MediaLink("Title", "https://other.example/" + step, "The Other Paper")));
      }
      Collections.shuffle(entries, random);
      CuratedFeed list = new CuratedFeed(FEED, "Top " + step, entries, "mara", NOON);
      Picking.Step taken = Picking.of(FEED, list, "content " + step, NOON, picks);
      Map<String, Long> former = set.isEmpty() ? Map.of() : newAs.get(newAs.size() - 1);
      Map<String, Long> entered = new HashMap<>();
      list.getEntries().stream()
          .map(CuratedEntry::getArticleId)
          .filter(Objects::nonNull)
          .forEach(id -> entered.put(id, former.getOrDefault(id, version(id))));
      newAs.add(entered);
      set.add(list);
      picks = taken.picks();
      lists.add(taken.list());
      taken.asks().forEach((id, pick) -> toArticles.get(partition(id)).add(new Ask(id, pick)));
    }

    private long version(String articleId) {
      return now.containsKey(articleId) ? now.get(articleId).getVersion() : 0;
    }

    private record Ask(String articleId, Pick pick) {}

    /** One message arrives, of any queue that has one; false when all is quiet. */
    boolean deliver() {
      List<Runnable> possible = new ArrayList<>();
      if (!lists.isEmpty()) {
        possible.add(() -> curation = curation.with(lists.remove()));
      }
      for (int p = 0; p < PARTITIONS; p++) {
        Deque<Object> toArticle = toArticles.get(p);
        Deque<EntryChange> answer = answers.get(p);
        if (!toArticle.isEmpty()) {
          possible.add(() -> answer.addAll(reaction(toArticle.remove())));
        }
        if (!answer.isEmpty()) {
          possible.add(() -> hear(answer.remove()));
        }
      }
      if (possible.isEmpty()) {
        return false;
      }
      possible.get(random.nextInt(possible.size())).run();
      return true;
    }

    private List<EntryChange> reaction(Object message) {
      if (message instanceof Ask ask) {
        String id = ask.articleId();
        pickers.put(id, Placing.pickers(ask.pick(), pickers.get(id)));
        return List.copyOf(
            Placing.answers(id, memberships.get(id), pickers.get(id)).values());
      }
      PublishedArticle published = (PublishedArticle) message;
      String id = published.getArticleId();
      memberships.put(id, Placing.of(published, memberships.get(id)).memberships());
      return List.copyOf(
          Placing.answers(id, memberships.get(id), pickers.get(id)).values());
    }

    private void hear(EntryChange answer) {
      told.put(answer.getArticleId(), answer.getEnters());
      curation =
          curation.with(answer.getArticleId(), new Answer(answer.getAsked(), answer.getEnters()));
    }

    /** What a list shows when each of its articles is as this map says. */
    List<String> shownBy(CuratedFeed list, Map<String, FeedEntry> entries) {
      return list.getEntries().stream()
          .map(e ->
              e.getLink() != null ? e.getLink().getUrl() : describe(entries.get(e.getArticleId())))
          .filter(Objects::nonNull)
          .toList();
    }

    Map<String, FeedEntry> truth() {
      Map<String, FeedEntry> entries = new HashMap<>();
      now.forEach((id, p) -> entries.put(id, FeedEntries.of(p).orElse(null)));
      return entries;
    }

    static String describe(FeedEntry entry) {
      return entry == null ? null : entry.getLink() != null ? entry.getUrl() : entry.getHeadline();
    }

    List<String> seen() {
      return curation.entries().stream().map(Newsroom::describe).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readersAlwaysSeeOneWholeListAndInTheEndTheLatest(long seed) {
    Newsroom newsroom = new Newsroom(seed);
    long shownBefore = 0;
    for (int step = 1; step <= 60; step++) {
      newsroom.happen(step);
      for (int n = newsroom.random.nextInt(6); n > 0; n--) {
        newsroom.deliver();
        shownBefore = assertOneWholeList(newsroom, seed, shownBefore);
      }
    }

    while (newsroom.deliver()) {
      shownBefore = assertOneWholeList(newsroom, seed, shownBefore);
    }

    CuratedFeed latest = newsroom.set.get(newsroom.set.size() - 1);
    assertThat(newsroom.seen())
        .as("seed %d", seed)
        .isEqualTo(newsroom.shownBy(latest, newsroom.truth()));
    assertThat(newsroom.curation.answers()).hasSizeLessThanOrEqualTo(ARTICLES);
  }

  /** Of the list that is shown, readers see each article exactly as it last told this feed. */
  private static long assertOneWholeList(Newsroom newsroom, long seed, long shownBefore) {
    NumberedList shown = newsroom.curation.shown();
    if (shown == null) {
      assertThat(newsroom.seen()).isEmpty();
      return 0;
    }
    CuratedFeed asSet = newsroom.set.get((int) shown.getNumber() - 1);
    assertThat(newsroom.seen())
        .as("seed %d, list %d", seed, shown.getNumber())
        .isEqualTo(newsroom.shownBy(asSet, newsroom.told));
    Map<String, Long> newAs = newsroom.newAs.get((int) shown.getNumber() - 1);
    assertThat(newsroom.curation.entries())
        .as("seed %d: nothing from before an article entered", seed)
        .allMatch(e -> e.getLink() != null || e.getVersion() >= newAs.get(e.getArticleId()));
    assertThat(shown.getNumber()).as("seed %d", seed).isGreaterThanOrEqualTo(shownBefore);
    return shown.getNumber();
  }

  private static CuratedFeed list(String... articleIds) {
    List<CuratedEntry> entries = new ArrayList<>();
    for (String id : articleIds) {
      entries.add(new CuratedEntry(id, null));
    }
    return new CuratedFeed(FEED, "Top stories", entries, "mara", NOON);
  }

  @Test
  void whatAnArticleSaidBeforeItLeftAndCameBackIsOutOfDate() {
    Picking.Step first = Picking.of(FEED, list("a"), "1", NOON, null);
    Picking.Step second = Picking.of(FEED, list(), "2", NOON, first.picks());
    Picking.Step third = Picking.of(FEED, list("a"), "3", NOON, second.picks());
    FeedEntry old = FeedEntries.of(published(article("a", 1).build(), NOON)).orElseThrow();

    Curation curation = Curation.NONE
        .with(first.list())
        .with(second.list())
        .with(third.list())
        .with("a", new Answer(1L, old));

    assertThat(curation.entries()).isEmpty();
    assertThat(curation.with("a", new Answer(3L, old)).entries()).containsExactly(old);
  }

  @Test
  void articleThatStaysIsNotAskedAgain() {
    Picking.Step first = Picking.of(FEED, list("a", "b"), "1", NOON, null);

    Picking.Step second = Picking.of(FEED, list("b", "c"), "2", NOON, first.picks());

    assertThat(first.asks()).containsOnlyKeys("a", "b");
    assertThat(second.asks()).containsOnlyKeys("c");
    assertThat(second.list().getPlaces())
        .extracting("articleId", "asked")
        .containsExactly(tuple("b", 1L), tuple("c", 2L));
  }

  @Test
  void articlesThatLeftLongAgoAreLetGo() {
    Picks picks = null;
    Map<String, Boolean> listening = new HashMap<>();
    for (int n = 1; n <= 40; n++) {
      int from = n * 100;
      String[] ids =
          IntStream.range(from, from + 100).mapToObj(i -> "a" + i).toArray(String[]::new);
      Picking.Step step = Picking.of(FEED, list(ids), "list " + n, NOON, picks);
      picks = step.picks();
      step.asks().forEach((id, pick) -> listening.put(id, !pick.getLetGo()));
    }

    assertThat(picks.getPicks()).hasSize(Picking.REMEMBERED);
    assertThat(listening.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(3_100, 4_100).mapToObj(i -> "a" + i).toList());
  }
}
