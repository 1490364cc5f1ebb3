package dev.newsfeed.streams;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the generations of a job that the topic {@code jobs} asks for, and follows it: whoever writes
 * there moves every instance, those that are away as soon as they are back.
 */
final class RunningGenerations implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunningGenerations.class);
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(30);

  private final String name;
  private final StreamsSettings settings;
  private final Function<Generation, Job> jobs;
  private final StartupChecks checks;
  private final Map<Long, RunningJob> running = new ConcurrentSkipListMap<>();
  private final TopicFollower follower;
  private volatile @Nullable JobGeneration said;
  private volatile long serving = Assignment.NONE;
  private boolean following;

  private RunningGenerations(
      String name, StreamsSettings settings, Function<Generation, Job> jobs, StartupChecks checks) {
    this.name = name;
    this.settings = settings;
    this.jobs = jobs;
    this.checks = checks;
    this.follower = TopicFollower.of(settings.kafka(), "newsfeed-generations-" + name)
        .on(settings.topics().jobs, (place, value) -> {
          if (name.equals(place.key())) {
            said = value;
          }
        })
        .afterBatch(this::followOn)
        .start();
  }

  /**
   * Reads what is to run, and starts it.
   *
   * @param name of the job, in its first generation
   * @param jobs the job in each generation
   */
  static RunningGenerations start(
      String name, StreamsSettings settings, Function<Generation, Job> jobs, StartupChecks checks) {
    RunningGenerations generations = new RunningGenerations(name, settings, jobs, checks);
    try {
      generations.follower.awaitCaughtUp(KNOWN_WITHIN);
      generations.begin();
      return generations;
    } catch (RuntimeException e) {
      generations.close();
      generations.all().forEach(RunningJob::close);
      throw e;
    }
  }

  private synchronized void begin() {
    following = true;
    followOn();
  }

  /** On the follower's thread, after the first time. */
  private synchronized void followOn() {
    if (!following) {
      return;
    }
    Assignment wanted = Assignment.of(said);
    if (wanted.serving() == serving && wanted.running().keySet().equals(running.keySet())) {
      return;
    }
    LOG.info("job={} runs={} serves={}", name, wanted.running(), wanted.serving());
    serving = wanted.serving(); // from now on no other one writes, however long it takes to close
    running.forEach((number, job) -> {
      if (!wanted.running().containsKey(number)) {
        job.close();
        running.remove(number);
      }
    });
    for (long number : wanted.running().keySet()) {
      if (!running.containsKey(number)) {
        begin(number, wanted);
      }
    }
    if (wanted.isSettled()) {
      forgetOthers(job(serving, wanted));
    }
  }

  private void begin(long number, Assignment wanted) {
    try {
      Job job = job(number, wanted);
      checks.stateHasItsPosition(job);
      running.put(number, new RunningJob(job, settings));
    } catch (RuntimeException e) {
      if (number == serving) {
        throw e;
      }
      // what serves goes on; who asked for this one sees that nobody runs it
      LOG.error("cannot begin job={} generation={}", name, number, e);
    }
  }

  private Job job(long number, Assignment wanted) {
    Counting counting = Objects.requireNonNull(wanted.running().get(number));
    return jobs.apply(new Generation(number, counting, () -> serving == number));
  }

  /** Deletes the stores of other generations; those of this one are in use. */
  private void forgetOthers(Job kept) {
    String first = Jobs.applicationId(jobs.apply(Generation.FIRST), settings.topics());
    String current = Jobs.applicationId(kept, settings.topics());
    if (!Files.isDirectory(settings.stateDir())) {
      return;
    }
    try (Stream<Path> directories = Files.list(settings.stateDir())) {
      for (Path directory : directories.toList()) {
        String application = directory.getFileName().toString();
        if (Jobs.isGenerationOf(first, application) && !application.equals(current)) {
          delete(directory);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // costs room and nothing else
      LOG.warn("stores of former generations are still there job={}", name, e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Those that readers depend on: all but one that is being built beside the one that serves. */
  List<RunningJob> depended() {
    long now = serving;
    return running.entrySet().stream()
        .filter(entry -> now == Assignment.NONE || entry.getKey() == now)
        .map(Map.Entry::getValue)
        .toList();
  }

  /** All that run. */
  List<RunningJob> all() {
    return List.copyOf(running.values());
  }

  /** Why it cannot be told any more what to run; null while it can. */
  @Nullable
  Throwable failure() {
    return follower.failure();
  }

  /** Stops following; the jobs themselves are closed by who asked for {@link #all}. */
  @Override
  public void close() {
    follower.close();
  }
}
