package dev.newsfeed.producer.files;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.producer.files.DropArrivals.Seen;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the files of news that agencies put into a folder.
 *
 * <pre>
 * drop/wire-0712.xml                        lies there whole
 *   ──▶ articles                            all of its articles; the brokers have said so
 *   ══▶ drop/done/wire-0712.xml             nothing was wrong with it, or
 *   ──▶ drop/refused/wire-0712.xml.reason.json
 *   ──▶ rejected                            something was: what, each with its field
 *   ══▶ drop/refused/wire-0712.xml          its good articles are published all the same
 * </pre>
 *
 * A file stays where it is until everything else has been done, and leaves by one rename. Whatever
 * stops the process before, the file is there, and doing it again has no effect twice: its articles
 * bear the same ids and versions, and whether the refusal was kept is looked up on {@code rejected}.
 * One process at a time works on a folder; others wait for their turn.
 */
public final class DropFolder implements AutoCloseable {

  static final String STAGE = "drop-folder";

  private static final Logger LOG = LoggerFactory.getLogger(DropFolder.class);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);
  private static final Duration ACK_WITHIN =
      Duration.ofSeconds(130); // longer than a producer tries
  private static final Duration READ_WITHIN = Duration.ofMinutes(2);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);
  private static final int ON_THEIR_WAY = 1_000;

  private final Path dir;
  private final Path done;
  private final Path refused;
  private final DropArrivals arrivals;
  private final Outbox outbox;
  private final ArticlePublisher publisher;
  private final Topics topics;
  private final Ledger ledger;
  private final Clock clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<Seen, Attempt> attempts = new HashMap<>();
  private @Nullable Thread thread;

  /** Looks up whether a refusal is on {@code rejected} already. */
  interface Ledger {
    boolean has(String file, String sha256) throws IOException;
  }

  /** What has become of a file that could not be brought to its end yet. */
  private static final class Attempt {
    @Nullable
    DropVerdict verdict;

    boolean kept;
    int failures;
    long nextNanos;
  }

  /**
   * Starts watching a folder; needs no broker to be there yet.
   *
   * @throws IllegalArgumentException when there can be no such folder, saying why
   */
  public static DropFolder start(DropSettings settings) {
    Outbox outbox = Outbox.patient(settings.kafka(), "newsfeed-drop-folder");
    try {
      DropFolder folder =
          new DropFolder(settings, outbox, (file, sha256) -> isKept(settings, file, sha256));
      folder.thread = new Thread(folder::run, "drop-folder");
      folder.thread.start();
      return folder;
    } catch (RuntimeException e) {
      outbox.close();
      throw e;
    }
  }

  /** A folder that is looked at when it is told to, before a producer of any kind. */
  DropFolder(DropSettings settings, Outbox outbox, Ledger ledger) {
    this.dir = settings.dir().toAbsolutePath().normalize();
    this.done = dir.resolve("done");
    this.refused = dir.resolve("refused");
    this.arrivals = new DropArrivals(settings.settle());
    this.outbox = outbox;
    this.topics = settings.topics();
    this.publisher = new ArticlePublisher(outbox, topics);
    this.ledger = ledger;
    this.clock = settings.clock();
    for (Path each : List.of(dir, done, refused)) {
      require(each);
    }
  }

  private static void require(Path dir) {
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      throw new IllegalArgumentException(dir + " is no directory and cannot be made one", e);
    }
    // a sender could let "done" point to where other files lie
    if (!Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS) || !Files.isWritable(dir)) {
      throw new IllegalArgumentException(dir + " must be a directory that can be written to");
    }
  }

  private void run() {
    boolean waiting = false;
    try (FileChannel lock = FileChannel.open(
        dir.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (FileLock held = lock.tryLock(); held == null; held = lock.tryLock()) {
        if (!waiting) {
          LOG.warn("another process works on the drop folder, waiting for its end");
          waiting = true;
        }
        if (isClosedWithin(LOOK_EVERY)) {
          return;
        }
      }
      do {
        look(System.nanoTime());
      } while (!isClosedWithin(LOOK_EVERY));
    } catch (IOException e) {
      LOG.error("the drop folder cannot be locked, nothing is taken from it", e);
    } catch (InterruptedException e) {
      LOG.debug("told to stop", e);
    }
  }

  private boolean isClosedWithin(Duration wait) throws InterruptedException {
    return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Takes what is whole and due. No file keeps another from its turn, except while Kafka is away. */
  void look(long nanoTime) throws InterruptedException {
    List<Seen> whole = arrivals.whole(list(), nanoTime);
    attempts.keySet().retainAll(whole);
    for (Seen seen : whole) {
      if (closing.getCount() == 0) {
        return;
      }
      Attempt attempt = attempts.computeIfAbsent(seen, s -> new Attempt());
      if (attempt.failures > 0 && nanoTime < attempt.nextNanos) {
        continue;
      }
      try {
        take(seen, attempt);
        attempts.remove(seen);
      } catch (IOException | RuntimeException | StackOverflowError e) { // nested by a hostile hand
        putOff(seen, attempt, nanoTime, e);
        if (e instanceof KafkaAwayException) {
          return;
        }
      }
    }
  }

  private void putOff(Seen seen, Attempt attempt, long nanoTime, Throwable why) {
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(attempt.failures, 6));
    wait = wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait;
    attempt.failures++;
    attempt.nextNanos = nanoTime + wait.toNanos();
    LOG.warn(
        "could not finish with a dropped file, it stays and is tried again file={} inSeconds={}"
            + " published={} cause={}",
        DropNames.of(seen.file()),
        wait.toSeconds(),
        attempt.verdict != null,
        why instanceof KafkaAwayException || why instanceof IOException
            ? String.valueOf(why.getCause() == null ? why : why.getCause())
            : why);
  }

  private List<Seen> list() {
    List<Seen> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
      for (Path file : files) {
        Seen seen = seen(file);
        if (seen != null && !file.equals(done) && !file.equals(refused)) {
          all.add(seen);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.error("the drop folder cannot be read, nothing is taken from it", e);
    }
    return all;
  }

  /** Null: it is gone, or a directory, which is left alone. */
  private static @Nullable Seen seen(Path file) {
    try {
      BasicFileAttributes is =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return is.isDirectory() ? null : Seen.of(file, is);
    } catch (IOException e) {
      return null;
    }
  }

  private void take(Seen seen, Attempt attempt) throws IOException, InterruptedException {
    if (attempt.verdict == null) {
      DropVerdict verdict = DropVerdict.of(seen, clock.instant());
      if (!seen.equals(seen(seen.file()))) {
        return; // it was changed, or taken away, while it was read
      }
      attempt.verdict = published(verdict);
    }
    DropVerdict verdict = attempt.verdict;
    if (verdict.problems().isEmpty()) {
      Path place = DropNames.free(done, seen.file(), free -> true);
      move(seen.file(), place);
      LOG.info("dropped file done file={} articles={}", place.getFileName(), verdict.published());
    } else {
      refuse(seen, attempt, verdict);
    }
  }

  /** Publishes all that is good; returns when the brokers have it. */
  private DropVerdict published(DropVerdict verdict) throws InterruptedException {
    List<Problem> problems = new ArrayList<>();
    List<CompletableFuture<?>> acks = new ArrayList<>();
    int published = 0;
    for (Article article : verdict.articles()) {
      try {
        acks.add(publisher.publish(article).toCompletableFuture());
      } catch (InvalidEventException e) {
        problems.addAll(e.problems());
      }
      boolean failed = !acks.isEmpty() && acks.get(acks.size() - 1).isCompletedExceptionally();
      if (failed || acks.size() == ON_THEIR_WAY) { // each further one would wait as long
        published += await(acks, problems);
      }
    }
    published += await(acks, problems);
    return verdict.with(published, problems);
  }

  /** How many the brokers have; empties the list. */
  private static int await(List<CompletableFuture<?>> acks, List<Problem> problems)
      throws InterruptedException {
    int acknowledged = 0;
    for (CompletableFuture<?> ack : acks) {
      try {
        ack.get(ACK_WITHIN.toSeconds(), TimeUnit.SECONDS);
        acknowledged++;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RecordTooLargeException)) {
          throw new KafkaAwayException(e.getCause());
        }
        problems.add(new Problem("too-large", "bodyHtml", "the brokers take no article so large"));
      } catch (TimeoutException e) {
        throw new KafkaAwayException(e);
      }
    }
    acks.clear();
    return acknowledged;
  }

  private void refuse(Seen seen, Attempt attempt, DropVerdict verdict)
      throws IOException, InterruptedException {
    AtomicBoolean begun = new AtomicBoolean();
    Path place = DropNames.free(refused, seen.file(), free -> {
      begun.set(verdict.isReasonIn(reason(free)));
      return begun.get() || !Files.exists(reason(free), LinkOption.NOFOLLOW_LINKS);
    });
    String name = DropNames.of(seen.file());
    if (begun.get() && !attempt.kept) {
      attempt.kept = ledger.has(name, verdict.sha256()); // this process, or one that died, was here
    }
    if (!begun.get()) {
      writeReason(reason(place), verdict.json(name, clock.instant()));
    }
    if (!attempt.kept) {
      keep(verdict.rejected(name, clock.instant()));
      attempt.kept = true;
    }
    move(seen.file(), place);
    LOG.warn(
        "dropped file refused file={} published={} problems={} first={}",
        place.getFileName(),
        verdict.published(),
        verdict.problems().size(),
        verdict.problems().get(0).reason());
  }

  private static Path reason(Path place) {
    return place.resolveSibling(place.getFileName() + ".reason.json");
  }

  private static void writeReason(Path file, byte[] reason) throws IOException {
    Path whole = file.resolveSibling('.' + file.getFileName().toString() + ".tmp");
    Files.deleteIfExists(whole); // left by somebody who was killed, or a link laid by a sender
    Files.write(whole, reason, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private void keep(Rejected rejected) throws InterruptedException {
    CompletionStage<Ack> ack = outbox.send(topics.rejected, null, rejected, Map.of());
    try {
      ack.toCompletableFuture().get(ACK_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new KafkaAwayException(e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaAwayException(e);
    }
  }

  private static void move(Path file, Path place) throws IOException {
    try {
      Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw e; // it is the directory that is gone
      }
      LOG.warn("somebody else took a dropped file away file={}", DropNames.of(file));
    }
  }

  private static boolean isKept(DropSettings settings, String file, String sha256) {
    AtomicBoolean found = new AtomicBoolean();
    try {
      RefusedItems.eachKept(settings.kafka(), settings.topics(), STAGE, READ_WITHIN, rejected -> {
        if (file.equals(rejected.getFile()) && sha256.equals(rejected.getSha256())) {
          found.set(true);
        }
      });
    } catch (IllegalStateException e) {
      throw new KafkaAwayException(e);
    }
    return found.get();
  }

  /** Kafka does not answer: no other file would fare better now. */
  private static final class KafkaAwayException extends RuntimeException {
    KafkaAwayException(@Nullable Throwable cause) {
      super("Kafka has not confirmed", cause);
    }
  }

  /** Finishes what is on its way, or leaves it as it was, and takes nothing more. */
  @Override
  public void close() {
    closing.countDown();
    Thread running = thread;
    if (running != null) {
      try {
        running.join(CLOSE_WITHIN.toMillis());
        running.interrupt(); // still waiting for Kafka: the file stays
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    outbox.close();
  }
}
