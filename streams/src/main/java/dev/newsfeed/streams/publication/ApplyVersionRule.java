package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.publication.Publication.ARTICLES_BY_ID;
import static dev.newsfeed.streams.publication.Publication.DUE_TIMES;
import static dev.newsfeed.streams.publication.Publication.INTO_PUBLISHED;
import static dev.newsfeed.streams.publication.Publication.INTO_REJECTED;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.HomePartition;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Wire;
import dev.newsfeed.streams.publication.VersionRule.Decision;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link VersionRule} over events as they come and over articles as their time comes.
 *
 * <p>Two stores, changed in one transaction with the output:
 *
 * <pre>
 * articles-by-id   a1 → {v1, v2, v3 without their texts, text of v3, told v3 usable}
 * due-times        12:00:00.000|b1 → (nothing)       the clock looks at the head of this store
 * </pre>
 */
record ApplyVersionRule(Topics topics, JobClock clock)
    implements ProcessorSupplier<String, byte[], String, SpecificRecord> {

  private static final Duration LOOK_AT_CLOCK = Duration.ofMillis(500);
  private static final int RELEASED_AT_ONCE = 1_000;
  private static final byte[] PRESENT = {};

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(ARTICLES_BY_ID),
                Topic.KEYS,
                topics.serde(ArticleState.class))
            .withCachingDisabled(),
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(DUE_TIMES), Serdes.Bytes(), Serdes.ByteArray())
            .withCachingDisabled());
  }

  @Override
  public Processor<String, byte[], String, SpecificRecord> get() {
    return new Worker(topics, clock);
  }

  private static final class Worker implements Processor<String, byte[], String, SpecificRecord> {
    private final Topics topics;
    private final JobClock clock;
    private final HomePartition home;
    private final ContentHash hash;
    private final Map<Verdict, Sensor> counts = new EnumMap<>(Verdict.class);
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable KeyValueStore<String, ArticleState> articles;
    private @Nullable KeyValueStore<Bytes, byte[]> dueTimes;

    Worker(Topics topics, JobClock clock) {
      this.topics = topics;
      this.clock = clock;
      this.home = new HomePartition(topics.articles.partitions());
      this.hash = new ContentHash(topics.articles);
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
      initialised = context;
      articles = context.getStateStore(ARTICLES_BY_ID);
      dueTimes = context.getStateStore(DUE_TIMES);
      context.schedule(LOOK_AT_CLOCK, PunctuationType.WALL_CLOCK_TIME, t -> release());
      for (Verdict verdict : Verdict.values()) {
        counts.put(
            verdict,
            context
                .metrics()
                .addRateTotalSensor(
                    "publication",
                    context.taskId().toString(),
                    verdict.name().toLowerCase(Locale.ROOT),
                    Sensor.RecordingLevel.INFO));
      }
    }

    @Override
    public void close() {
      counts.values().forEach(context().metrics()::removeSensor);
    }

    private void count(Verdict verdict) {
      Objects.requireNonNull(counts.get(verdict)).record(1, context().currentSystemTimeMs());
    }

    @Override
    public void process(Record<String, byte[]> consumed) {
      byte[] bytes = Objects.requireNonNullElse(consumed.value(), PRESENT);
      Article event;
      try {
        event = topics.articles.valueSerde().read(topics.articles.name(), bytes);
      } catch (SerializationException e) {
        count(Verdict.REFUSED);
        refuse(consumed.key(), bytes, List.of(new Problem("not-an-article", "value", reason(e))));
        return;
      }
      List<Problem> problems = problems(consumed.key(), event);
      if (!problems.isEmpty()) {
        count(Verdict.REFUSED);
        refuse(consumed.key(), bytes, problems);
        return;
      }
      ArticleState known = articles().get(event.getArticleId());
      Instant now = clock.now(context());
      Decision decision = VersionRule.apply(
          known, event, hash.of(event), acceptedAt(consumed.timestamp(), now), now);
      count(decision.verdict());
      if (decision.problem() != null) {
        refuse(consumed.key(), bytes, List.of(decision.problem()));
      }
      carryOut(known, decision);
    }

    /** The record's own time, as long as its sender's clock can be believed. */
    private static Instant acceptedAt(long timestampMs, Instant now) {
      Instant sent = Instant.ofEpochMilli(timestampMs);
      return timestampMs <= 0 || sent.isAfter(now) ? now : sent;
    }

    /** Shows and hides what has become due. */
    private void release() {
      Instant now = clock.now(context());
      List<String> due = new ArrayList<>();
      try (KeyValueIterator<Bytes, byte[]> head =
          dueTimes().range(null, DueTime.key(now.plusMillis(1), ""))) {
        while (head.hasNext() && due.size() < RELEASED_AT_ONCE) {
          KeyValue<Bytes, byte[]> next = head.next();
          due.add(DueTime.articleId(next.key));
        }
      }
      for (String articleId : due) {
        ArticleState known = articles().get(articleId);
        if (known != null) {
          carryOut(known, VersionRule.tick(known, now));
        }
      }
    }

    private void carryOut(@Nullable ArticleState known, Decision decision) {
      ArticleState state = decision.state();
      Instant before = known == null ? null : known.getDueAt();
      if (before != null && !before.equals(state.getDueAt())) {
        dueTimes().delete(DueTime.key(before, state.getArticleId()));
      }
      if (state.getDueAt() != null && !state.getDueAt().equals(before)) {
        dueTimes().put(DueTime.key(state.getDueAt(), state.getArticleId()), PRESENT);
      }
      articles().put(state.getArticleId(), state);
      PublishedArticle tell = decision.tell();
      if (tell != null) {
        context()
            .forward(
                new Record<>(tell.getArticleId(), tell, context().currentSystemTimeMs()),
                INTO_PUBLISHED);
      }
    }

    private void refuse(@Nullable String key, byte[] bytes, List<Problem> problems) {
      Wire.refuse(context(), INTO_REJECTED, "publication", key, problems, bytes);
    }

    private List<Problem> problems(@Nullable String key, Article event) {
      if (!event.getArticleId().equals(key)) {
        return List.of(
            new Problem("wrong-key", "articleId", "the record's key must be the article's id"));
      }
      return home.problem(
              event.getArticleId().getBytes(StandardCharsets.UTF_8),
              context().taskId().partition())
          .map(List::of)
          .orElseGet(() -> ArticleRules.problems(event));
    }

    private static String reason(SerializationException e) {
      return Objects.requireNonNullElse(e.getMessage(), "cannot be decoded");
    }

    private ProcessorContext<String, SpecificRecord> context() {
      return Objects.requireNonNull(initialised);
    }

    private KeyValueStore<String, ArticleState> articles() {
      return Objects.requireNonNull(articles);
    }

    private KeyValueStore<Bytes, byte[]> dueTimes() {
      return Objects.requireNonNull(dueTimes);
    }
  }
}
