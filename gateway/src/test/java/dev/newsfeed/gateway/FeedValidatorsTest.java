package dev.newsfeed.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.feed.Feeds;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.FeedEntries;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.stream.Stream;
import org.eclipse.jetty.util.Fields;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ETag and Last-Modified against what a reader sees. */
class FeedValidatorsTest {

  private static final List<String> FEEDS = List.of("all", "section/world", "section/sport");
  private static final List<String> FORMATS = List.of("json", "rss", "atom");
  private static final int LIMIT = 15;

  @TempDir
  Path directory;

  private static final class SetClock extends Clock {
    private Instant now = Samples.NINE;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("nobody asks for another zone");
    }
  }

  /** A gateway that is told what stands on the topics, each partition at its own pace. */
  private static final class TestGateway implements AutoCloseable {

    private final List<SimulatedNewsroom.Told> log = new ArrayList<>();
    private final List<Queue<SimulatedNewsroom.Told>> partitions =
        List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
    private final Path directory;
    private final Clock clock;
    private Archive archive;
    private News news;
    private Feeds feeds;
    private long offset;

    TestGateway(Path directory, Clock clock) {
      this.directory = directory;
      this.clock = clock;
      start();
    }

    private void start() {
      archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
      news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 2, Map.of()));
      feeds = new Feeds(news, new Addresses(URI.create("https://news.example")), "Meridian", clock);
    }

    /** Heads are read from the beginning again, articles from where the archive ends. */
    void restart() {
      archive.close();
      start();
      log.stream().filter(told -> told.feed() != null).forEach(this::take);
      news.batchDone(clock.instant());
    }

    void tell(SimulatedNewsroom.Told told) {
      int articles = Math.floorMod(told.key().hashCode(), 2);
      partitions.get(told.feed() == null ? articles : 2).add(told);
    }

    void read(int partition) {
      SimulatedNewsroom.Told told = partitions.get(partition).poll();
      if (told != null) {
        log.add(told);
        take(told);
      }
    }

    /** Nothing is left unread for longer, as in a gateway that has caught up. */
    void readAllBefore(Instant moment) {
      for (int partition = 0; partition < 3; partition++) {
        while (!partitions.get(partition).isEmpty()
            && partitions.get(partition).element().at().isBefore(moment)) {
          read(partition);
        }
      }
    }

    void take(SimulatedNewsroom.Told told) {
      if (told.feed() != null) {
        news.feed(told.key(), told.feed());
      } else {
        news.published(0, offset++, told.key(), told.article());
      }
    }

    Answer get(String path) {
      String[] parts = path.split("\\?", 2);
      Fields query = new Fields(true);
      String raw = parts.length == 1 ? "" : parts[1];
      for (String parameter : raw.split("&", -1)) {
        String[] named = parameter.split("=", 2);
        query.add(named[0], named.length == 1 ? "" : named[1]);
      }
      return feeds.answer(new Ask("GET", parts[0], raw, query, List.of(), ""));
    }

    @Override
    public void close() {
      archive.close();
    }
  }

  /** A document, and what of the newsroom's state can be seen in it. */
  private record Watched(String path, String feedId, Cursor after) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void etagChangesExactlyWithWhatAReaderSees(long seed) {
    Random random = new Random(seed);
    SetClock clock = new SetClock();
    SimulatedNewsroom newsroom = new SimulatedNewsroom(random, clock.now);
    Map<String, String> hashes = new HashMap<>();
    Map<String, String> seen = new HashMap<>();
    int changes = 0;
    int rewritten = 0;
    try (TestGateway gateway = new TestGateway(directory, clock)) {
      Cursor middle = new Cursor(Samples.NINE.minusSeconds(50), "v0");
      for (int step = 0; step < 150; step++) {
        clock.now = clock.now.plusMillis(random.nextInt(900));
        newsroom.now = clock.now;
        boolean only = step > 5 && random.nextInt(3) == 0; // heads are written anew, as they are
        if (!only) {
          gateway.take(newsroom.anything());
        }
        FEEDS.forEach(feedId -> gateway.take(newsroom.head(feedId)));
        gateway.news.batchDone(clock.now);
        for (Watched watched : watched(middle)) {
          String hash = gateway.get(watched.path()).content().hash();
          String now = visible(newsroom, watched);
          String last = hashes.put(watched.path(), hash);
          String before = seen.put(watched.path(), now);
          if (last != null) {
            assertThat(hash.equals(last))
                .as("step %d %s%n%s%n%s", step, watched.path(), before, now)
                .isEqualTo(now.equals(before));
            changes += hash.equals(last) ? 0 : 1;
            rewritten += only ? 1 : 0;
          }
        }
      }
    }
    assertThat(changes).isGreaterThan(300);
    assertThat(rewritten).isGreaterThan(300);
  }

  private static List<Watched> watched(Cursor middle) {
    List<Watched> watched = new ArrayList<>();
    for (String format : FORMATS) {
      for (String feedId : FEEDS) {
        watched.add(
            new Watched("/feeds/" + feedId + "." + format + "?limit=" + LIMIT, feedId, null));
      }
      String later = "?after=" + middle.token() + "&limit=" + LIMIT;
      watched.add(new Watched("/feeds/all." + format + later, "all", middle));
      String merged = "/feeds." + format + "?sections=world,sport&limit=" + LIMIT;
      watched.add(new Watched(merged, "all", null));
    }
    return watched;
  }

  /** What a person could tell apart: who it is from, what it says, what goes on below. */
  private static String visible(SimulatedNewsroom newsroom, Watched watched) {
    boolean json = watched.path().contains("json");
    List<PublishedArticle> all = SimulatedNewsroom.inFeed(newsroom.articles, watched.feedId());
    List<PublishedArticle> rest = all.stream()
        .filter(a -> watched.after() == null || Cursor.of(a).compareTo(watched.after()) > 0)
        .toList();
    String below = "end";
    if (rest.size() > LIMIT) {
      Instant last = FeedEntries.feedTime(rest.get(LIMIT - 1));
      // which archive comes next depends on the day of what is behind, here always the same
      below = last + rest.get(LIMIT - 1).getArticleId();
    }
    return Stream.concat(
            Stream.of(below, json ? "" + all.size() : ""),
            rest.stream().limit(LIMIT).map(a -> article(a, json)))
        .toList()
        .toString();
  }

  private static String article(PublishedArticle a, boolean json) {
    var article = a.getArticle();
    return Stream.of(
            a.getArticleId(),
            article.getHeadline(),
            article.getBodyHtml(),
            article.getSection(),
            article.getTopics(),
            article.getPhotos(),
            a.getFirstPublished(),
            Samples.entry(a).getUpdated(),
            json ? a.getVersion() + " " + a.getFeedTime() : "")
        .toList()
        .toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noLastModifiedEverStandsForTwoContents(long seed) {
    Random random = new Random(seed);
    SetClock clock = new SetClock();
    SimulatedNewsroom newsroom = new SimulatedNewsroom(random, clock.now);
    Map<String, String> contents = new HashMap<>();
    int told = 0;
    try (TestGateway one = new TestGateway(directory.resolve("one"), clock);
        TestGateway two = new TestGateway(directory.resolve("two"), clock)) {
      List<TestGateway> gateways = List.of(one, two);
      for (int step = 0; step < 1_500; step++) {
        // bursts within a second, and quiet minutes in which dates are told
        clock.now = clock.now.plusMillis(random.nextInt(40) == 0 ? 15_000 : random.nextInt(400));
        newsroom.now = clock.now;
        if (random.nextInt(3) == 0) {
          SimulatedNewsroom.Told event = newsroom.anything();
          gateways.forEach(gateway -> gateway.tell(event));
          String feedId = FEEDS.get(random.nextInt(FEEDS.size()));
          SimulatedNewsroom.Told head = newsroom.head(feedId);
          gateways.forEach(gateway -> gateway.tell(head));
        }
        for (TestGateway gateway : gateways) {
          if (random.nextInt(400) == 0) {
            gateway.restart();
          }
          gateway.readAllBefore(clock.now.minusSeconds(5));
          for (int read = random.nextInt(4); read > 0; read--) {
            gateway.read(random.nextInt(3));
          }
          gateway.news.batchDone(clock.now);
          for (String feedId : FEEDS) {
            if (gateway.news.feed(feedId).isPresent()) {
              String path = "/feeds/" + feedId + ".atom";
              Answer answer = gateway.get(path);
              if (answer.lastModified() != null) {
                told++;
                String hash = answer.content().hash();
                String key = path + " " + answer.lastModified();
                assertThat(contents.putIfAbsent(key, hash)).as(key).isIn(null, hash);
              }
            }
          }
        }
      }
    }
    assertThat(told).isGreaterThan(50);
  }
}
