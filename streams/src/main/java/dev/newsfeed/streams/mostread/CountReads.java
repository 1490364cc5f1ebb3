package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.mostread.MostRead.INTO_LOCAL_LISTS;
import static dev.newsfeed.streams.mostread.MostRead.INTO_REJECTED;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.streams.Wire;
import dev.newsfeed.streams.mostread.Ranking.Ranked;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
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

/**
 * Counts the reads of one partition, and once a second, by the clock, ranks them.
 *
 * <p>A list goes on to the merge when it changed, and otherwise every {@link #HEARTBEAT}, so that the
 * merged list can say how old it is.
 */
record CountReads(MostRead job)
    implements ProcessorSupplier<String, byte[], String, SpecificRecord> {

  static final Duration TICK = Duration.ofSeconds(1);
  static final Duration HEARTBEAT = Duration.ofSeconds(20);
  private static final Duration PRUNE = Duration.ofMinutes(10);
  private static final byte[] NONE = {};

  @Override
  public Processor<String, byte[], String, SpecificRecord> get() {
    return new Worker(job);
  }

  private static final class Worker implements Processor<String, byte[], String, SpecificRecord> {
    private final MostRead job;
    private final Ranking ranking;
    private final Map<String, Sent> sent = new HashMap<>();
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable CountStore counts;

    Worker(MostRead job) {
      this.job = job;
      this.ranking = new Ranking(job.lists());
    }

    private record Sent(Span span, Ranked ranked, long atMs) {}

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
      initialised = context;
      counts = context.getStateStore(CountStore.NAME);
      counts.scope(Ranking.ALL);
      context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, t -> rank());
      context.schedule(PRUNE, PunctuationType.WALL_CLOCK_TIME, t -> prune());
    }

    @Override
    public void process(Record<String, byte[]> consumed) {
      byte[] bytes = Objects.requireNonNullElse(consumed.value(), NONE);
      Click click;
      try {
        click = job.topics().clicks.valueSerde().read(job.topics().clicks.name(), bytes);
      } catch (SerializationException e) {
        String detail = Objects.requireNonNullElse(e.getMessage(), "cannot be decoded");
        refuse(consumed.key(), bytes, new Problem("not-a-click", "value", detail));
        return;
      }
      if (!click.getArticleId().equals(consumed.key())
          || !ArticleRules.isArticleId(click.getArticleId())) {
        refuse(
            consumed.key(),
            bytes,
            new Problem("wrong-key", "articleId", "the record's key must be the article's id"));
        return;
      }
      count(click, consumed.timestamp());
    }

    private void count(Click click, long appendedAtMs) {
      ArticleCount article = counts().article(click.getArticleId());
      counts().changed(article);
      ReadRules reads = job.reads();
      long timeMs = reads.timeMs(click, appendedAtMs);
      if (click.getSuspect() != null) {
        article.countRefused(ReadRules.reason(click.getSuspect()), timeMs);
        return;
      }
      long nowMs = now().toEpochMilli();
      if (timeMs < nowMs - ReadRules.KEPT_MS) {
        article.countRefused("too-late", nowMs); // the bucket it belongs to is gone
        return;
      }
      Long visitor = ReadRules.visitor(click);
      if (visitor != null
          && !reads.countsRepeats()
          && !article.firstSeen(visitor, reads.slotNumber(timeMs))) {
        article.countRefused("repeat", timeMs);
        return;
      }
      article.countRead(timeMs);
    }

    private void rank() {
      Instant now = now();
      for (ReadWindow window : ReadWindow.values()) {
        Span span = window.at(now, job.calendar());
        Map<String, Ranked> lists =
            ranking.lists(counts().articles(), window, span, now.toEpochMilli());
        for (String scope : counts().scopes()) {
          sendIfNews(window, scope, span, lists.getOrDefault(scope, Ranked.NOTHING), now);
        }
      }
    }

    private void sendIfNews(ReadWindow window, String scope, Span span, Ranked list, Instant now) {
      String key = MostRead.key(window, scope);
      Sent last = sent.get(key);
      boolean news = last == null
          || !last.span().equals(span)
          || !last.ranked().equals(list)
          || context().currentSystemTimeMs() - last.atMs() >= HEARTBEAT.toMillis();
      if (!news) {
        return;
      }
      sent.put(key, new Sent(span, list, context().currentSystemTimeMs()));
      LocalList local = new LocalList(
          context().taskId().partition(),
          scope,
          window.label(),
          now,
          Instant.ofEpochMilli(span.startMs()),
          Instant.ofEpochMilli(span.endMs()),
          list.reads(),
          list.refused(),
          list.entries());
      context()
          .forward(new Record<>(key, local, context().currentSystemTimeMs()), INTO_LOCAL_LISTS);
    }

    private void prune() {
      counts().prune(now().toEpochMilli(), job.reads().slot().toMillis());
    }

    private void refuse(@Nullable String key, byte[] bytes, Problem problem) {
      context()
          .forward(
              new Record<>(
                  key,
                  Wire.refused(context(), "most-read", problem, bytes),
                  context().currentSystemTimeMs()),
              INTO_REJECTED);
    }

    private Instant now() {
      return job.clock().now(context());
    }

    private ProcessorContext<String, SpecificRecord> context() {
      return Objects.requireNonNull(initialised);
    }

    private CountStore counts() {
      return Objects.requireNonNull(counts);
    }
  }
}
