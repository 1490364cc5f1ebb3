package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No date on a click, however wrong, costs another click its place. */
class PoisonIT {

  private static final int ARTICLES = 5;
  private static final int GOOD = 1_000;

  private long stranger;

  @Test
  void clicksOfAnyDateLeaveEveryGoodOneCountedAlsoAfterALoss(@TempDir Path data) throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded();
        MostReadJob job = new MostReadJob(cluster, "poison", "exactly_once_v2")) {
      publish(job);
      NewsfeedProcess first = job.start("first", data.resolve("lost"));
      first.awaitLine("^running$");
      poison(job);
      read(job, 0, GOOD / 2);
      poison(job);
      read(job, GOOD / 2, GOOD);
      poison(job);
      job.lists().awaitEqual(job.recount());
      assertCounted(job, GOOD, 3);

      first.kill();
      poison(job);
      read(job, GOOD, GOOD + 100);
      job.start("second", data.resolve("empty"));
      job.lists().awaitEqual(job.recount());
      assertCounted(job, GOOD + 100, 4);
    }
  }

  private static void assertCounted(MostReadJob job, int good, int times) {
    long ahead = (long) times * ARTICLES * ahead(job).size();
    long longAgo = (long) times * ARTICLES * longAgo(job).size();
    for (String window : List.of("now", "today", "this-week")) {
      MostReadList list = Objects.requireNonNull(job.lists().list(window + "/all"));
      assertThat(list.getReads()).as(window).isEqualTo(good + 2 * ahead);
      assertThat(list.getRefused())
          .as(window)
          .isEqualTo(Map.of("too-late", 3 * longAgo, "bot", ahead));
    }
  }

  /** Dates that have not come: such clicks count when the broker got them. */
  private static List<Long> ahead(MostReadJob job) {
    return List.of(
        job.begun().plus(Duration.ofMinutes(50)).toEpochMilli(),
        job.begun().plus(Duration.ofDays(30)).toEpochMilli(),
        Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli(),
        Long.MAX_VALUE);
  }

  /** Dates of which no list speaks any more. */
  private static List<Long> longAgo(MostReadJob job) {
    return List.of(
        0L, -1L, Long.MIN_VALUE, job.begun().minus(Duration.ofDays(9)).toEpochMilli());
  }

  /** On every article clicks of each date: somebody with a key, somebody without, and a bot. */
  private void poison(MostReadJob job) {
    for (int article = 0; article < ARTICLES; article++) {
      for (long date : ahead(job)) {
        send(job, click(article, date));
        send(job, click(article, date).setVisitor(--stranger));
        send(job, click(article, date).setSuspect("bot"));
      }
      for (long date : longAgo(job)) {
        send(job, click(article, date));
        send(job, click(article, date).setVisitor(--stranger));
        send(job, click(article, date).setSuspect("bot"));
      }
    }
    job.flush();
  }

  private static Click.Builder click(int article, long date) {
    return Click.newBuilder().setArticleId("good-" + article).setReceivedAtMs(date);
  }

  private static void send(MostReadJob job, Click.Builder click) {
    job.send(job.topics().clicks, click.getArticleId(), click.build());
  }

  /** Readers of now, each with a key of their own. */
  private static void read(MostReadJob job, int from, int to) {
    for (int reader = from; reader < to; reader++) {
      long now = Instant.now().toEpochMilli();
      send(job, click(reader % ARTICLES, now).setVisitor((long) reader));
    }
    job.flush();
  }

  private static void publish(MostReadJob job) {
    IntStream.range(0, ARTICLES).forEach(n -> {
      Article article = Article.newBuilder()
          .setArticleId("good-" + n)
          .setVersion(1)
          .setHeadline("Story " + n)
          .setSection(new Label("world", "World"))
          .build();
      PublishedArticle published = PublishedArticle.newBuilder()
          .setArticleId(article.getArticleId())
          .setVersion(1)
          .setStatus(Status.usable)
          .setChange(Change.published)
          .setChangedAt(job.begun())
          .setFirstPublished(job.begun())
          .setFeedTime(job.begun())
          .setArticle(article)
          .build();
      job.send(job.topics().published, article.getArticleId(), published);
    });
    job.flush();
  }
}
