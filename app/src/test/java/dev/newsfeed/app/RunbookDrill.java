package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Click;
import dev.newsfeed.schemas.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The drill of {@code docs/monitoring.md}: each alert is rung by a fault of the kind that it is for, on a
 * newsroom of processes with a Prometheus of its own, and falls silent after the first move that the
 * runbook has for it: {@code mvn verify -Pdrill -Dprometheus=PROGRAM}. Prometheus' minutes are shorter;
 * those of the newsroom are not.
 *
 * <pre>
 * three brokers ◀─ intake, streams, gateway, watch ◀─ Prometheus ◀─ the drill
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("try") // what is done meanwhile is named, not used
class RunbookDrill {

  private static final int FASTER = 5;
  private static final Duration RINGS_WITHIN = Duration.ofMinutes(6);
  private static final Duration SILENT_WITHIN = Duration.ofMinutes(6);
  private static final String SPARE = "streams-2";
  private static final int STORIES = 40;
  private static final int BACKLOG = 120_000;
  private static final int FLOOD_PER_S = 3_000;
  private static final int BATCH = 500;

  private final Map<String, Integer> healthPorts = new LinkedHashMap<>();
  private final ClosedLater closing = new ClosedLater();
  private final Random random = new Random(7);

  private ThreeBrokers brokers;
  private NewsroomProcesses newsroom;
  private Prometheus prometheus;
  private NewsfeedProcess streams;
  private NewsfeedProcess gateway;
  private NewsfeedProcess intake;
  private NewsfeedProcess watch;
  private long since = System.nanoTime();

  @BeforeAll
  void startEverything(@TempDir Path data) throws Exception {
    List<String> names = List.of("intake", "streams", "gateway", "watch", SPARE);
    List<Integer> ports = LastingPorts.free(names.size());
    for (int i = 0; i < names.size(); i++) {
      healthPorts.put(names.get(i), ports.get(i));
    }
    Map<String, Integer> targets = new LinkedHashMap<>(healthPorts);
    targets.remove(SPARE);
    String program = System.getProperty("prometheus", "prometheus");
    brokers = closing.add(new ThreeBrokers(data));
    newsroom = closing.add(new NewsroomProcesses(brokers, "drill", data));
    prometheus =
        closing.add(Prometheus.start(program, data.resolve("prometheus"), targets, FASTER));
    intake = role("intake", "intake");
    NewsroomProcesses.awaitReady(intake, newsroom.intakeUrl());
    streams = role("streams", "streams");
    newsroom.awaitRunning(streams);
    gateway = role("gateway", "gateway");
    NewsroomProcesses.awaitReady(gateway, newsroom.gatewayUrl());
    watch = role("watch", "watch", "--every", "PT3S");
    publishStories();
    await().atMost(Duration.ofSeconds(30)).until(() -> prometheus.targetsUp() == 4);
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> prometheus.series("newsfeed_list_age_seconds{list=\"now\"}") == 1);
  }

  @AfterAll
  void stopEverything() {
    closing.close();
  }

  private NewsfeedProcess role(String role, String name, String... more) throws IOException {
    return newsroom.start(role, name, health(name), more);
  }

  private Map<String, String> health(String name) {
    return Map.of(NewsfeedSettings.HEALTH_PORT, String.valueOf(healthPorts.get(name)));
  }

  private void publishStories() {
    for (int i = 0; i < STORIES; i++) {
      ObjectNode story = JsonNodeFactory.instance
          .objectNode()
          .put("articleId", story(i))
          .put("version", 1)
          .put("headline", "Story of the drill, number " + i)
          .put("section", "world");
      assertThat(newsroom.desk().publish(story).accepted()).isTrue();
    }
  }

  private static String story(int number) {
    return "drill-story-" + number;
  }

  /** That must be heard, too. */
  @Test
  @Order(1)
  void nothingRingsWhileAllIsWell() throws Exception {
    silentAndWell();
  }

  private void silentAndWell() throws Exception {
    silent();
    TimeUnit.SECONDS.sleep(60);
    assertThat(prometheus.ringing()).isEmpty();
    say("all is well for a minute, and nothing rings");
  }

  @Test
  @Order(11)
  void everyPanelShowsSomething() throws Exception {
    for (String expression : MonitoringTest.shown()) {
      assertThat(prometheus.series(expression)).as(expression).isPositive();
    }
    say("the dashboard has something to show in each panel");
  }

  // ---- the faults

  @Test
  @Order(2)
  void jobsAreGone() throws Exception {
    streams.kill();
    fault("the only streams process is killed");
    rings("ProcessIsGone", "streams");
    rings("FewerProcesses", "streams");
    rings("JobIsNotRun", "publication");
    rings("JobIsNotRun", "feeds");
    rings("JobIsNotRun", "most-read");
    rings("NewsDoesNotArrive", "published");
    rings("NewsDoesNotArrive", "feed");
    rings("NewsDoesNotArrive", "subscriber");
    rings("MostReadIsStale", "now");
    assertThat(prometheus.ringing()).noneMatch(alert -> alert.speaksOf("accepted"));

    assertThat(status())
        .containsPattern("! +job +publication +nobody runs it")
        .containsPattern("! +job +feeds +nobody runs it")
        .containsPattern("! +job +most-read +nobody runs it");
    move("status names the jobs that nobody runs; a streams process is started");
    streams = role("streams", "streams");
    silent();
  }

  @Test
  @Order(3)
  void gatewayIsGone() throws Exception {
    gateway.kill();
    fault("the only gateway is killed");
    rings("NewsDoesNotArrive", "subscriber");
    rings("ProcessIsGone", "gateway");
    assertThat(prometheus.ringing())
        .noneMatch(alert -> alert.speaksOf("at=\"feed\"") || alert.speaksOf("at=\"published\""));

    assertThat(status()).containsPattern("! +gateway .* does not answer");
    move("only the subscriber misses it: the gateway is looked at, and started");
    gateway = role("gateway", "gateway");
    silent();
  }

  @Test
  @Order(4)
  void intakeIsGone() throws Exception {
    intake.kill();
    fault("the only intake is killed");
    rings("NewsDoesNotArrive", "accepted");
    rings("ProcessIsGone", "intake");

    assertThat(status()).containsPattern("! +intake .* does not answer");
    move("the intake is the first place that misses it: it is started");
    intake = role("intake", "intake");
    silent();
  }

  @Test
  @Order(5)
  void watchIsGone() throws Exception {
    watch.kill();
    fault("the watch is killed");
    rings("NobodyWatches", "");
    rings("ProcessIsGone", "watch");

    move("it is started");
    watch = role("watch", "watch", "--every", "PT3S");
    silent();
  }

  @Test
  @Order(6)
  void muchIsRefused() throws Exception {
    for (int i = 0; i < 150; i++) {
      ObjectNode broken = JsonNodeFactory.instance
          .objectNode()
          .put("articleId", "broken-" + i)
          .put("version", 1)
          .put("headline", "");
      assertThat(newsroom.desk().publish(broken).status()).isEqualTo(422);
    }
    fault("a CMS sends 150 articles without a headline");
    rings("MuchIsRefused", "intake");

    String reason = prometheus.ringing().stream()
        .filter(alert -> alert.name().equals("MuchIsRefused"))
        .findFirst()
        .orElseThrow()
        .summary()
        .replaceAll(".*: ", "");
    CommandRun list = command();
    assertThat(list.execute("rejected", "list", "--reason", reason))
        .as(list.errors())
        .isZero();
    assertThat(list.output()).contains("broken-").contains("headline");
    move("rejected list --reason " + reason + " names articles and field; the CMS is mended");
  }

  /** Some 8 of 10 seconds it does nothing, as on a machine that swaps. */
  @Test
  @Order(7)
  void gatewayIsSlow() throws Exception {
    fault("the gateway's machine stands still for 8 of 10 seconds");
    try (Stutter unused =
        new Stutter(List.of(gateway), Duration.ofSeconds(8), Duration.ofSeconds(2))) {
      rings("NewsIsSlow", "");
    }
    move("the step to the subscriber is the one that grew; the gateway's machine is relieved");
  }

  @Test
  @Order(8)
  void archiveIsDamaged() throws Exception {
    watch.freeze(); // with news coming in, or reads, the gateway would see it, and end
    awaitUnchanged(newsroom.data("gateway"));
    try (Stream<Path> files = Files.walk(newsroom.data("gateway"))) {
      files.filter(RunbookDrill::holdsArticles).forEach(this::damage);
    }
    fault("files of the archive are overwritten");
    try (Repeated visits = new Repeated(Duration.ofMillis(100), this::search)) {
      rings("GatewayFails", "gateway");
      assertThat(gateway.lines()).anyMatch(line -> line.contains("cannot answer"));
      move("its log says that the archive cannot be read; the gateway is restarted");
      gateway.stop();
      gateway = role("gateway", "gateway");
      NewsroomProcesses.awaitReady(gateway, newsroom.gatewayUrl());
      assertThat(gateway.lines()).anyMatch(line -> line.contains("building the archive anew"));
      silent("GatewayFails");
      assertThat(newsroom.get(newsroom.gatewayUrl().resolve("/search?q=drill")))
          .startsWith("200")
          .contains("drill-story-");
    } finally {
      watch.thaw();
    }
    silent("MuchIsRefused"); // these two look back, for a while
    silent("NewsIsSlow");
  }

  /** Also by the merges that take replaced texts out of the files, a minute apart. */
  private static void awaitUnchanged(Path directory) {
    Set<Path> files = new HashSet<>();
    await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofSeconds(70)).until(() -> {
      try (Stream<Path> now = Files.walk(directory)) {
        Set<Path> before = Set.copyOf(files);
        files.clear();
        now.forEach(files::add);
        return files.equals(before);
      }
    });
  }

  private void search() {
    try {
      newsroom.get(newsroom.gatewayUrl().resolve("/search?q=drill"));
    } catch (UncheckedIOException e) {
      // it is being restarted
    }
  }

  /** In place: it is open. */
  private void damage(Path file) {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] noise = new byte[(int) open.size()];
      random.nextBytes(noise);
      open.write(ByteBuffer.wrap(noise), 0);
    } catch (NoSuchFileException e) {
      // merged with others meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean holdsArticles(Path file) {
    return file.toString().endsWith(".cfs") || file.toString().endsWith(".fdt");
  }

  @Test
  @Order(9)
  void clicksComeTooFast() throws Exception {
    fault("more clicks come than one process on a slow machine can do");
    try (KafkaProducer<String, byte[]> readers = anybody();
        Stutter unused =
            new Stutter(List.of(streams), Duration.ofSeconds(6), Duration.ofMillis(100))) {
      clicks(readers, BACKLOG);
      try (Repeated more =
          new Repeated(Duration.ofSeconds(1), () -> clicks(readers, FLOOD_PER_S))) {
        rings("JobFallsBehind", "most-read");
      }
      assertThat(status())
          .containsPattern("! +job +most-read +threads 1, [0-9]{5,} records behind");
      move("another streams process is started, and the slow one is stopped");
      NewsfeedProcess second = role("streams", SPARE);
      newsroom.awaitRunning(second);
    }
    assertThat(streams.stop()).isZero();
    streams = role("streams", "streams"); // where its metrics are asked for
    silent();
  }

  @Test
  @Order(10)
  void jobThreadsDie() throws Exception {
    Topic<?> rejected = newsroom.topics().rejected;
    try (TopicTuning tuning = new TopicTuning(newsroom.kafka());
        KafkaProducer<String, byte[]> anybody = anybody()) {
      String usual = tuning.config(rejected.name(), "max.message.bytes");
      tuning.set(rejected.name(), Map.of("max.message.bytes", "100"));
      await().until(() -> tuning.config(rejected.name(), "max.message.bytes"), "100"::equals);
      anybody
          .send(new ProducerRecord<>(
              newsroom.topics().articles.name(), "poison", "x".repeat(2_000).getBytes(UTF_8)))
          .get(30, TimeUnit.SECONDS);
      fault("there is poison, and rejected cannot be written");
      rings("JobThreadsDie", "publication");

      assertThat(streams.lines()).anyMatch(line -> line.contains("RecordTooLargeException"));
      move("the log names the topic that takes nothing; it takes it again");
      tuning.set(rejected.name(), Map.of("max.message.bytes", usual));
    }
    silent("JobThreadsDie");
  }

  /** A gateway that is started in the midst of it finds its topics, and cannot read them. */
  @Test
  @Order(12)
  void brokersAreAway() throws Exception {
    brokers.kill(2, 3);
    fault("two of three brokers are away, readers go on, and a gateway is started");
    gateway.kill();
    gateway = role("gateway", "gateway");
    IntakeClient site = newsroom.desk();
    try (Repeated readers = new Repeated(Duration.ofMillis(100), () -> clickBatch(site))) {
      rings("ClicksAreLost", "");
      rings("NewsDoesNotArrive", "accepted");
      rings("MostReadIsStale", "now");
      rings("NobodyWatches", "");
      rings("GatewayIsNotCaughtUp", "gateway");
    }
    move("brokers are looked at first, and started");
    brokers.start(2, 3);
    brokers.awaitWhole();
    silentAndWell();
  }

  // ---- what it takes

  private void clickBatch(IntakeClient site) {
    ArrayNode clicks = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < BATCH; i++) {
      clicks
          .addObject()
          .put("articleId", story(i % STORIES))
          .put("eventId", "drill-" + random.nextLong());
    }
    try {
      IntakeClient.Answer answer = site.clicks(clicks, Reader.number(random.nextInt(1 << 20)));
      assertThat(answer.status()).isEqualTo(204);
    } catch (UnavailableException e) {
      // as readers do: the next one comes all the same
    }
  }

  private KafkaProducer<String, byte[]> anybody() {
    return new KafkaProducer<>(
        newsroom.kafka().with(Map.of()), new StringSerializer(), new ByteArraySerializer());
  }

  /** Each by another reader of another article. */
  private void clicks(KafkaProducer<String, byte[]> readers, int count) {
    var topic = newsroom.topics().clicks;
    for (int i = 0; i < count; i++) {
      String article = story(random.nextInt(STORIES));
      Click click = Click.newBuilder()
          .setArticleId(article)
          .setReceivedAtMs(Instant.now().toEpochMilli())
          .setVisitor(random.nextLong())
          .build();
      readers.send(
          new ProducerRecord<>(topic.name(), article, topic.valueSerde().write("", click)));
    }
    readers.flush();
  }

  private String status() {
    CommandRun run = command();
    assertThat(run.execute("status")).as("not all is well").isEqualTo(1);
    return run.output();
  }

  private CommandRun command() {
    return CommandRun.with(newsroom.environment());
  }

  private static void say(String line) {
    System.out.println("[drill] " + line);
  }

  private void fault(String what) {
    since = System.nanoTime();
    say(what);
  }

  private void move(String what) {
    since = System.nanoTime();
    say("  " + what);
  }

  private void rings(String name, String about) {
    await(name + " about " + about)
        .atMost(RINGS_WITHIN)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(prometheus.ringing())
            .anyMatch(alert -> alert.name().equals(name) && alert.speaksOf(about)));
    String summary = ringing(alert -> alert.name().equals(name) && alert.speaksOf(about));
    say("  %s rings after %d s: %s".formatted(name, sinceS(), summary));
  }

  private String ringing(Predicate<Prometheus.Alert> which) {
    try {
      return prometheus.ringing().stream()
          .filter(which)
          .map(Prometheus.Alert::summary)
          .findFirst()
          .orElse("(not any more)");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void silent() {
    silent("everything", alert -> true);
  }

  private void silent(String name) {
    silent(name, alert -> alert.name().equals(name));
  }

  private void silent(String what, Predicate<Prometheus.Alert> which) {
    await(what + " falls silent")
        .atMost(SILENT_WITHIN)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(prometheus.ringing()).noneMatch(which));
    say("  %s is silent after %d s".formatted(what, sinceS()));
  }

  private long sinceS() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
  }
}
