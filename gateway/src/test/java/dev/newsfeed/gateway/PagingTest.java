package dev.newsfeed.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.archive.FeedChoice;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.EventLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Feeds that are paged to their end while articles come, go and move. */
class PagingTest {

  private static final List<String> FEEDS = List.of("all", "section/world", "section/sport");
  private static final int STEADY = 260;
  private static final int STEPS = 200;

  @TempDir
  Path directory;

  private News news;
  private long offset;
  private int walks;

  private interface Pages {
    FeedPage page(Cursor after, int limit);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void nothingThatWasThereAllTheTimeIsSkippedOrRepeated(long seed) throws Exception {
    Random random = new Random(seed);
    SimulatedNewsroom newsroom = new SimulatedNewsroom(random, Samples.NINE);
    ExecutorService readers = Executors.newFixedThreadPool(2);
    try (Archive archive =
        Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1))) {
      news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 1, Map.of()));
      for (int i = 0; i < STEADY; i++) {
        String section = i % 2 == 0 ? "world" : "sport";
        take(newsroom.publish("steady" + i, section, Samples.NINE.minusMillis(i * 400L)));
      }
      FEEDS.forEach(feedId -> take(newsroom.head(feedId)));
      news.batchDone(newsroom.now);
      Map<String, PublishedArticle> steady = new TreeMap<>(newsroom.articles);
      AtomicBoolean done = new AtomicBoolean();
      List<Future<Integer>> walking = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        Random own = new Random(seed * 31 + reader);
        walking.add(readers.submit(walking(steady, own, done)));
      }

      happen(newsroom, random);

      done.set(true);
      for (Future<Integer> walk : walking) {
        walks += walk.get(60, TimeUnit.SECONDS);
      }
      assertThat(walks).isGreaterThan(4);
    } finally {
      readers.shutdownNow();
    }
  }

  /** The jobs that write heads lag up to eight seconds behind what is published. */
  private void happen(SimulatedNewsroom newsroom, Random random) {
    Deque<Map<String, PublishedArticle>> past = new ArrayDeque<>();
    for (int step = 0; step < STEPS; step++) {
      newsroom.now = newsroom.now.plusMillis(200);
      SimulatedNewsroom.Told told = newsroom.anything();
      past.addLast(new TreeMap<>(newsroom.articles));
      if (past.size() > 40) {
        past.removeFirst();
      }
      boolean headFirst = random.nextInt(10) == 0; // topics are read side by side
      if (headFirst) {
        FEEDS.forEach(feedId -> take(newsroom.head(feedId)));
      }
      take(told);
      if (random.nextInt(4) == 0) {
        int lag = random.nextInt(past.size());
        Map<String, PublishedArticle> heard = new ArrayList<>(past).get(past.size() - 1 - lag);
        take(newsroom.head(heard, FEEDS.get(random.nextInt(FEEDS.size()))));
      }
      news.batchDone(newsroom.now);
      Thread.yield();
    }
  }

  private void take(SimulatedNewsroom.Told told) {
    if (told.feed() != null) {
      news.feed(told.key(), told.feed());
    } else {
      news.published(0, offset++, told.key(), told.article());
    }
  }

  private Callable<Integer> walking(
      Map<String, PublishedArticle> steady, Random random, AtomicBoolean done) {
    FeedSummary merged = new FeedSummary("merged", "Merged", 0, 0, Instant.EPOCH);
    FeedChoice both = FeedChoice.of(List.of(Set.of("section/world", "section/sport")));
    FeedChoice galleries =
        FeedChoice.of(List.of(Set.of("section/world", "section/sport"), Set.of("kind/gallery")));
    return () -> {
      int times = 0;
      do {
        for (String feedId : FEEDS) {
          walk(
              (after, limit) -> news.page(feedId, after, limit).orElseThrow(),
              ids(SimulatedNewsroom.inFeed(steady, feedId)),
              random);
        }
        walk(
            (after, limit) -> news.page(merged, both, after, limit),
            ids(SimulatedNewsroom.inFeed(steady, "all")),
            random);
        walk(
            (after, limit) -> news.page(merged, galleries, after, limit),
            ids(SimulatedNewsroom.inFeed(steady, "kind/gallery")),
            random);
        times++;
      } while (!done.get());
      return times;
    };
  }

  private static List<String> ids(List<PublishedArticle> articles) {
    return articles.stream().map(PublishedArticle::getArticleId).toList();
  }

  private static void walk(Pages pages, List<String> steady, Random random) {
    List<String> seen = new ArrayList<>();
    List<Cursor> places = new ArrayList<>();
    Cursor after = null;
    do {
      FeedPage page = pages.page(after, 10 + random.nextInt(91));
      page.items().forEach(item -> {
        seen.add(item.entry().getArticleId());
        places.add(Cursor.after(item.entry()));
      });
      after = page.next();
    } while (after != null);
    assertThat(places).isSorted();
    assertThat(new HashSet<>(seen)).hasSameSizeAs(seen);
    assertThat(seen.stream().filter(id -> id.startsWith("steady")).toList()).isEqualTo(steady);
  }
}
