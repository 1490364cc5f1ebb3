package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A running newsroom moves from an earlier commit to this one, process by process, and back, while
 * articles and clicks go on: {@code mvn verify -Pupgrade -Dprevious=COMMIT}.
 *
 * <pre>
 *          topics  streams    intake gateway
 *  1       old     old old    old    old
 *  2       new     new old    old    old       both versions in one group
 *  3       new     new new    old    old
 *  4       new     new new    new    new
 *  5       old     old new    new    new       and back
 *  6       old     old old    old    old
 * </pre>
 */
class RollingUpgrade {

  private static final List<String> JOBS = List.of("publication", "feeds", "most-read");
  private static final List<String> SECTIONS = List.of("world", "sport", "culture");
  private static final int STEP_ARTICLES = 150;
  private static final String PRESENT = System.getProperty("java.class.path");

  private final Instant begun = Instant.now();
  private final ClosedLater closing = new ClosedLater();
  private final ReadWriteLock atWork = new ReentrantReadWriteLock();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable IntakeClient> intake = new AtomicReference<>();

  @TempDir
  Path data;

  private KafkaCluster cluster;
  private volatile int published;

  @BeforeEach
  void startKafka() {
    cluster = closing.add(KafkaCluster.embedded());
  }

  @AfterEach
  void stopEverything() {
    closing.close();
  }

  @Test
  void countsAndFeedsStayExactWhileVersionsMeetAndWhenTheFormerOneComesBack() throws Exception {
    String commit = System.getProperty("previous", "");
    assertThat(commit).as("-Dprevious, a commit").isNotEmpty();
    String previous = PreviousVersion.classPath(commit);

    applyTopics(previous);
    NewsfeedProcess intakeProcess = role(previous, "intake");
    NewsfeedProcess gateway = role(previous, "gateway");
    NewsfeedProcess first = streams(previous, "streams-1");
    NewsfeedProcess second = streams(previous, "streams-2");
    beginWork(intakeProcess);
    check("1 all of the former version", gateway);

    applyTopics(PRESENT);
    stop(first);
    first = streams(PRESENT, "streams-1");
    check("2 one instance of each version", gateway);

    stop(second);
    second = streams(PRESENT, "streams-2");
    check("3 jobs of this version, sides of the former", gateway);

    NewsfeedProcess formerIntake = intakeProcess;
    intakeProcess = role(PRESENT, "intake");
    intake.set(client(intakeProcess));
    paused(() -> stop(formerIntake));
    stop(gateway);
    gateway = role(PRESENT, "gateway");
    check("4 all of this version", gateway);

    applyTopics(previous);
    stop(first);
    first = streams(previous, "streams-1");
    check("5 back: one instance of each version", gateway);

    stop(second);
    streams(previous, "streams-2");
    stop(gateway);
    gateway = role(previous, "gateway");
    NewsfeedProcess laterIntake = intakeProcess;
    intake.set(client(role(previous, "intake")));
    paused(() -> stop(laterIntake));
    check("6 back: all of the former version", gateway);
  }

  /**
   * What one instance of a job tells the others has a schema of the next version. The gateway is new, as
   * docs/upgrading.md says; the instance that is not stops by itself, and so does the intake's reader.
   */
  @Test
  void instanceThatCannotReadWhatANewerOneWritesStopsAndNothingIsLost() throws Exception {
    String next = NextVersion.classPath();
    applyTopics(PRESENT);
    NewsfeedProcess intakeProcess = role(PRESENT, "intake");
    NewsfeedProcess gateway = role(next, "gateway");
    NewsfeedProcess first = streams(PRESENT, "streams-1");
    NewsfeedProcess second = streams(PRESENT, "streams-2");
    beginWork(intakeProcess);
    check("1 new gateway, jobs of the former version", gateway);

    stop(first);
    NewsfeedProcess newer = streams(next, "streams-1");
    await()
        .atMost(Duration.ofMinutes(4))
        .untilAsserted(() -> assertThat(second.lines())
            .as("newer: %s, newsroom: %s after %d", newer.lines(), failure.get(), published)
            .anyMatch(line -> line.matches("stopped after a failure: .*newer version.*")));
    assertThat(second.awaitEnd()).isEqualTo(1);
    assertThat(new Reading(url(intakeProcess), url(intakeProcess))
            .get("/health/ready")
            .body())
        .contains("replace this process");

    streams(next, "streams-2");
    check("2 jobs of the next version", gateway);
    intake.set(client(role(next, "intake")));
    paused(() -> stop(intakeProcess));
    check("3 all of the next version", gateway);
  }

  /** Lets the newsroom work on, then holds it and compares what is shown with a recount of the topics. */
  private void check(String step, NewsfeedProcess gateway) throws Exception {
    for (String job : JOBS) {
      try (JobGroup group = new JobGroup(kafka(), "newsfeed-" + job)) {
        group.awaitSharedByTwo();
      }
    }
    int until = published + STEP_ARTICLES;
    await().atMost(Duration.ofMinutes(2)).until(() -> failure.get() != null || published >= until);
    assertThat(failure.get()).as(step).isNull();
    paused(() -> {
      Reading reading = new Reading(url(gateway), url(gateway));
      Recount recount =
          new Recount(kafka(), new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()));
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() -> {
            for (String section : SECTIONS) {
              assertThat(reading.wholeFeed("section/" + section))
                  .as(step)
                  .isEqualTo(recount.section(section));
              for (String window : List.of("now", "today", "this-week")) {
                assertMostRead(step, reading, recount, window, section);
              }
            }
          });
      System.out.println("exact at step " + step + ": " + recount.accepted().size() + " articles");
    });
  }

  private static void assertMostRead(
      String step, Reading reading, Recount recount, String window, String section) {
    JsonNode list =
        reading.get("/most-read/" + window + "?scope=section/" + section).json();
    List<String> entries = new ArrayList<>();
    list.path("entries")
        .forEach(e ->
            entries.add(e.path("articleId").asText() + "=" + e.path("reads").asLong()));
    assertThat(entries)
        .as("%s: %s of %s", step, window, section)
        .isNotEmpty()
        .isEqualTo(recount.mostRead(
            section,
            Instant.parse(list.path("windowStart").asText()),
            Instant.parse(list.path("windowEnd").asText())));
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Does something while the newsroom holds still. */
  private void paused(Step step) throws Exception {
    atWork.writeLock().lock();
    try {
      step.run();
    } finally {
      atWork.writeLock().unlock();
    }
  }

  // ---- the newsroom ----

  private void beginWork(NewsfeedProcess to) {
    intake.set(client(to));
    ScheduledExecutorService newsroom = Executors.newSingleThreadScheduledExecutor();
    closing.add(newsroom::shutdownNow);
    newsroom.scheduleWithFixedDelay(this::work, 0, 20, TimeUnit.MILLISECONDS);
  }

  private void work() {
    if (failure.get() != null) {
      return;
    }
    atWork.readLock().lock();
    try {
      IntakeClient newsroom = Objects.requireNonNull(intake.get());
      int n = published + 1;
      String id = "rolling-" + n;
      send(newsroom, article(id, 1, n, n));
      for (int reader = 0; reader < 1 + n % 7; reader++) {
        newsroom.click(id, Reader.number(n + reader));
      }
      if (n > 20) { // what was read under another version is read on, and once more by the same
        newsroom.click("rolling-" + (n - 20), Reader.number(n - 20));
        newsroom.click("rolling-" + (n - 20), Reader.number(n + 100));
      }
      if (n % 5 == 0) {
        send(newsroom, article(id, 2, n, n + 1)); // into another section, at its old time
      }
      if (n % 11 == 0) {
        require(newsroom.withdraw("rolling-" + (n - 10), 3, "Only a test"));
      }
      published = n; // only this thread writes it
    } catch (RuntimeException e) {
      failure.set(e);
    } finally {
      atWork.readLock().unlock();
    }
  }

  private ObjectNode article(String id, long version, int n, int section) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Story " + id)
        .put("section", SECTIONS.get(section % SECTIONS.size()))
        .put("firstPublished", begun.minusSeconds(7_200 - n / 3).toString());
  }

  private static void send(IntakeClient intake, ObjectNode article) {
    require(intake.publish(article));
  }

  private static void require(IntakeClient.Answer answer) {
    if (!answer.accepted()) {
      throw new IllegalStateException(answer.problem());
    }
  }

  // ---- processes ----

  private KafkaSettings kafka() {
    return KafkaSettings.of(cluster.bootstrapServers());
  }

  private NewsfeedProcess start(String classPath, String directory, String... command)
      throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrapServers());
    environment.put(NewsfeedSettings.DATA, data.resolve(directory).toString());
    environment.put(NewsfeedSettings.GATEWAY_PORT, "0");
    environment.put(NewsfeedSettings.INTAKE_PORT, "0");
    environment.put(NewsfeedSettings.HEALTH_PORT, "0");
    environment.put(NewsfeedSettings.ZONE, "UTC");
    environment.put(NewsfeedSettings.VISITOR_SECRET, "known to every intake");
    return closing.add(NewsfeedProcess.startFrom(classPath, environment, command));
  }

  /** A role that listens; what it keeps, its successor finds. */
  private NewsfeedProcess role(String classPath, String name) throws IOException {
    NewsfeedProcess role = start(classPath, name, name);
    role.awaitLine("listening on port ([0-9]+)");
    return role;
  }

  private NewsfeedProcess streams(String classPath, String directory) throws IOException {
    NewsfeedProcess streams = start(classPath, directory, "streams");
    streams.awaitLine("jobs started");
    return streams;
  }

  private void applyTopics(String classPath) throws IOException, InterruptedException {
    assertThat(start(classPath, "none", "topics", "apply").awaitEnd()).isZero();
  }

  private static void stop(NewsfeedProcess process) throws InterruptedException {
    assertThat(process.stop()).isZero();
  }

  private static URI url(NewsfeedProcess role) {
    return URI.create("http://127.0.0.1:" + role.awaitLine("listening on port ([0-9]+)"));
  }

  private static IntakeClient client(NewsfeedProcess intake) {
    return new IntakeClient(url(intake));
  }
}
