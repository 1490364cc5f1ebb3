package dev.newsfeed.app;

import static dev.newsfeed.avro.GenerationPhase.building;
import static dev.newsfeed.avro.GenerationPhase.serving;
import static dev.newsfeed.avro.GenerationPhase.switching;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.GenerationPhase;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.feeds.Feeds;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * Leads the feeds job from one generation to the next, by what it says on the topic {@code jobs}.
 *
 * <pre>
 * says              instances run   heads are those of   until
 * 2 building        1 and 2         1                    2 has read what there is
 * 2 switching       2               1, at rest           2 knows all that 1 knew
 * 2 serving         2               2                    all heads are written
 * 2 serving, alone  2               2                    the next time
 * </pre>
 *
 * Each step can be repeated: a command that was interrupted goes on from what the topic says. Heads
 * rest while they switch, because one of generation 2 that knows less than generation 1 did could
 * show an article again that was withdrawn.
 */
final class FeedsRebuild implements AutoCloseable {

  private static final Duration TAKEN_UP_WITHIN = Duration.ofSeconds(60);
  private static final Duration STUCK_AFTER = Duration.ofMinutes(3);
  private static final Duration TOLD_EVERY = Duration.ofSeconds(2);
  private static final long LOOK_EVERY_MS = 200;

  /** Records that may be on their way when the switch begins; it takes longer than they do. */
  private static final long NEARLY = 1_000;

  private final KafkaSettings kafka;
  private final Topics topics;
  private final String by;
  private final Clock clock;
  private final Consumer<String> progress;
  private final GenerationLog log;
  private final Admin admin;

  /**
   * A rebuild to be run or cancelled; any other one is told that this one has taken over.
   *
   * @param by who asks for it
   * @param progress takes a line for each step
   */
  FeedsRebuild(
      KafkaSettings kafka, Topics topics, String by, Clock clock, Consumer<String> progress) {
    this.kafka = kafka;
    this.topics = topics;
    this.by = by;
    this.clock = clock;
    this.progress = progress;
    this.log = new GenerationLog(kafka, topics, Feeds.NAME);
    this.admin = Admin.create(kafka.with(Map.of("client.id", "newsfeed-rebuild")));
  }

  /**
   * Builds a new generation, or goes on with the one that is being built.
   *
   * @throws UnavailableException when a step does not end in time, saying what to do
   */
  void run() {
    JobGeneration said = log.last();
    if (said == null || isAlone(said)) {
      said = begin(said == null ? 1 : said.getGeneration());
    } else {
      progress.accept(
          "going on with generation " + said.getGeneration() + ", which is " + said.getPhase());
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
    if (said == null || said.getPhase() == serving) {
      throw new UnavailableException("no rebuild of the feeds is under way", null);
    }
    if (said.getPhase() == switching) {
      throw new UnavailableException(
          "it is too late to cancel: the former feeds are not kept up to date any more; repeat"
              + " \"newsfeed rebuild feeds\" to end the switch",
          null);
    }
    long kept = said.getFormer();
    long givenUp = said.getGeneration();
    finish(say(kept, serving, givenUp));
  }

  private static boolean isAlone(JobGeneration said) {
    return said.getPhase() == serving && said.getFormer() == 0;
  }

  private JobGeneration begin(long former) {
    if (!group(former).hasMembers()) {
      throw new UnavailableException(
          "nobody runs the feeds job: start \"newsfeed streams\" (or \"newsfeed up\"), then"
              + " repeat this",
          null);
    }
    JobGeneration said = say(former + 1, building, former);
    progress.accept(
        "building generation " + said.getGeneration() + "; generation " + former + " serves");
    return said;
  }

  private JobGeneration build(JobGeneration said) {
    GenerationGroup next = group(said.getGeneration());
    await(
        next::hasMembers,
        "no process has taken up generation " + said.getGeneration() + ": are the jobs running, in"
            + " this version? The former feeds are served; repeat this, or give up with --cancel");
    awaitFewer(NEARLY, "records to read", () -> lookAt(next, next.ends(allInputs(next))));
    return say(said.getGeneration(), switching, said.getFormer());
  }

  private JobGeneration switchOver(JobGeneration said) {
    progress.accept("switching; heads rest");
    GenerationGroup former = group(said.getFormer());
    GenerationGroup next = group(said.getGeneration());
    await(
        () -> !former.hasMembers(),
        "generation " + said.getFormer() + " is still running somewhere: stop processes of another"
            + " version, then repeat this");
    Map<TopicPartition, Long> known = known(former);
    awaitFewer(1, "records until it knows what the former one knew", () -> lookAt(next, known));
    // what it has read may still be on its way between its parts, one after the other
    for (String part : List.of("by-article", "by-feed")) {
      Map<TopicPartition, Long> ends = next.ends(next.repartitionTopics().stream()
          .filter(topic -> topic.contains(part))
          .toList());
      awaitFewer(1, "records on their way " + part, () -> lookAt(next, ends));
    }
    emptyUnknown(said);
    return say(said.getGeneration(), serving, said.getFormer());
  }

  /** How far a generation had read its inputs when it stopped. */
  private Map<TopicPartition, Long> known(GenerationGroup stopped) {
    Map<TopicPartition, Long> known = new HashMap<>(stopped.positions());
    known.keySet().removeIf(partition -> !inputs().contains(partition.topic()));
    return known;
  }

  private void emptyUnknown(JobGeneration said) {
    long revision = Generation.revisionsAfter(said.getGeneration());
    try (ServedHeads heads = new ServedHeads(kafka, topics)) {
      heads.refresh();
      Map<String, Feed> empty = heads.emptyOnesBeside(knownFeeds(said), revision, clock.instant());
      if (!empty.isEmpty()) {
        log.write(empty);
        progress.accept(empty.size() + " feeds have no article any more");
      }
    }
  }

  private void finish(JobGeneration said) {
    Set<String> feeds = knownFeeds(said);
    long revision = Generation.revisionsAfter(said.getGeneration());
    try (ServedHeads heads = new ServedHeads(kafka, topics)) {
      awaitFewer(1, "heads to write", () -> {
        heads.refresh();
        long missing = heads.missing(feeds, revision);
        return new Look(missing, -missing);
      });
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
    say(said.getGeneration(), serving, 0);
    progress.accept("generation " + said.getGeneration() + " serves, " + feeds.size() + " feeds");
  }

  /** Every feed that a generation has anything to say about. */
  private Set<String> knownFeeds(JobGeneration said) {
    Set<String> feeds = new HashSet<>();
    String application = Jobs.feedsApplicationId(said.getGeneration(), topics);
    try (TopicScan scan = new TopicScan(kafka, Feeds.knownFeeds(application))) {
      scan.toEnd(record -> feeds.add(record.key()));
    }
    return feeds;
  }

  private Set<String> inputs() {
    return Set.of(topics.published.name(), topics.curated.name());
  }

  private Set<String> allInputs(GenerationGroup group) {
    Set<String> all = new HashSet<>(inputs());
    all.addAll(group.repartitionTopics());
    return all;
  }

  private GenerationGroup group(long number) {
    return new GenerationGroup(admin, kafka, Jobs.feedsApplicationId(number, topics));
  }

  private JobGeneration say(long generation, GenerationPhase phase, long former) {
    JobGeneration said =
        new JobGeneration(Feeds.NAME, generation, phase, former, by, clock.instant());
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
   * Waits until fewer than this are left; gives up when nothing is done for a while. What is left may
   * grow meanwhile: each article read is told to several feeds.
   */
  private void awaitFewer(long enough, String what, Supplier<Look> looks) {
    long begun = System.nanoTime();
    long told = begun;
    long advanced = begun;
    long done = Long.MIN_VALUE;
    for (Look look = looks.get(); look.left() >= enough; look = looks.get()) {
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
