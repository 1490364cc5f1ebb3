package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.bench.MostReadProcess.Restored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long it takes until the lists are right again after the most-read job was killed with a week of
 * counts: once with its state directory, once without. Each time it is killed while it counts a
 * hundredth of the clicks, so that no list from before the kill is the one that is waited for.
 */
@Command(name = "recovery", description = "Most-read job, killed with a week of counts.")
final class RecoveryBench implements Callable<Integer> {

  private static final long SEED = 20_261_123;
  private static final Duration AT_MOST = Duration.ofMinutes(5);

  @Option(names = "--clicks", description = "how many, default ${DEFAULT-VALUE}")
  private int clicks = 2_000_000;

  @Option(names = "--articles", description = "over how many, default ${DEFAULT-VALUE}")
  private int articles = 20_000;

  @Option(names = "--visitors", description = "by how many, default ${DEFAULT-VALUE}")
  private int visitors = 200_000;

  @Override
  public Integer call() throws Exception {
    Path states = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start();
        FollowedLists lists = new FollowedLists(broker)) {
      ClickLoad load = new ClickLoad(
          clicks,
          articles,
          visitors,
          Instant.now(),
          Duration.ofDays(7).toMillis(),
          ClickLoad.USUALLY_LATE_PERCENT,
          SEED);
      Week week = new Week(broker, ClickTopic.published(broker, load), lists, load);
      int part = Math.max(1, clicks / 100);
      Path kept = states.resolve("kept");
      Recovery withState;
      Recovery withoutState;
      try (MostReadProcess first = week.count(kept, clicks - 2 * part)) {
        withState = week.recover(first, kept, clicks - 2 * part, clicks - part);
        withoutState =
            week.recover(withState.process(), states.resolve("empty"), clicks - part, clicks);
        withoutState.process().close();
      }
      boolean exact = withState.exact() && withoutState.exact();
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("bench", "recovery");
      result.put("clicks", clicks);
      result.put("articles", articles);
      result.put("stateKept", withState.json());
      result.put("stateLost", withoutState.json());
      result.put("exact", exact);
      System.out.println(new ObjectMapper().writeValueAsString(result));
      return exact ? 0 : 1;
    } finally {
      delete(states);
    }
  }

  /**
   * One restart.
   *
   * @param runningSeconds from its beginning until the job had its state and worked
   * @param seconds from its beginning until the lists were right
   */
  private record Recovery(
      MostReadProcess process,
      double runningSeconds,
      double seconds,
      boolean exact,
      Restored restored,
      Changelog.Reading reference) {

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("seconds", rounded(seconds));
      json.put("runningAfterSeconds", rounded(runningSeconds));
      json.put("recordsRestored", restored.records());
      json.put("bytesRestored", restored.bytes());
      json.put("referenceSeconds", rounded(reference.seconds()));
      json.put("referenceRecords", reference.records());
      json.put("referenceBytes", reference.bytes());
      json.put("ratio", rounded(reference.seconds() / seconds));
      return json;
    }

    private static double rounded(double number) {
      return Math.round(1_000 * number) / 1_000.0;
    }
  }

  /** The clicks of the week, and the lists that must come of them. */
  private record Week(BrokerProcess broker, ClickTopic topic, FollowedLists lists, ClickLoad load) {

    /** Lets a first process count the first clicks. */
    MostReadProcess count(Path state, int to)
        throws IOException, InterruptedException, ExecutionException {
      topic.send(0, to);
      MostReadProcess process = MostReadProcess.start(broker, state);
      process.awaitRunning();
      topic.awaitCommitted(MostReadProcess.group(broker), to);
      if (!new ListsRecount(load, to).awaitEqual(lists, AT_MOST)) {
        process.close();
        throw new IllegalStateException("the lists were wrong before anything was killed");
      }
      return process;
    }

    /** Kills a process while it counts the next clicks, and starts another. */
    Recovery recover(MostReadProcess running, Path state, int from, int to)
        throws IOException, InterruptedException, ExecutionException {
      ListsRecount recount = new ListsRecount(load, to);
      recount.prepare(lists.ofAll());
      topic.send(from, to);
      running.close();
      Changelog changelog = new Changelog(broker, MostReadProcess.group(broker));
      changelog.read(); // once to warm up
      Changelog.Reading reference = changelog.read(); // before compaction makes it less
      long start = System.nanoTime();
      MostReadProcess process = MostReadProcess.start(broker, state);
      process.awaitRunning();
      double runningSeconds = secondsSince(start);
      boolean exact = recount.awaitEqual(lists, AT_MOST);
      double seconds = secondsSince(start);
      return new Recovery(process, runningSeconds, seconds, exact, process.restored(), reference);
    }
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
