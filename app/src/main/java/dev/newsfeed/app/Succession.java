package dev.newsfeed.app;

import static dev.newsfeed.avro.GenerationPhase.building;
import static dev.newsfeed.avro.GenerationPhase.serving;
import static dev.newsfeed.avro.GenerationPhase.switching;

import dev.newsfeed.app.Rebuildable.Outputs;
import dev.newsfeed.app.Rebuildable.Words;
import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Jobs;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Leads a job from one generation to the next, by what it says on the topic {@code jobs}.
 *
 * <pre>
 * says              instances run   outputs are those of   until
 * 2 building        1 and 2         1                      2 has read what there is
 * 2 switching       2               1, at rest             2 knows all that 1 knew
 * 2 serving         2               2                      all outputs are written
 * 2 serving, alone  2               2                      the next time
 * </pre>
 *
 * Each step can be repeated: a command that was interrupted goes on from what the topic says. Outputs
 * rest while they switch, because one of generation 2 that knows less than generation 1 did could
 * show an article again that was withdrawn.
 */
final class Succession implements AutoCloseable {

  private static final Duration TAKEN_UP_WITHIN = Duration.ofSeconds(60);
  private static final Duration STUCK_AFTER = Duration.ofMinutes(3);
  private static final Duration TOLD_EVERY = Duration.ofSeconds(2);
  private static final long LOOK_EVERY_MS = 200;

  /** What comes in while so much is read may still be to read when the switch begins. */
  private static final Duration NEARLY = Duration.ofSeconds(10);

  private final Rebuildable job;
  private final Words words;
  private final KafkaSettings kafka;
  private final Topics topics;
  private final String by;
  private final Clock clock;
  private final Consumer<String> progress;
  private final GenerationLog log;
  private final Admin admin;

  /**
   * A change to be run or cancelled; any other one of this job is told that this one has taken over.
   *
   * @param by who asks for it
   * @param progress takes a line for each step
   */
  Succession(
      Rebuildable job,
      KafkaSettings kafka,
      Topics topics,
      String by,
      Clock clock,
      Consumer<String> progress) {
    this.job = job;
    this.words = job.words();
    this.kafka = kafka;
    this.topics = topics;
    this.by = by;
    this.clock = clock;
    this.progress = progress;
    this.log = new GenerationLog(kafka, topics, job.job());
    this.admin = Admin.create(kafka.with(Map.of("client.id", "newsfeed-rebuild")));
  }

  /**
   * Builds a new generation, or goes on with the one that is being built.
   *
   * @throws UnavailableException when a step does not end in time, saying what to do
   */
  void run() {
    JobGeneration said = log.last();
    if (said != null && isGivenUp(said)) {
      said = finish(said); // a cancel that was interrupted
    }
    if (said == null || isAlone(said)) {
      said = begin(said);
    } else if (job.isAlso(said.getCounting())) {
      progress.accept("going on with " + described(said) + ", which is " + said.getPhase());
    } else {
      throw new UnavailableException(
          described(said) + " is " + said.getPhase() + ": repeat the command that asked for it"
              + (said.getPhase() == building ? ", or give it up with --cancel" : ""),
          null);
    }
    if (said.getPhase() == building) {
      said = build(said);
    }
    if (said.getPhase() == switching) {
      said = switchOver(said);
    }
    finish(said);
  }

  /** Gives up a generation that does not serve yet. */
  void cancel() {
    JobGeneration said = log.last();
    if (said != null && isGivenUp(said)) {
      finish(said);
      return;
    }
    if (said == null || said.getPhase() == serving) {
      throw new UnavailableException("no " + words.undertaking() + " is under way", null);
    }
    if (said.getPhase() == switching) {
      throw new UnavailableException(
          "it is too late to cancel: the former " + words.outputs()
              + " are not kept up to date any more; repeat \"" + words.command()
              + "\" to end the switch",
          null);
    }
    finish(say(JobGeneration.newBuilder(said)
        .setGeneration(said.getFormer())
        .setCounting(said.getFormerCounting())
        .setFormer(said.getGeneration())
        .setFormerCounting(said.getCounting())
        .setPhase(serving)));
  }

  /** Whether a later generation was given up for it, and may not be tidied away yet. */
  private static boolean isGivenUp(JobGeneration said) {
    return said.getPhase() == serving && said.getFormer() > said.getGeneration();
  }

  private static boolean isAlone(JobGeneration said) {
    return said.getPhase() == serving && said.getFormer() == 0;
  }

  private JobGeneration begin(@Nullable JobGeneration last) {
    long former = last == null ? 1 : last.getGeneration();
    if (!group(former).hasMembers()) {
      throw new UnavailableException(
          "nobody runs the " + job.job() + " job: start \"newsfeed streams\" (or \"newsfeed up\"),"
              + " then repeat this",
          null);
    }
    GenerationGroup next = group(former + 1);
    next.delete(); // a command may have ended between the next line and what it would have said
    job.prepare(next);
    JobGeneration said = say(JobGeneration.newBuilder()
        .setJob(job.job())
        .setGeneration(former + 1)
        .setPhase(building)
        .setFormer(former)
        .setCounting(job.counting())
        .setFormerCounting(last == null ? null : last.getCounting()));
    progress.accept("building " + described(said) + "; generation " + former + " serves");
    return said;
  }

  /** A generation and what it counts, if that is not what is usual. */
  private static String described(JobGeneration said) {
    String text = "generation " + said.getGeneration();
    Counting counting = said.getCounting();
    if (counting == null) {
      return text;
    }
    return text
        + (counting.getSuspects() ? " with suspects" : "")
        + (counting.getFrom() == null ? "" : " from " + counting.getFrom() + " on");
  }

  private JobGeneration build(JobGeneration said) {
    GenerationGroup next = group(said.getGeneration());
    await(
        next::hasMembers,
        "no process has taken up generation " + said.getGeneration() + ": are the jobs running, in"
            + " this version? The former " + words.outputs()
            + " are served; repeat this, or give up with --cancel");
    awaitNearlyAllRead(next);
    return say(JobGeneration.newBuilder(said).setPhase(switching));
  }

  /** Lets it read on until reading what is there takes no time worth mentioning. */
  private void awaitNearlyAllRead(GenerationGroup next) {
    long begun;
    do {
      begun = System.nanoTime();
      Map<TopicPartition, Long> ends = next.ends(allInputs(next));
      awaitNone("records to read", () -> lookAt(next, ends));
    } while (System.nanoTime() - begun > NEARLY.toNanos());
  }

  private JobGeneration switchOver(JobGeneration said) {
    progress.accept("switching; " + words.written() + " rest");
    GenerationGroup former = group(said.getFormer());
    GenerationGroup next = group(said.getGeneration());
    await(
        () -> !former.hasMembers(),
        "generation " + said.getFormer() + " is still running somewhere: stop processes of another"
            + " version, then repeat this");
    Map<TopicPartition, Long> known = known(former);
    awaitNone("records until it knows what the former one knew", () -> lookAt(next, known));
    // what it has read may still be on its way between its parts, one after the other
    for (String part : job.parts()) {
      Map<TopicPartition, Long> ends = next.ends(next.repartitionTopics().stream()
          .filter(topic -> topic.contains(part))
          .toList());
      awaitNone("records on their way " + part, () -> lookAt(next, ends));
    }
    retireOthers(said);
    return say(JobGeneration.newBuilder(said).setPhase(serving));
  }

  /** How far a generation had read its inputs when it stopped. */
  private Map<TopicPartition, Long> known(GenerationGroup stopped) {
    Map<TopicPartition, Long> known = new HashMap<>(stopped.positions());
    known.keySet().removeIf(partition -> !job.inputs().contains(partition.topic()));
    return known;
  }

  private void retireOthers(JobGeneration said) {
    try (Outputs outputs = job.outputs(said)) {
      outputs.refresh();
      int retired = outputs.retireOthers(log, clock.instant());
      if (retired > 0) {
        progress.accept(retired + " " + words.outputs() + " have no article any more");
      }
    }
  }

  private JobGeneration finish(JobGeneration said) {
    int known;
    try (Outputs outputs = job.outputs(said)) {
      awaitNone(words.written() + " to write", () -> {
        outputs.refresh();
        return new Look(outputs.missing(), -outputs.missing());
      });
      known = outputs.known();
    }
    for (long number = 1; number <= Math.max(said.getGeneration(), said.getFormer()); number++) {
      if (number != said.getGeneration()) {
        GenerationGroup other = group(number);
        await(
            () -> !other.hasMembers(),
            "generation " + number + " is still running somewhere; repeat this to tidy up");
        other.delete();
      }
    }
    JobGeneration alone = say(JobGeneration.newBuilder(said).setFormer(0).setFormerCounting(null));
    progress.accept(described(alone) + " serves, " + known + " " + words.outputs());
    return alone;
  }

  private Set<String> allInputs(GenerationGroup group) {
    Set<String> all = new HashSet<>(job.inputs());
    all.addAll(group.repartitionTopics());
    return all;
  }

  private GenerationGroup group(long number) {
    return new GenerationGroup(admin, kafka, Jobs.applicationId(job.job(), number, topics));
  }

  private JobGeneration say(JobGeneration.Builder what) {
    JobGeneration said = what.setBy(by).setAt(clock.instant()).build();
    log.say(said);
    return said;
  }

  private static void await(BooleanSupplier condition, String otherwise) {
    long end = System.nanoTime() + TAKEN_UP_WITHIN.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new UnavailableException(otherwise, null);
      }
      pause();
    }
  }

  /** What is left to do, and a number that grows when something is done. */
  private record Look(long left, long done) {}

  private static Look lookAt(GenerationGroup group, Map<TopicPartition, Long> targets) {
    long done = group.positions().values().stream().mapToLong(Long::longValue).sum();
    return new Look(group.behind(targets), done);
  }

  /**
   * Waits until none is left; gives up when nothing is done for a while. What is left may grow
   * meanwhile: each article read is told to several feeds.
   */
  private void awaitNone(String what, Supplier<Look> looks) {
    long begun = System.nanoTime();
    long told = begun;
    long advanced = begun;
    long done = Long.MIN_VALUE;
    for (Look look = looks.get(); look.left() > 0; look = looks.get()) {
      long now = System.nanoTime();
      if (look.done() > done) {
        done = look.done();
        advanced = now;
      } else if (now - advanced > STUCK_AFTER.toNanos()) {
        throw new UnavailableException(
            "no progress for " + STUCK_AFTER.toMinutes() + " minutes with " + look.left() + " "
                + what + " left: look at the health and the log of the jobs, then repeat this",
            null);
      }
      if (now - told > TOLD_EVERY.toNanos()) {
        progress.accept(look.left() + " " + what);
        told = now;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted", e);
    }
  }

  @Override
  public void close() {
    admin.close();
    log.close();
  }
}
