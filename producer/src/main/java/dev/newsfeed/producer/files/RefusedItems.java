package dev.newsfeed.producer.files;

import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.producer.formats.FileLines;
import dev.newsfeed.producer.formats.NewsImport.Item;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps on {@code rejected} what an import could not use, each item once however often its file is
 * imported.
 *
 * <pre>
 * wire.xml, item 3 (line 17) pubDate   lines 17 to 21 of the file
 * notes.txt, file                      the file
 * </pre>
 */
public final class RefusedItems implements AutoCloseable {

  /** Who refused it. */
  public static final String STAGE = "import";

  private static final String CLIENT = "newsfeed-import-rejected";
  private static final Duration READ_WITHIN = Duration.ofMinutes(2);

  private final KafkaSettings kafka;
  private final Topics topics;
  private final Clock clock;
  private final Outbox outbox;
  private @Nullable Set<Known> known;

  /** What makes two refusals one. */
  private record Known(String file, String field, String sha256) {
    static Known of(Rejected rejected) {
      return new Known(
          String.valueOf(rejected.getFile()),
          String.valueOf(rejected.getField()),
          rejected.getSha256());
    }
  }

  /** Connects to Kafka; needs no broker to be there yet. */
  public RefusedItems(KafkaSettings kafka, Topics topics, Clock clock) {
    this.kafka = kafka;
    this.topics = topics;
    this.clock = clock;
    this.outbox = Outbox.patient(kafka, CLIENT);
  }

  /**
   * Keeps an item of a file.
   *
   * @param problems everything that is wrong with it
   * @param lines of the file that it stands on
   * @return completes when the brokers have it, or at once when they had it before; exceptionally when
   *     they do not answer
   */
  public CompletionStage<?> keep(
      Path file, Item item, List<Problem> problems, FileLines.Part lines) {
    return keep(file, placed(item, summary(problems)), lines);
  }

  /** Keeps a whole file that is none of the known formats. */
  public CompletionStage<?> keep(Path file, String detail, FileLines.Part all) {
    return keep(file, new Problem("not-news", "file", detail), all);
  }

  private CompletionStage<?> keep(Path file, Problem problem, FileLines.Part part) {
    Rejected rejected = Rejected.newBuilder(
            Refusals.rejected(problem, STAGE, clock.instant(), null, part.bytes()))
        .setSha256(part.sha256())
        .setSize(part.size())
        .setFile(DropNames.of(file))
        .build();
    try {
      return known().add(Known.of(rejected))
          ? outbox.send(topics.rejected, null, rejected, Map.of())
          : CompletableFuture.completedFuture(null);
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Set<Known> known() {
    if (known == null) {
      Set<Known> found = new HashSet<>();
      eachKept(kafka, topics, STAGE, READ_WITHIN, rejected -> found.add(Known.of(rejected)));
      known = found;
    }
    return known;
  }

  /** A problem of an item, with the item's place in its file. */
  static Problem placed(Item item, Problem problem) {
    return new Problem(
        problem.reason(),
        "item " + item.number() + " (line " + item.line() + ") " + problem.field(),
        problem.detail());
  }

  private static Problem summary(List<Problem> problems) {
    Problem first = problems.get(0);
    return problems.size() == 1
        ? first
        : new Problem(
            first.reason(),
            first.field(),
            problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
  }

  /**
   * Reads what a stage has refused so far.
   *
   * @throws IllegalStateException when it cannot be read within that time
   */
  static void eachKept(
      KafkaSettings kafka,
      Topics topics,
      String stage,
      Duration within,
      Consumer<Rejected> reader) {
    try (TopicFollower follower = TopicFollower.of(kafka, "newsfeed-" + stage + "-rejected")
        .on(topics.rejected, (place, rejected) -> {
          if (rejected != null && rejected.getStage().equals(stage)) {
            reader.accept(rejected);
          }
        })
        .start()) {
      follower.awaitCaughtUp(within);
    }
  }

  @Override
  public void close() {
    outbox.close();
  }
}
