package dev.newsfeed.app;

import static org.awaitility.Awaitility.await;

import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.producer.http.Credentials;
import dev.newsfeed.producer.http.KeyFile;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every role as operators run it: a process each, on a Kafka that is there already, with topics, a key
 * and a visitor secret of its own. It lies where it is about noon, so that no midnight falls into a test.
 */
final class NewsroomProcesses implements AutoCloseable {

  static final String VISITOR_SECRET = "visitor-secret-that-nobody-may-see-7c1f";

  private static final Duration READY_WITHIN = Duration.ofSeconds(90);
  private static final HttpClient HTTP = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5))
      .build();

  private final KafkaSettings kafka;
  private final Topics topics;
  private final Path data;
  private final String key;
  private final Map<String, String> environment = new HashMap<>();
  private final List<NewsfeedProcess> processes = new ArrayList<>();
  private final int intakePort;
  private final int gatewayPort;

  /**
   * Creates the topics; no role yet.
   *
   * @param name in front of the topics: several can share a cluster
   */
  NewsroomProcesses(KafkaCluster cluster, String name, Path data) throws IOException {
    this.kafka = KafkaSettings.of(cluster.bootstrapServers());
    this.topics = new Topics(name + '.', SchemaCatalogue.shipped());
    this.data = data;
    Path keys = data.resolve("keys.json");
    key = new KeyFile(keys).create("desk", EnumSet.allOf(Right.class), "", false, Instant.now());
    List<Integer> ports = LastingPorts.free(2);
    intakePort = ports.get(0);
    gatewayPort = ports.get(1);
    OffsetDateTime noon = MostReadJob.noon(Instant.now());
    String firstDay = noon.getDayOfWeek().minus(4).name().toLowerCase(Locale.ROOT);
    environment.put(NewsfeedSettings.BOOTSTRAP_SERVERS, cluster.bootstrapServers());
    environment.put(NewsfeedSettings.TOPIC_PREFIX, topics.prefix());
    environment.put(NewsfeedSettings.ZONE, noon.getOffset().getId());
    environment.put(NewsfeedSettings.FIRST_DAY_OF_WEEK, firstDay);
    environment.put(NewsfeedSettings.KEYS, keys.toString());
    environment.put(NewsfeedSettings.KEY, key);
    environment.put(NewsfeedSettings.VISITOR_SECRET, VISITOR_SECRET);
    environment.put(NewsfeedSettings.INTAKE_PORT, String.valueOf(intakePort));
    environment.put(NewsfeedSettings.GATEWAY_PORT, String.valueOf(gatewayPort));
    environment.put(NewsfeedSettings.INTAKE_URL, intakeUrl().toString());
    environment.put(NewsfeedSettings.PUBLIC_URL, gatewayUrl().toString());
    environment.put(NewsfeedSettings.HEALTH_PORT, "0");
    environment.put("NEWSFEED_LOG_LEVEL", "INFO");
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.apply(topics.all());
    }
  }

  /** Starts a role under a name of its own, which is its data directory's, too; does not wait. */
  NewsfeedProcess start(String role, String name, Map<String, String> more, String... options)
      throws IOException {
    Map<String, String> own = new HashMap<>(environment);
    own.put(NewsfeedSettings.DATA, data.resolve(name).toString());
    own.putAll(more);
    String[] arguments = Stream.concat(Stream.of(role), Stream.of(options)).toArray(String[]::new);
    NewsfeedProcess process = NewsfeedProcess.start(own, arguments);
    processes.add(process);
    return process;
  }

  /** Starts an intake, and waits until it takes articles. Another one starts on the same port. */
  NewsfeedProcess startIntake() throws IOException {
    NewsfeedProcess intake = start("intake", "intake", Map.of());
    awaitReady(intake, intakeUrl());
    return intake;
  }

  /** Starts a gateway, and waits until it shows what the topics hold; always on the same port. */
  NewsfeedProcess startGateway() throws IOException {
    NewsfeedProcess gateway = start("gateway", "gateway", Map.of());
    awaitReady(gateway, gatewayUrl());
    return gateway;
  }

  /** Starts an instance of the jobs; does not wait until they run. */
  NewsfeedProcess startStreams(String name) throws IOException {
    return start("streams", name, Map.of());
  }

  /** Waits until all jobs of an instance run. */
  void awaitRunning(NewsfeedProcess streams) {
    int port = Integer.parseInt(streams.awaitLine("jobs started, health on port ([0-9]+)"));
    awaitReady(streams, NewsfeedSettings.localhost(port));
  }

  /** Waits until a role says that it is ready. */
  static void awaitReady(NewsfeedProcess process, URI role) {
    await()
        .atMost(READY_WITHIN)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> {
          process.assertAlive();
          return status(role.resolve("/health/ready")) == 200;
        });
  }

  /** All that a role answers: status, headers, body. */
  String get(URI address) {
    try {
      HttpResponse<String> response = HTTP.send(
          HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(20)).build(),
          BodyHandlers.ofString());
      return response.statusCode() + " " + response.headers().map() + " " + response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int status(URI address) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  URI intakeUrl() {
    return NewsfeedSettings.localhost(intakePort);
  }

  URI gatewayUrl() {
    return NewsfeedSettings.localhost(gatewayPort);
  }

  /** Somebody who may publish. */
  IntakeClient desk() {
    return new IntakeClient(intakeUrl(), Credentials.Token.parse(key).orElseThrow());
  }

  Reading reading() {
    return new Reading(gatewayUrl(), intakeUrl());
  }

  KafkaSettings kafka() {
    return kafka;
  }

  Topics topics() {
    return topics;
  }

  /** Where an instance keeps what it keeps. */
  Path data(String name) {
    return data.resolve(name);
  }

  /** The group of a job. */
  String group(String job) {
    return topics.prefix().replace('.', '-') + job;
  }

  /** What must not be said, written or logged anywhere: the key's secret part, the visitor secret. */
  List<String> secrets() {
    return List.of(VISITOR_SECRET, Credentials.Token.parse(key).orElseThrow().secret());
  }

  /** What a command must be told to meet this newsroom. */
  Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /** Every process that was ever started, for what it has said. */
  Stream<NewsfeedProcess> processes() {
    return processes.stream();
  }

  @Override
  public void close() {
    processes.forEach(NewsfeedProcess::close);
  }
}
