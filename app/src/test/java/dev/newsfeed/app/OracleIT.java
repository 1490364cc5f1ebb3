package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.app.JobGroup.Member;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances of the most-read job, both stopped at the worst moment, in the midst of a commit: the
 * broker has their changelogs, but not their positions. One is killed there; the other is frozen until
 * its work is another's, and then goes on with its commit. The lists equal a recount all the same, and
 * would not without transactions.
 */
class OracleIT {

  private static final int CLICKS = 15_000;
  private static final int BATCHES = 6;

  @SuppressWarnings("NullAway.Init") // before all
  private static KafkaCluster cluster;

  @BeforeAll
  static void startKafka() {
    cluster = KafkaCluster.embedded();
  }

  @AfterAll
  static void stopKafka() {
    cluster.close();
  }

  @Test
  void killedAndFrozenInTheMidstOfCommitsItCountsEveryReadOnce(@TempDir Path data)
      throws Exception {
    try (MostReadJob job = new MostReadJob(cluster, "exact", "exactly_once_v2")) {
      List<Click> rest = crash(job, data);
      job.lists().awaitEqual(job.recount());

      job.stopAll();
      send(job, rest);
      job.start("elsewhere", data.resolve("nothing-kept"));
      MostReadRecount recount = job.recount();
      assertThat(recount.clicks()).isEqualTo(CLICKS);
      job.lists().awaitEqual(recount);
      assertThat(job.rejected()).isEqualTo(BATCHES);
      assertThat(Objects.requireNonNull(job.lists().list("today/all")).getRefused())
          .as("nothing was left out of the load")
          .containsKeys(
              "bot",
              "prefetch",
              "staff",
              "monitor",
              "suspect",
              "repeat",
              "too-late",
              "visitor-cap",
              "network-cap");
    }
  }

  /** Otherwise the test above would prove nothing. */
  @Test
  void withoutTransactionsTheSameCrashesDoubleReadsAndLoseSome(@TempDir Path data)
      throws Exception {
    try (MostReadJob job = new MostReadJob(cluster, "wrong", "at_least_once")) {
      send(job, crash(job, data));
      try (JobGroup group = job.group()) {
        group.awaitCommitted(job.topics().clicks);
      }

      MostReadRecount recount = job.recount();
      assertThat(recount.clicks()).isEqualTo(CLICKS);
      // far longer than lists need to follow counts
      await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(6)).until(() -> {
        MostReadList shown = Objects.requireNonNull(job.lists().list("this-week/all"));
        return shown.getReads() != recount.list(shown).reads();
      });
    }
  }

  /** What befalls the two instances; returns the clicks that were not sent yet. */
  private static List<Click> crash(MostReadJob job, Path data)
      throws IOException, InterruptedException {
    ReadersOfTheDay readers = new ReadersOfTheDay(job.begun(), CLICKS);
    List<Click> clicks = readers.clicks();
    publish(job, readers.early());
    exclude(job, ReadersOfTheDay.articleId(3));
    try (JobGroup group = job.group()) {
      NewsfeedProcess killed = job.start("killed", data.resolve("killed"));
      NewsfeedProcess frozen = job.start("frozen", data.resolve("frozen"));
      killed.awaitLine("^running$");
      frozen.awaitLine("^running$");
      Member before = group.awaitSharedBy("killed", "frozen").get("frozen");
      send(job, clicks.subList(0, 5_000));
      group.awaitCommitted(job.topics().clicks); // with no position at all it would not start again
      stopInCommit(killed);
      stopInCommit(frozen);
      send(job, clicks.subList(5_000, 8_000));
      killed.awaitLine("^stopped$");
      frozen.awaitLine("^stopped$");

      frozen.freeze();
      killed.kill();
      Instant since = Instant.now();
      send(job, clicks.subList(8_000, 11_000));
      job.start("again", data.resolve("killed")).awaitLine("^running$");
      assertThat(group.awaitSharedBy("again").get("again").partitions())
          .as("what the frozen one had is another's")
          .containsAll(before.partitions());
      publish(job, readers.later());
      send(job, clicks.subList(11_000, 13_000));
      group.awaitCommitted(job.topics().clicks);
      assertThat(Duration.between(since, Instant.now())).isGreaterThan(MostReadMain.SESSION);

      frozen.thaw();
      frozen.tell("go on");
      assertThat(group.awaitSharedBy("again", "frozen").get("frozen").id())
          .as("it was thrown out and had to join anew")
          .isNotEqualTo(before.id());
      send(job, clicks.subList(13_000, 14_000));
      return clicks.subList(14_000, CLICKS);
    }
  }

  private static void stopInCommit(NewsfeedProcess instance) throws IOException {
    instance.tell("stop");
    instance.awaitLine("^understood: stop$");
  }

  private static void publish(MostReadJob job, List<PublishedArticle> articles) {
    articles.forEach(a -> job.send(job.topics().published, a.getArticleId(), a));
    job.flush();
  }

  private static void exclude(MostReadJob job, String articleId) {
    Control control = Control.newBuilder()
        .setKey(articleId)
        .setExcluded(true)
        .setBy("test")
        .setAt(job.begun())
        .build();
    job.send(job.topics().controls, articleId, control);
    job.flush();
  }

  /** Sends a batch of clicks and with it what is none. */
  private static void send(MostReadJob job, List<Click> clicks) {
    Topic<Click> topic = job.topics().clicks;
    job.send(topic, clicks.get(0).getArticleId(), "no click".getBytes(UTF_8));
    clicks.forEach(click -> job.send(topic, click.getArticleId(), click));
    job.flush();
  }
}
