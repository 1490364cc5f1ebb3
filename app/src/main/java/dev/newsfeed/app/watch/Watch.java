package dev.newsfeed.app.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.app.IntakeClient;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.intake.Replay;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the whole from outside, so that a role that has died is seen by what it does not do.
 *
 * <pre>
 * canary     ──▶ intake ─▶ published ─▶ feeds ─▶ gateway's event stream    how long news takes to where
 * most-read  ──▶ how old the lists are
 * rejected   ──▶ what is refused, by stage and reason
 * groups     ──▶ how far each job is behind, and whether anybody runs it
 * </pre>
 */
public final class Watch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration LAGS_EVERY = Duration.ofSeconds(15);

  private final KafkaSettings kafka;
  private final Topics topics;
  private final IntakeClient intake;
  private final Clock clock;
  private final MeterRegistry registry;
  private final Canary canary;
  private final ListAges ages = new ListAges();
  private final MultiGauge listAges;
  private final MultiGauge lags;
  private final MultiGauge members;
  private final Admin admin;
  private final TopicFollower follower;
  private final EventFollower events;
  private final ScheduledExecutorService publishing;
  private final ScheduledExecutorService asking;

  /**
   * Begins to watch.
   *
   * @param gateway where readers reach one
   * @param every how often the canary is published
   */
  public Watch(
      KafkaSettings kafka,
      Topics topics,
      IntakeClient intake,
      URI gateway,
      Duration every,
      Clock clock,
      MeterRegistry registry) {
    this.kafka = kafka.within(LAGS_EVERY); // the next look comes then
    this.topics = topics;
    this.intake = intake;
    this.clock = clock;
    this.registry = registry;
    canary = new Canary(System::nanoTime, registry);
    listAges = MultiGauge.builder("newsfeed.list.age")
        .description("of the most-read lists over all articles, since asOf")
        .baseUnit("seconds")
        .register(registry);
    lags = MultiGauge.builder("newsfeed.job.lag")
        .description("records that the job has still to process")
        .baseUnit("records")
        .register(registry);
    members = MultiGauge.builder("newsfeed.job.members")
        .description("threads of all processes that share the job's work; 0: nobody runs it")
        .register(registry);
    Gauge.builder("newsfeed.lists", ages, ListAges::size)
        .description("most-read lists")
        .register(registry);
    Gauge.builder("newsfeed.lists.stale", ages, a -> a.stale(clock.instant()).size())
        .description("most-read lists that must not be shown as current any more")
        .register(registry);
    admin = Admin.create(this.kafka.with(Map.of("client.id", "newsfeed-watch-admin")));
    follower = TopicFollower.of(kafka, "newsfeed-watch")
        .tail(topics.published, (place, article) -> published(article))
        .tail(topics.feeds, (place, feed) -> feed(feed))
        .tail(topics.rejected, (place, refused) -> refused(refused))
        .on(topics.mostRead, (place, list) -> ages.take(place.key(), list))
        .start();
    events = new EventFollower(
        URI.create(
            gateway.toString().replaceAll("/+$", "") + "/events?windows=&feeds=" + FeedIds.CANARY),
        this::event,
        EventFollower.SILENT_AT_MOST);
    publishing = thread("newsfeed-canary");
    asking = thread("newsfeed-lags");
    repeat(publishing, "canary", this::publish, every);
    repeat(asking, "kafka", this::ask, LAGS_EVERY);
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    });
  }

  private void repeat(
      ScheduledExecutorService thread, String what, Runnable action, Duration every) {
    failures(what); // none yet, which is to be seen
    var unused = thread.scheduleAtFixedRate(
        () -> guarded(what, action), 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What fails now is tried again the next time, and counted. */
  private void guarded(String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.warn("cannot watch what={} cause={}", what, e.getMessage());
      failures(what).increment();
    }
  }

  private Counter failures(String what) {
    return Counter.builder("newsfeed.watch.failures")
        .description("looks that failed")
        .tag("what", what)
        .register(registry);
  }

  private void publish() {
    long version = clock.millis();
    canary.sent(version);
    IntakeClient.Answer answer = intake.publish(Canary.article(version));
    if (!answer.accepted()) {
      throw new IllegalStateException("the canary was refused: " + answer.problem());
    }
    canary.seen(Canary.Place.accepted, version);
  }

  private void published(@Nullable PublishedArticle article) {
    if (article != null && article.getArticleId().equals(Canary.ARTICLE_ID)) {
      canary.seen(Canary.Place.published, article.getVersion());
    }
  }

  private void feed(@Nullable Feed feed) {
    if (feed != null && feed.getFeedId().equals(FeedIds.CANARY)) {
      for (FeedEntry entry : feed.getEntries()) {
        if (Canary.ARTICLE_ID.equals(entry.getArticleId())) {
          canary.seen(Canary.Place.feed, entry.getVersion());
        }
      }
    }
  }

  private void event(JsonNode data) {
    if (data.path("articleId").asText().equals(Canary.ARTICLE_ID)) {
      canary.seen(Canary.Place.subscriber, data.path("version").asLong());
    }
  }

  private void refused(@Nullable Rejected refused) {
    if (refused != null && !refused.getReason().equals(Replay.REPLAYED)) {
      Counter.builder("newsfeed.refused")
          .description("what was refused, wherever; it is kept on the topic rejected")
          .tags("stage", refused.getStage(), "reason", refused.getReason())
          .register(registry)
          .increment();
    }
  }

  private void ask() {
    List<MultiGauge.Row<?>> records = new ArrayList<>();
    List<MultiGauge.Row<?>> threads = new ArrayList<>();
    for (JobLag lag : JobLag.all(admin, kafka, topics)) {
      Tags job = Tags.of("job_name", lag.job());
      records.add(MultiGauge.Row.of(job, lag.records()));
      threads.add(MultiGauge.Row.of(job, lag.members()));
    }
    lags.register(records, true);
    members.register(threads, true);
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    ages.ofAll(clock.instant())
        .forEach((list, age) -> rows.add(MultiGauge.Row.of(
            Tags.of("list", list),
            ages,
            a -> a.ofAll(clock.instant()).getOrDefault(list, Duration.ZERO).toMillis() / 1e3)));
    listAges.register(rows, true);
  }

  /** Why it cannot go on; null while it does. */
  public @Nullable Throwable failure() {
    return follower.failure();
  }

  @Override
  public void close() {
    publishing.shutdownNow();
    asking.shutdownNow();
    events.close();
    follower.close();
    admin.close();
  }
}
