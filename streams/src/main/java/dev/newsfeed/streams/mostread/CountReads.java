package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.mostread.MostRead.INTO_LOCAL_LISTS;
import static dev.newsfeed.streams.mostread.MostRead.INTO_REJECTED;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.streams.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Counts the reads of one partition, and once a second, by the clock, ranks them. */
record CountReads(MostRead job)
    implements ProcessorSupplier<String, byte[], String, SpecificRecord> {

  static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration LOOK_FOR_DECISIONS = Duration.ofMillis(250);
  private static final int TICKS_BETWEEN_LISTS_WHEN_BEHIND = 5;
  private static final Duration PRUNE = Duration.ofMinutes(10);
  private static final byte[] NONE = {};

  @Override
  public Processor<String, byte[], String, SpecificRecord> get() {
    return new Worker(job);
  }

  private static final class Worker implements Processor<String, byte[], String, SpecificRecord> {
    private final MostRead job;
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable CountStore counts;
    private @Nullable LocalLists lists;
    private @Nullable ControlStore decisions;
    private Controls ranked = Controls.NONE;
    private final Progress progress = new Progress();
    private int ticksSinceRanked = TICKS_BETWEEN_LISTS_WHEN_BEHIND;

    /** Clicks that happened before it can be in no list; moves on with the clock. */
    private long keptFromMs;

    Worker(MostRead job) {
      this.job = job;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
      initialised = context;
      counts = context.getStateStore(CountStore.NAME);
      lists = new LocalLists(context.taskId().partition(), job.calendar(), job.lists());
      counts.restored(now().toEpochMilli());
      counts.scope(Ranking.ALL);
      decisions = context.getStateStore(ControlStore.NAME);
      keepFrom(now());
      context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, t -> tick());
      context.schedule(LOOK_FOR_DECISIONS, PunctuationType.WALL_CLOCK_TIME, t -> rankWhenDecided());
      context.schedule(PRUNE, PunctuationType.WALL_CLOCK_TIME, t -> prune());
    }

    @Override
    public void process(Record<String, byte[]> consumed) {
      progress.counted(consumed.timestamp());
      byte[] bytes = Objects.requireNonNullElse(consumed.value(), NONE);
      Click click;
      try {
        click = job.topics().clicks.valueSerde().read(job.topics().clicks.name(), bytes);
      } catch (SerializationException e) {
        String detail = Objects.requireNonNullElse(e.getMessage(), "cannot be decoded");
        refuse(consumed.key(), bytes, new Problem("not-a-click", "value", detail));
        return;
      }
      String articleId = click.getArticleId();
      ArticleCount known = counts().find(articleId);
      if (!articleId.equals(consumed.key())
          || (known == null && !ArticleRules.isArticleId(articleId))) {
        refuse(
            consumed.key(),
            bytes,
            new Problem("wrong-key", "articleId", "the record's key must be the article's id"));
        return;
      }
      count(known, click, job.clock().atMs(consumed.timestamp()));
    }

    private void count(@Nullable ArticleCount known, Click click, long appendedAtMs) {
      ReadRules rules = job.reads();
      long timeMs = rules.timeMs(click, appendedAtMs);
      if (timeMs < keptFromMs) {
        return; // nothing that is kept reaches back so far
      }
      ArticleCount article = known != null ? known : counts().begin(click.getArticleId());
      String refusal = rules.refusal(click, appendedAtMs, job.countsSuspects());
      if (refusal == null) {
        counts().count(article, click, timeMs);
      } else {
        counts().refuse(article, refusal, timeMs);
      }
    }

    private void tick() {
      progress.tick(context().currentSystemTimeMs());
      ticksSinceRanked++;
      boolean isBehind = progress.lagMs() > 0;
      if (!isBehind || ticksSinceRanked >= TICKS_BETWEEN_LISTS_WHEN_BEHIND) {
        rank();
      }
      if ((!isBehind || progress.isIdle()) && counts().hasChanges()) {
        context().commit(); // while there is more to count, the interval is the better moment
      }
    }

    /** An editor need not wait for the tick. */
    private void rankWhenDecided() {
      if (Objects.requireNonNull(decisions).controls() != ranked || counts().takeUrgency()) {
        rank();
      }
    }

    private void rank() {
      ranked = Objects.requireNonNull(decisions).controls();
      if (!progress.isKnown()) {
        return; // a list that cannot say how old it is would be taken for a new one
      }
      ticksSinceRanked = 0;
      long atMs = context().currentSystemTimeMs();
      Instant now = now();
      keepFrom(now);
      if (job.generation().isServing()) {
        lists().serve();
      }
      Map<String, LocalList> news =
          lists().news(counts().articles(), counts().scopes(), ranked, now, progress.lagMs());
      news.forEach(
          (key, list) -> context().forward(new Record<>(key, list, atMs), INTO_LOCAL_LISTS));
      if (!news.isEmpty()) {
        context().commit();
      }
    }

    private void keepFrom(Instant now) {
      keptFromMs = now.toEpochMilli() - ReadRules.KEPT_MS;
    }

    private void prune() {
      counts().prune(now().toEpochMilli());
    }

    private void refuse(@Nullable String key, byte[] bytes, Problem problem) {
      Wire.refuse(context(), INTO_REJECTED, "most-read", key, List.of(problem), bytes);
    }

    private Instant now() {
      return job.clock().now(context());
    }

    private ProcessorContext<String, SpecificRecord> context() {
      return Objects.requireNonNull(initialised);
    }

    private LocalLists lists() {
      return Objects.requireNonNull(lists);
    }

    private CountStore counts() {
      return Objects.requireNonNull(counts);
    }
  }
}
