package dev.newsfeed.app;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A day's articles and the clicks on them, always the same for the same beginning. Less than half of the
 * readers have a visitor key; a fifth have nothing that tells them apart, so that nothing but the job's
 * own care keeps these from being counted twice. Others come late, come back, click twice, retry,
 * share an event id, come from one network or all day long, are no readers, or have a wrong clock.
 */
final class ReadersOfTheDay {

  private static final int EARLY = 30; // articles that are there from the beginning
  private static final int KNOWN = 36; // and those that come later
  private static final int CLICKED = 40; // the last four never become articles
  private static final long SEED = 20_251_123;
  private static final List<String> SECTIONS = List.of("world", "sport", "culture");
  private static final int FANS_FAVOURITE = 2;
  private static final int FANS = 3;
  private static final List<String> SUSPICIONS =
      List.of("bot", "prefetch", "staff", "monitor", "invented");

  private final Instant begun;
  private final int clicks;

  ReadersOfTheDay(Instant begun, int clicks) {
    this.begun = begun;
    this.clicks = clicks;
  }

  static String articleId(int number) {
    return "oracle-" + number;
  }

  /** What is published before anybody reads. */
  List<PublishedArticle> early() {
    return articles(0, EARLY);
  }

  /** What is published after it was read: new articles, one that has moved, one that is withdrawn. */
  List<PublishedArticle> later() {
    List<PublishedArticle> later = new ArrayList<>(articles(EARLY, KNOWN));
    later.add(published(1, 2, "culture"));
    later.add(PublishedArticle.newBuilder()
        .setArticleId(articleId(0))
        .setVersion(2)
        .setStatus(Status.canceled)
        .setChange(Change.withdrawn)
        .setChangedAt(begun)
        .build());
    return later;
  }

  private List<PublishedArticle> articles(int from, int to) {
    List<PublishedArticle> articles = new ArrayList<>();
    for (int n = from; n < to; n++) {
      articles.add(published(n, 1, SECTIONS.get(n % SECTIONS.size())));
    }
    return articles;
  }

  private PublishedArticle published(int n, long version, String section) {
    // in pairs of the same age; every tenth is too old to be listed, unless it never ages
    Instant first =
        begun.minus(Duration.ofHours(1 + n / 2)).minus(Duration.ofDays(n % 10 == 4 ? 20 : 0));
    Article article = Article.newBuilder()
        .setArticleId(articleId(n))
        .setVersion(version)
        .setHeadline("Story " + n)
        .setSection(new Label(section, section))
        .setExtraSections(n % 5 == 0 ? List.of(new Label("weekend", "Weekend")) : List.of())
        .setKind(n % 7 == 0 ? "gallery" : "article")
        .setEvergreen(n % 20 == 4)
        .build();
    return PublishedArticle.newBuilder()
        .setArticleId(article.getArticleId())
        .setVersion(version)
        .setStatus(Status.usable)
        .setChange(version == 1 ? Change.published : Change.updated)
        .setChangedAt(begun)
        .setFirstPublished(first)
        .setFeedTime(first)
        .setArticle(article)
        .build();
  }

  /** Every click, in the order in which they are sent. */
  List<Click> clicks() {
    Random random = new Random(SEED);
    List<Click> sent = new ArrayList<>();
    List<Click> readers = new ArrayList<>(List.of(reader(random, begun)));
    while (sent.size() < clicks) {
      // the last 50 minutes go by while all are sent
      Instant at =
          begun.minus(Duration.ofMinutes(50)).plusMillis(sent.size() * 3_000_000L / clicks);
      int draw = random.nextInt(100);
      if (draw < 40) {
        readers.add(reader(random, at));
        sent.add(readers.get(readers.size() - 1));
      } else if (draw < 60) {
        sent.add(anybody(random, at).build());
      } else if (draw < 65) {
        sent.add(anybody(random, at).setNetwork(network(random)).build());
      } else if (draw < 72) {
        readers.add(anybody(random, at).setEventId(event(random)).build());
        sent.add(readers.get(readers.size() - 1));
      } else {
        sent.add(special(draw, random, at, readers.get(random.nextInt(readers.size()))));
      }
    }
    return sent;
  }

  private static Click.Builder anybody(Random random, Instant at) {
    double popularity = random.nextDouble() * random.nextDouble();
    return Click.newBuilder()
        .setArticleId(articleId((int) (CLICKED * popularity)))
        .setReceivedAtMs(at.toEpochMilli());
  }

  private static Click reader(Random random, Instant at) {
    return anybody(random, at)
        .setVisitor(random.nextLong())
        .setNetwork(network(random))
        .setEventId(random.nextInt(10) < 3 ? event(random) : null)
        .build();
  }

  private static String event(Random random) {
    return Long.toHexString(random.nextLong());
  }

  /** Two crowded ones, many others, or none. */
  private static @Nullable Long network(Random random) {
    int draw = random.nextInt(10);
    if (draw < 3) {
      return draw == 0 ? 1L : 2L;
    }
    return draw < 6 ? 100L + random.nextInt(5_000) : null;
  }

  private Click special(int draw, Random random, Instant at, Click before) {
    if (draw < 77) {
      return before; // a retry
    }
    if (draw < 82) { // again, in the same slot or the next, and not always later
      return Click.newBuilder(before)
          .setReceivedAtMs(before.getReceivedAtMs() + random.nextInt(3_000_000) - 1_500_000)
          .build();
    }
    if (draw < 84) {
      return Click.newBuilder()
          .setArticleId(articleId(FANS_FAVOURITE))
          .setReceivedAtMs(begun.toEpochMilli() - random.nextInt(86_400_000))
          .setVisitor((long) random.nextInt(FANS))
          .build();
    }
    if (draw < 87) { // somebody else with the same event, the day before or that day
      return Click.newBuilder(before)
          .setVisitor(random.nextLong())
          .setNetwork(null)
          .setReceivedAtMs(before.getReceivedAtMs() - 1_800_000 - random.nextInt(100_000_000))
          .build();
    }
    if (draw < 92) {
      String suspicion = SUSPICIONS.get(random.nextInt(SUSPICIONS.size()));
      return anybody(random, at).setSuspect(suspicion).build();
    }
    if (draw < 96) {
      return reader(random, at.minusSeconds(random.nextInt(3 * 86_400)));
    }
    if (draw < 98) {
      return reader(random, at.minus(Duration.ofDays(9)));
    }
    return reader(random, at.plus(Duration.ofDays(1 + random.nextInt(1_000))));
  }
}
