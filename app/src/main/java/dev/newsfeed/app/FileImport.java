package dev.newsfeed.app;

import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.NewsImport;
import dev.newsfeed.producer.NewsImport.Item;
import dev.newsfeed.producer.NewsImport.Story;
import dev.newsfeed.producer.NewsImport.Unusable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Publishes the items of news files straight to Kafka, many at a time, and counts what became of them. */
final class FileImport {

  /** Items on their way at the same time: enough to keep the broker busy, little to remember. */
  private static final int ON_THEIR_WAY = 1_000;

  private static final int PROGRESS_EVERY = 1_000;

  private final ArticlePublisher publisher;
  private final NewsImport news;
  private final Consumer<String> progress;
  private final AtomicLong published = new AtomicLong();
  private long refused;

  /** An import that tells of its progress and of every item it cannot use. */
  FileImport(ArticlePublisher publisher, NewsImport news, Consumer<String> progress) {
    this.publisher = publisher;
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
   * Reads a file and returns when the broker has every item of it.
   *
   * @throws UnavailableException when the file cannot be read, or the broker did not take an item
   */
  void add(Path file) throws InterruptedException {
    Semaphore room = new Semaphore(ON_THEIR_WAY);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (Stream<Item> items = news.read(file)) {
      for (Iterator<Item> each = items.iterator(); each.hasNext() && failure.get() == null; ) {
        Item item = each.next();
        if (item instanceof Unusable bad) {
          refuse(file, bad.line(), bad.problem().toString());
        } else if (item instanceof Story story) {
          room.acquire();
          send(file, story, room, failure);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new UnavailableException(file + " cannot be read: " + e.getMessage(), e);
    }
    room.acquire(ON_THEIR_WAY); // everything has arrived, or failed
    if (failure.get() != null) {
      throw new UnavailableException("Kafka did not take an item of " + file, failure.get());
    }
  }

  private void send(
      Path file, Story story, Semaphore room, AtomicReference<@Nullable Throwable> failure) {
    try {
      CompletableFuture<?> ack = publisher.publish(story.article()).toCompletableFuture();
      var unused = ack.whenComplete((stored, e) -> {
        if (e != null) {
          failure.compareAndSet(null, e);
        } else if (published.incrementAndGet() % PROGRESS_EVERY == 0) {
          progress.accept(published + " articles published");
        }
        room.release();
      });
    } catch (InvalidEventException e) {
      room.release();
      refuse(file, story.line(), String.valueOf(e.getMessage()));
    }
  }

  private void refuse(Path file, int line, String why) {
    refused++;
    progress.accept("refused " + file.getFileName() + " line " + line + ": " + why);
  }
}
