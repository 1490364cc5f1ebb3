package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.mostread.MostRead.INTO_LOCAL_LISTS;
import static dev.newsfeed.streams.mostread.MostRead.INTO_REJECTED;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.AvroSerde;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.streams.HomePartition;
import dev.newsfeed.streams.RecordBatch;
import dev.newsfeed.streams.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
    implements ProcessorSupplier<byte[], byte[], String, SpecificRecord> {

  static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration LOOK_FOR_DECISIONS = Duration.ofMillis(250);
  private static final int TICKS_BETWEEN_LISTS_WHEN_BEHIND = 5;
  private static final Duration PRUNE = Duration.ofMinutes(10);
  private static final byte[] NONE = {};

  @Override
  public Processor<byte[], byte[], String, SpecificRecord> get() {
    return new Worker(job);
  }

  private static final class Worker implements Processor<byte[], byte[], String, SpecificRecord> {
    private final MostRead job;
    private final AvroSerde<Click> clicks;
    private final String clicksTopic;
    private final ClickView click = new ClickView(); // the one that is being counted
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable CountStore counts;
    private @Nullable LocalLists lists;
    private @Nullable ControlStore decisions;
    private Controls ranked = Controls.NONE;
    private final Progress progress = new Progress();
    private int ticksSinceRanked = TICKS_BETWEEN_LISTS_WHEN_BEHIND;

    /** Clicks that happened before it can be in no list; moves on with the clock. */
    private long keptFromMs;

    private final HomePartition home;

    Worker(MostRead job) {
      this.job = job;
      this.clicks = job.topics().clicks.valueSerde();
      this.clicksTopic = job.topics().clicks.name();
      this.home = new HomePartition(job.topics().clicks.partitions());
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
    public void process(Record<byte[], byte[]> consumed) {
      RecordBatch batch = new RecordBatch(consumed.value());
      while (batch.next()) {
        count(batch);
      }
      progress.counted(batch.timestampMs(), batch.isLast());
    }

    private void count(RecordBatch one) {
      int from = one.valueFrom();
      try {
        click.read(clicks, clicksTopic, one.bytes(), from, Math.max(0, one.valueLength()));
      } catch (SerializationException e) {
        String detail = Objects.requireNonNullElse(e.getMessage(), "cannot be decoded");
        refuse(one, new Problem("not-a-click", "value", detail));
        return;
      }
      ArticleCount known = counts().find(click);
      if (!isKeyOf(one, click) || (known == null && !ArticleRules.isArticleId(click.articleId()))) {
        refuse(
            one,
            new Problem("wrong-key", "articleId", "the record's key must be the article's id"));
        return;
      }
      if (known == null) { // else it is at home here, or its first click was not
        Optional<Problem> elsewhere =
            home.problem(Objects.requireNonNull(one.key()), context().taskId().partition());
        if (elsewhere.isPresent()) {
          refuse(one, elsewhere.get());
          return;
        }
      }
      count(known, job.clock().atMs(Math.max(0, one.timestampMs())));
    }

    private static boolean isKeyOf(RecordBatch one, ClickView click) {
      int from = one.keyFrom();
      return one.keyLength() == click.articleIdLength()
          && Arrays.equals(
              one.bytes(),
              from,
              from + one.keyLength(),
              click.articleIdBytes(),
              0,
              click.articleIdLength());
    }

    private void count(@Nullable ArticleCount known, long appendedAtMs) {
      ReadRules rules = job.reads();
      long timeMs = rules.timeMs(click, appendedAtMs);
      if (timeMs < keptFromMs) {
        return; // nothing that is kept reaches back so far
      }
      ArticleCount article = known != null ? known : counts().begin(click.articleId());
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
        rank(false);
      }
      if ((!isBehind || progress.isIdle()) && counts().hasChanges()) {
        context().commit(); // while there is more to count, the interval is the better moment
      }
    }

    /** An editor need not wait for the tick. */
    private void rankWhenDecided() {
      if (Objects.requireNonNull(decisions).controls() != ranked || counts().takeUrgency()) {
        rank(true);
      }
    }

    private void rank(boolean isUrgent) {
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
      if (!news.isEmpty() && (isUrgent || progress.lagMs() == 0)) {
        context().commit(); // nobody waits for a list that is old already: the interval will do
      }
    }

    private void keepFrom(Instant now) {
      keptFromMs = now.toEpochMilli() - ReadRules.KEPT_MS;
    }

    private void prune() {
      counts().prune(now().toEpochMilli());
    }

    private void refuse(RecordBatch one, Problem problem) {
      byte[] key = one.key();
      Wire.refuse(
          context(),
          INTO_REJECTED,
          "most-read",
          key == null ? null : new String(key, StandardCharsets.UTF_8),
          List.of(problem),
          Objects.requireNonNullElse(one.value(), NONE),
          one.offset());
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
