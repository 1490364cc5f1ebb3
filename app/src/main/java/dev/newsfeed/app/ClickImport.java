package dev.newsfeed.app;

import dev.newsfeed.avro.Click;
import dev.newsfeed.producer.clicks.AccessLog;
import dev.newsfeed.producer.clicks.AccessLog.LeftOut;
import dev.newsfeed.producer.clicks.AccessLog.Line;
import dev.newsfeed.producer.clicks.AccessLog.Read;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends the clicks of access logs, many at a time, and counts what became of each line. */
final class ClickImport {

  private static final int ON_THEIR_WAY = 10_000;
  private static final int PROGRESS_EVERY = 100_000;
  private static final int LINES_NAMED = 3;

  private final Function<Click, CompletionStage<?>> sender;
  private final Consumer<String> progress;
  private final Set<String> articles = new HashSet<>();
  private final Map<String, Long> suspects = new TreeMap<>();
  private final Map<String, Long> leftOut = new TreeMap<>();
  private final Map<String, Unreadable> unreadable = new TreeMap<>();
  private long lines;
  private long clicks;
  private @Nullable Instant first;
  private @Nullable Instant last;

  /** Lines that are no requests, with the first of them; what stands in them is nobody's business. */
  private static final class Unreadable {
    final List<String> where = new ArrayList<>();
    long count;
  }

  /**
   * An import that tells of its progress.
   *
   * @param sender completes when the broker has the click
   */
  ClickImport(Function<Click, CompletionStage<?>> sender, Consumer<String> progress) {
    this.sender = sender;
    this.progress = progress;
  }

  /**
   * Reads a log and returns when the broker has every click of it.
   *
   * @param name for people
   * @throws UnavailableException when it cannot be read, or the broker did not take a click
   */
  void add(String name, AccessLog log) throws InterruptedException {
    Semaphore room = new Semaphore(ON_THEIR_WAY);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try {
      for (Line line = log.next(); line != null && failure.get() == null; line = log.next()) {
        take(name + ':' + log.number(), line, room, failure);
        if (++lines % PROGRESS_EVERY == 0) {
          progress.accept("%,d lines, %,d clicks".formatted(lines, clicks));
        }
      }
    } catch (IOException e) {
      throw new UnavailableException(name + " cannot be read: " + e.getMessage(), e);
    } finally {
      room.acquire(ON_THEIR_WAY); // everything has arrived, or failed
    }
    if (failure.get() != null) {
      throw new UnavailableException(
          "Kafka did not take a click of " + name + "; import it again, nothing counts twice",
          failure.get());
    }
  }

  private void take(
      String where, Line line, Semaphore room, AtomicReference<@Nullable Throwable> failure)
      throws InterruptedException {
    if (line instanceof Read read) {
      count(read.click());
      room.acquire();
      var unused = sender.apply(read.click()).whenComplete((ack, e) -> {
        if (e != null) {
          failure.compareAndSet(null, e);
        }
        room.release();
      });
    } else if (line instanceof LeftOut out && out.readable()) {
      leftOut.merge(out.reason(), 1L, Long::sum);
    } else if (line instanceof LeftOut out) {
      Unreadable all = unreadable.computeIfAbsent(out.reason(), reason -> new Unreadable());
      all.count++;
      if (all.where.size() < LINES_NAMED) {
        all.where.add(where);
      }
    }
  }

  private void count(Click click) {
    Instant at = Instant.ofEpochMilli(click.getReceivedAtMs());
    first = first == null || at.isBefore(first) ? at : first;
    last = last == null || at.isAfter(last) ? at : last;
    clicks++;
    articles.add(click.getArticleId());
    if (click.getSuspect() != null) {
      suspects.merge(click.getSuspect(), 1L, Long::sum);
    }
  }

  /** The time of the first click; null: there was none. */
  @Nullable
  Instant first() {
    return first;
  }

  /** The time of the last click; null: there was none. */
  @Nullable
  Instant last() {
    return last;
  }

  /** Whether every line was a request. */
  boolean isReadable() {
    return unreadable.isEmpty();
  }

  /** What became of the lines, for people. */
  List<String> summary(String sent) {
    List<String> summary = new ArrayList<>();
    summary.add("%,d lines".formatted(lines));
    summary.add("%,9d clicks %s, on %,d articles".formatted(clicks, sent, articles.size()));
    if (first != null) {
      summary.add("%9s from %s to %s".formatted("", first, Objects.requireNonNull(last)));
    }
    suspects.forEach((reason, count) ->
        summary.add("%9s of them %,d not to be counted: %s".formatted("", count, reason)));
    leftOut.forEach((reason, count) -> summary.add("%,9d left out: %s".formatted(count, reason)));
    unreadable.forEach((reason, all) -> summary.add("%,9d unreadable: %s (%s%s)"
        .formatted(
            all.count,
            reason,
            String.join(", ", all.where),
            all.count > all.where.size() ? " …" : "")));
    return summary;
  }
}
