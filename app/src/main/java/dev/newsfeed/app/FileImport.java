package dev.newsfeed.app;

import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.files.RefusedItems;
import dev.newsfeed.producer.formats.FileLines;
import dev.newsfeed.producer.formats.NewsImport;
import dev.newsfeed.producer.formats.NewsImport.Item;
import dev.newsfeed.producer.formats.NewsImport.Story;
import dev.newsfeed.producer.formats.NewsImport.Unusable;
import dev.newsfeed.schemas.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the items of news files straight to Kafka, many at a time, counts what became of them, and
 * keeps those that are no news on {@code rejected}.
 *
 * <pre>
 * item 1 (line 3)    ──▶ articles
 * item 2 (line 9)    ──▶ rejected: lines 9 to 13
 * item 3 (line 14)   ──▶ articles
 * </pre>
 */
final class FileImport {

  /** Items on their way at the same time: enough to keep the broker busy, little to remember. */
  private static final int ON_THEIR_WAY = 1_000;

  private static final int PROGRESS_EVERY = 1_000;

  private final ArticlePublisher publisher;
  private final RefusedItems refusals;
  private final NewsImport news;
  private final Consumer<String> progress;
  private final AtomicLong published = new AtomicLong();
  private long refused;

  /** An import that tells of its progress and of every item it cannot use. */
  FileImport(
      ArticlePublisher publisher,
      RefusedItems refusals,
      NewsImport news,
      Consumer<String> progress) {
    this.publisher = publisher;
    this.refusals = refusals;
    this.news = news;
    this.progress = progress;
  }

  /** Items that the broker has. */
  long published() {
    return published.get();
  }

  /** Items that could not become articles. */
  long refused() {
    return refused;
  }

  /**
   * Reads a file and returns when the broker has every item of it, published or refused.
   *
   * @throws UnavailableException when the file cannot be read, is none of news, or the broker did not
   *     take an item
   */
  void add(Path file) throws InterruptedException {
    OneFile one = new OneFile(file);
    try (FileLines lines = new FileLines(file)) {
      try (Stream<Item> items = opened(file, lines, one)) {
        one.send(items.iterator(), lines);
      } finally {
        one.awaitAll();
      }
    } catch (IOException | UncheckedIOException e) {
      throw new UnavailableException(file + " cannot be read: " + e.getMessage(), e);
    }
    Throwable failure = one.failure.get();
    if (failure != null) {
      throw new UnavailableException("Kafka did not take an item of " + file, failure);
    }
  }

  private Stream<Item> opened(Path file, FileLines lines, OneFile one)
      throws IOException, InterruptedException {
    try {
      return news.read(file);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) { // it could be read, and is none of the formats
      refused++;
      FileLines.Part all = lines.from(1, Integer.MAX_VALUE);
      one.await(() -> refusals.keep(file, String.valueOf(e.getMessage()), all));
      throw e;
    }
  }

  /** Something to send, whose ack is waited for later. */
  private interface Sending {
    CompletionStage<?> send();
  }

  /** An item that is no news, and why. */
  private record Bad(Item item, List<Problem> problems) {}

  /** The items of one file on their way. */
  private final class OneFile {
    private final Path file;
    private final Semaphore room = new Semaphore(ON_THEIR_WAY);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    OneFile(Path file) {
      this.file = file;
    }

    /** Where an item ends is known when the next one is there. */
    void send(Iterator<Item> items, FileLines lines) throws IOException, InterruptedException {
      Bad bad = null;
      while (failure.get() == null && items.hasNext()) {
        Item item = items.next();
        keep(bad, lines, item.line());
        bad = null;
        if (item instanceof Unusable unusable) {
          bad = new Bad(item, List.of(unusable.problem()));
        } else if (item instanceof Story story) {
          try {
            await(() -> publisher.publish(story.article()).thenRun(this::publishedOne));
          } catch (InvalidEventException e) {
            bad = new Bad(item, e.problems());
          }
        }
      }
      keep(bad, lines, Integer.MAX_VALUE);
    }

    private void publishedOne() {
      if (published.incrementAndGet() % PROGRESS_EVERY == 0) {
        progress.accept(published + " articles published");
      }
    }

    private void keep(@Nullable Bad bad, FileLines lines, int before)
        throws IOException, InterruptedException {
      if (bad == null) {
        return;
      }
      refused++;
      int line = bad.item().line();
      String why = bad.problems().stream().map(Problem::toString).collect(Collectors.joining("; "));
      progress.accept("refused " + file.getFileName() + " line " + line + ": " + why);
      FileLines.Part part = lines.from(line, before);
      await(() -> refusals.keep(file, bad.item(), bad.problems(), part));
    }

    private void await(Sending sending) throws InterruptedException {
      room.acquire();
      try {
        var unused = sending.send().whenComplete((stored, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
          room.release();
        });
      } catch (RuntimeException e) {
        room.release();
        throw e;
      }
    }

    /** Everything has arrived, or failed. */
    void awaitAll() throws InterruptedException {
      room.acquire(ON_THEIR_WAY);
    }
  }
}
