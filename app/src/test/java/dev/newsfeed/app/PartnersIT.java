package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.Gateway;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of {@code docs/subscribing.md}, in Java and in node, beside what the topic says. */
class PartnersIT {

  private static final Path PROGRAMS = Path.of("../docs/partners");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ARTICLES = 60;

  @TempDir
  Path data;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /** What the topic says: by article its version, negative where it is withdrawn. */
  private final Map<String, Long> truth = new TreeMap<>();

  private KafkaCluster cluster;
  private NewsfeedSettings settings;
  private Topic<PublishedArticle> topic;
  private Gateway gateway;
  private KafkaProducer<String, byte[]> producer;
  private long version;

  @BeforeEach
  void start() throws IOException {
    cluster = KafkaCluster.embedded(TopicTuning.IMPATIENT);
    KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
    String port = String.valueOf(Ports.free(1).get(0));
    settings =
        NewsfeedSettings.from(Map.of(NewsfeedSettings.GATEWAY_PORT, port)).with(kafka);
    topic = settings.topics().published;
    makeTopics();
    gateway = startGateway();
    producer = new KafkaProducer<>(
        kafka.with(Map.of("transactional.id", "test-newsroom")),
        new StringSerializer(),
        new ByteArraySerializer());
    producer.initTransactions();
  }

  @AfterEach
  void stop() {
    if (cluster != null) {
      producer.close();
      gateway.close();
      cluster.close();
    }
  }

  private void makeTopics() {
    try (TopicAdmin admin = new TopicAdmin(settings.kafka())) {
      admin.apply(settings.topics().all());
    }
  }

  private Gateway startGateway() {
    Gateway started =
        new Roles(settings, data, Clock.systemUTC()).gateway(NewsfeedSettings.localhost(1), null);
    started.awaitReady(Duration.ofMinutes(1));
    return started;
  }

  private Node node(String program, String... arguments) throws IOException {
    assumeTrue(NotTried.canRunPartners(), "needs node 20 and npm install in docs/partners");
    List<String> command = new ArrayList<>(List.of("node", program));
    command.addAll(List.of(arguments));
    ProcessBuilder process =
        new ProcessBuilder(command).directory(PROGRAMS.toFile()).redirectErrorStream(true);
    process.environment().put("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrapServers());
    process.environment().put("NEWSFEED_URL", "http://127.0.0.1:" + gateway.port());
    return new Node(process, Files.createTempFile(data, "output", ".log"));
  }

  // ---- the newsroom ----

  /** Some changes, in transactions of which some are given up. */
  private void work(int steps) {
    for (int step = 0; step < steps; step++) {
      producer.beginTransaction();
      Map<String, Long> changes = new TreeMap<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        changes.put(
            "a" + random.nextInt(ARTICLES), random.nextInt(5) == 0 ? - ++version : ++version);
      }
      changes.forEach((id, v) -> send(id, record(id, v)));
      if (random.nextInt(4) == 0) {
        producer.flush();
        producer.abortTransaction();
      } else {
        producer.commitTransaction();
        truth.putAll(changes);
      }
    }
  }

  private void say(String id, long v) {
    producer.beginTransaction();
    send(id, v == 0 ? null : record(id, v));
    producer.commitTransaction();
    if (v == 0) {
      truth.remove(id);
    } else {
      truth.put(id, v);
    }
  }

  private void send(String id, @Nullable PublishedArticle value) {
    byte[] bytes = value == null ? null : topic.valueSerde().write(topic.name(), value);
    producer.send(new ProducerRecord<>(topic.name(), id, bytes));
  }

  private static PublishedArticle record(String id, long v) {
    boolean gone = v < 0;
    PublishedArticle.Builder record = PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(Math.abs(v))
        .setStatus(gone ? Status.canceled : Status.usable)
        .setChange(gone ? Change.withdrawn : Change.updated)
        .setChangedAt(Instant.now());
    return gone
        ? record
            .setWithdrawal(Withdrawal.newBuilder().setReason("Legal advice").build())
            .build()
        : record
            .setArticle(Article.newBuilder()
                .setArticleId(id)
                .setVersion(v)
                .setHeadline("Headline " + v)
                .setSection(new Label("world", "World"))
                .setUrl("https://news.example/" + id)
                .build())
            .build();
  }

  // ---- the mirror ----

  /** What the mirror's file says, in the terms of {@link #truth}. */
  private static Map<String, Long> copy(Path file) throws IOException {
    Map<String, Long> copy = new TreeMap<>();
    JsonNode articles = JSON.readTree(file.toFile()).path("articles");
    articles.properties().forEach(entry -> {
      long v = entry.getValue().path("version").asLong();
      boolean gone = !entry.getValue().path("status").asText().equals("usable");
      assertThat(entry.getValue().path("article").isNull()).isEqualTo(gone);
      copy.put(entry.getKey(), gone ? -v : v);
    });
    return copy;
  }

  private void assertCopied(Path file) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(copy(file)).as("seed %d", seed).isEqualTo(truth));
  }

  @Test
  void mirrorStoppedAndKilledEndsRightWhenCompactionHasPassedMeanwhile() throws Exception {
    Path file = data.resolve("mirror.json");
    work(150);
    try (Node mirror = node("mirror.mjs", file.toString())) {
      mirror.awaitLine("reading from the beginning: there is no copy of it yet");
      mirror.awaitLine("caught up: [0-9]+ articles, [0-9]+ withdrawn");
      assertCopied(file);
      say("live", 7_001);
      mirror.awaitLine("updated live v7001: Headline 7001");
      say("live", -7_002);
      mirror.awaitLine("withdrawn live v7002: Legal advice");
      work(30);
      mirror.kill();
    }

    say("deleted", 7_003);
    try (Node mirror = node("mirror.mjs", file.toString())) {
      mirror.awaitLine("going on");
      mirror.awaitLine("caught up");
      assertCopied(file);
      assertThat(mirror.stop()).isZero();
    }

    work(150);
    say("deleted", 0);
    compact();
    work(5);
    try (Node mirror = node("mirror.mjs", file.toString())) {
      mirror.awaitLine("going on");
      mirror.awaitLine("caught up");
      assertCopied(file);
      assertThat(copy(file)).doesNotContainKey("deleted").containsEntry("live", -7_002L);
    }
  }

  /** Lets all but the newest segment be compacted, and waits until it is. */
  private void compact() throws Exception {
    try (TopicTuning tuning = new TopicTuning(settings.kafka())) {
      tuning.set(
          topic.name(),
          Map.of(
              "segment.ms", "100",
              "min.compaction.lag.ms", "0",
              "max.compaction.lag.ms", "1",
              "min.cleanable.dirty.ratio", "0.001"));
      long before = records();
      await().atMost(Duration.ofSeconds(60)).until(() -> {
        for (int i = 0; i < ARTICLES; i++) { // every partition gets a new segment
          say("a" + i, truth.getOrDefault("a" + i, ++version));
        }
        return records() < before;
      });
    }
  }

  private long records() {
    long[] count = {0};
    try (TopicScan scan = new TopicScan(settings.kafka(), topic.name())) {
      scan.toEnd(record -> count[0]++);
    }
    return count[0];
  }

  @Test
  void mirrorBuildsAnewWhatItCannotGoOnWith() throws Exception {
    Path file = data.resolve("mirror.json");
    work(40);
    try (Node mirror = node("mirror.mjs", file.toString())) {
      mirror.awaitLine("caught up");
      assertCopied(file);
      mirror.stop();
    }
    byte[] former = Files.readAllBytes(file);

    // away for longer than the topic keeps the record that deletes a key
    ObjectNode old = (ObjectNode) JSON.readTree(former);
    old.put("savedAt", Instant.now().minus(Duration.ofDays(7)).toEpochMilli());
    ((ObjectNode) old.path("articles")).putObject("ghost").put("status", "usable");
    Files.write(file, JSON.writeValueAsBytes(old));
    try (Node mirror = node("mirror.mjs", file.toString())) {
      mirror.awaitLine("reading from the beginning: the copy is older than six days");
      mirror.awaitLine("caught up");
      assertCopied(file);
      mirror.stop();
    }

    // the topic is deleted and made anew, and has fewer records, then more than the copy knows
    anew();
    work(2);
    Files.write(file, former);
    try (Node mirror = node("mirror.mjs", file.toString())) {
      mirror.awaitLine("reading from the beginning: the topic is another one");
      mirror.awaitLine("caught up");
      assertCopied(file);
      mirror.stop();
    }
    work(80);
    Files.write(file, former);
    try (Node mirror = node("mirror.mjs", file.toString())) {
      mirror.awaitLine("reading from the beginning: the topic is another one");
      assertCopied(file);
    }
  }

  private void anew() throws Exception {
    gateway.close();
    try (Admin admin = Admin.create(settings.kafka().with(Map.of()))) {
      admin.deleteTopics(List.of(topic.name())).all().get(30, TimeUnit.SECONDS);
      await()
          .ignoreExceptions()
          .until(() -> !admin.listTopics().names().get().contains(topic.name()));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    truth.clear();
    makeTopics();
    gateway = startGateway();
  }

  /** A copy in memory, as the recipe in Java has it. */
  private static final class JavaMirror {
    private final Map<String, Long> copy = new ConcurrentSkipListMap<>();
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();

    TopicFollower follow(NewsfeedSettings settings, Topic<PublishedArticle> topic) {
      return TopicFollower.of(settings.kafka(), "my-site")
          .on(topic, this::keep)
          .from(positions)
          .start();
    }

    private void keep(ConsumerRecord<String, byte[]> place, @Nullable PublishedArticle article) {
      if (article == null) {
        copy.remove(place.key());
      } else {
        boolean gone = article.getStatus() != Status.usable;
        copy.put(place.key(), gone ? -article.getVersion() : article.getVersion());
      }
      positions.put(new TopicPartition(place.topic(), place.partition()), place.offset() + 1);
    }
  }

  @Test
  void javaMirrorHasASnapshotThenTheTailAndGoesOnWhenCompactionHasPassedMeanwhile()
      throws Exception {
    JavaMirror mirror = new JavaMirror();
    work(150);
    say("deleted", 7_003);
    try (TopicFollower follower = mirror.follow(settings, topic)) {
      follower.awaitCaughtUp(Duration.ofMinutes(1));
      assertThat(mirror.copy).as("caught up, seed %d", seed).isEqualTo(truth);
      work(30);
      await().untilAsserted(() -> assertThat(mirror.copy).as("seed %d", seed).isEqualTo(truth));
    }
    work(150);
    say("deleted", 0);
    compact();
    try (TopicFollower follower = mirror.follow(settings, topic)) {
      follower.awaitCaughtUp(Duration.ofMinutes(1));
      assertThat(mirror.copy).as("seed %d", seed).isEqualTo(truth);
    }
  }

  // ---- events ----

  @Test
  void eventSourceGoesOnWhereItWasWhenGatewayOrProgramRestart() throws Exception {
    say("a1", 1);
    String place = data.resolve("place.txt").toString();
    List<String> told = new ArrayList<>();
    try (Node events = node("events.mjs", "section/world", place)) {
      events.awaitLine("snapshot section/world:");
      say("a2", 2);
      events.awaitLine("updated a2 v2");
      gateway.close(); // EventSource comes back by itself
      say("a3", 3);
      gateway = startGateway();
      events.awaitLine("updated a3 v3");
      say("a2", -4);
      events.awaitLine("withdrawn a2 v4: Legal advice");
      events.stop();
      told.addAll(events.lines());
    }
    say("a5", 5);
    say("a3", -6);
    say("a3", 7);
    try (Node events = node("events.mjs", "section/world", place)) {
      events.awaitLine("updated a3 v7");
      told.addAll(events.lines());
    }
    assertThat(told.stream().filter(line -> line.matches("(updated|withdrawn) a[2-9].*")))
        .containsExactly(
            "updated a2 v2",
            "updated a3 v3",
            "withdrawn a2 v4: Legal advice",
            "updated a5 v5",
            "withdrawn a3 v6: Legal advice",
            "updated a3 v7");
    assertThat(told).filteredOn("reset"::equals).hasSize(1);
  }

  /** A program in node, and what it prints. */
  static final class Node implements AutoCloseable {
    private final Process process;
    private final Path output;

    Node(ProcessBuilder builder, Path output) throws IOException {
      this.output = output;
      this.process = builder.redirectOutput(output.toFile()).start();
    }

    List<String> lines() throws IOException {
      return Files.readAllLines(output);
    }

    void awaitLine(String pattern) {
      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(() ->
              assertThat(lines()).anySatisfy(line -> assertThat(line).containsPattern(pattern)));
    }

    /** SIGTERM; returns the status. */
    int stop() throws InterruptedException {
      process.toHandle().destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
      process.toHandle().destroyForcibly();
      process.waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
