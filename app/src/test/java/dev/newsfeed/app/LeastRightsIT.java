package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.newsfeed.producer.http.Credentials;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Every role in a process of its own, on a broker as deploy/security has it, under a name that may do
 * what docs/security.md gives its role and nothing else; with secrets that can be recognised, and the
 * log at its most talkative.
 */
class LeastRightsIT {

  private static final String PREFIX = "live.";
  private static final String SITE = "https://news.example";
  private static final String VISITORS = SecureKafka.SECRET + "-visitors-0123456789";
  private static final String HUB = SecureKafka.SECRET + "-hub";
  private static final String CALLBACK = "/" + SecureKafka.SECRET + "-callback";

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<NewsfeedProcess> processes = new ArrayList<>();
  private final Map<String, String> told = new LinkedHashMap<>();

  /** Documents that WebSub has delivered, with the signature of each. */
  private final List<String> delivered = new CopyOnWriteArrayList<>();

  @TempDir
  private Path data;

  private SecureKafka kafka;
  private HttpServer subscriber;
  private String key;

  @BeforeEach
  void start() throws Exception {
    kafka = new SecureKafka(data.resolve("broker"));
    for (Access.Role role : Access.Role.values()) {
      kafka.addUser(role.name());
      Map<String, String> admin = kafka.adminCredentials();
      admin.put(NewsfeedSettings.TOPIC_PREFIX, PREFIX);
      CommandRun give = CommandRun.with(admin);
      int status = give.execute("topics", "acls", role.name(), "--user", role.name(), "--apply");
      assertThat(status).as(give.output() + give.errors()).isZero();
    }
    subscriber = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 50);
    subscriber.createContext("/", this::take);
    subscriber.start();
    CommandRun made =
        CommandRun.with(NewsfeedSettings.DATA, data.resolve("intake").toString());
    assertThat(made.execute("keys", "create", "desk")).isZero();
    key = made.output().strip();
  }

  @AfterEach
  void stop() {
    processes.forEach(NewsfeedProcess::close);
    subscriber.stop(0);
    kafka.close();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      if (exchange.getRequestMethod().equals("POST")) {
        delivered.add(exchange.getRequestHeaders().getFirst("X-Hub-Signature") + ' ' + body);
        exchange.sendResponseHeaders(204, -1);
        return;
      }
      String query = exchange.getRequestURI().getQuery();
      byte[] challenge = query.replaceAll(".*hub.challenge=([^&]*).*", "$1").getBytes(UTF_8);
      exchange.sendResponseHeaders(200, challenge.length);
      exchange.getResponseBody().write(challenge);
    }
  }

  private Map<String, String> variables(Access.Role role) {
    Map<String, String> variables = kafka.credentials(role.name());
    variables.put(NewsfeedSettings.TOPIC_PREFIX, PREFIX);
    variables.put(NewsfeedSettings.GATEWAY_PORT, "0");
    variables.put(NewsfeedSettings.INTAKE_PORT, "0");
    variables.put(NewsfeedSettings.HEALTH_PORT, "0");
    variables.put(NewsfeedSettings.DATA, data.resolve(role.name()).toString());
    variables.put(NewsfeedSettings.PUBLIC_URL, SITE);
    variables.put(NewsfeedSettings.WEBSUB_ALLOW_NETWORK, "127.0.0.0/8");
    variables.put(NewsfeedSettings.VISITOR_SECRET, VISITORS);
    variables.put("NEWSFEED_LOG_LEVEL", "DEBUG");
    return variables;
  }

  private NewsfeedProcess started(Map<String, String> variables, String role) throws IOException {
    NewsfeedProcess process = NewsfeedProcess.start(variables, role);
    processes.add(process);
    return process;
  }

  @Test
  void newsFlowsWithTheRightsOfItsRolesAndNoSecretIsTold() throws Exception {
    Map<String, String> operator = variables(Access.Role.operator);
    run(operator, 0, "topics", "apply");
    NewsfeedProcess streams = started(variables(Access.Role.streams), "streams");
    NewsfeedProcess intake = started(variables(Access.Role.intake), "intake");
    NewsfeedProcess gateway = started(variables(Access.Role.gateway), "gateway");
    URI intakeUrl = url(intake.awaitLine("listening on port ([0-9]+)"));
    URI gatewayUrl = url(gateway.awaitLine("listening on port ([0-9]+)"));
    Map<String, String> watching = variables(Access.Role.watch);
    watching.put(NewsfeedSettings.INTAKE_URL, intakeUrl.toString());
    watching.put(NewsfeedSettings.PUBLIC_URL, gatewayUrl.toString());
    watching.put(NewsfeedSettings.KEY, key);
    NewsfeedProcess watch = started(watching, "watch");
    URI watchUrl = url(watch.awaitLine("metrics on port ([0-9]+)"));
    URI streamsUrl = url(streams.awaitLine("health on port ([0-9]+)"));
    soon(() -> assertThat(get(streamsUrl.resolve("/health/ready")).statusCode()).isEqualTo(200));
    soon(() -> assertThat(get(intakeUrl.resolve("/health/ready")).body()).contains("\"ready\""));
    operator.put(NewsfeedSettings.INTAKE_URL, intakeUrl.toString());
    operator.put(NewsfeedSettings.PUBLIC_URL, gatewayUrl.toString());
    operator.put(NewsfeedSettings.KEY, key);
    IntakeClient desk = new IntakeClient(intakeUrl, Credentials.Token.parse(key).orElseThrow());
    Reading reading = new Reading(gatewayUrl, intakeUrl);

    assertThat(desk.publish(article("bridge", 1)).status()).isEqualTo(201);
    assertThat(desk.publish(article("bridge", 2).put("headline", "")).accepted())
        .isFalse();
    assertThat(desk.publish(article("ferry", 1)).status()).isEqualTo(201);
    soon(() ->
        assertThat(reading.feed("section/world")).containsExactlyInAnyOrder("bridge", "ferry"));
    assertThat(desk.click("bridge", Reader.number(1)).accepted()).isTrue();
    soon(() -> assertThat(reading.mostRead("now", "all")).contains("bridge=1"));
    subscribe(gatewayUrl);
    soon(() -> assertThat(get(gatewayUrl.resolve("/health/ready")).body())
        .contains("\"subscriptions\":1"));
    assertThat(desk.publish(article("tram", 1)).status()).isEqualTo(201);
    soon(() -> assertThat(delivered).anyMatch(document -> document.startsWith("sha256=")));

    run(operator, 0, "explain", "article", "bridge");
    run(operator, 0, "explain", "most-read", "bridge");
    run(operator, 0, "rejected", "list");
    run(operator, 0, "import", agencyFile().toString());
    soon(() -> assertThat(reading.get("/feeds/all.rss").body()).contains("From the wire"));
    run(operator, 0, "rebuild", "feeds");
    run(operator, 0, "recount", "--from", "-P2D");
    soon(() -> run(operator, 0, "status"));
    soon(() -> assertThat(get(watchUrl.resolve("/metrics")).body())
        .containsPattern("newsfeed_canary_seconds_count\\{[^}]*at=\"subscriber\"[^}]*} [1-9]")
        .containsPattern("newsfeed_job_members\\{[^}]*feeds-g2[^}]*} 1")
        .containsPattern("newsfeed_watch_failures_total\\{[^}]*what=\"kafka\"[^}]*} 0"));

    assertThat(desk.withdraw("bridge", 3, "Legal advice").status()).isEqualTo(201);
    soon(
        () -> assertThat(reading.feed("section/world")).containsExactlyInAnyOrder("ferry", "tram"));
    soon(() -> assertThat(reading.get("/articles/bridge.json").status()).isEqualTo(410));
    soon(() -> assertThat(reading.mostRead("now", "all")).isEmpty());
    soon(() -> assertThat(delivered.get(delivered.size() - 1)).doesNotContain("The bridge"));

    for (NewsfeedProcess process : processes) {
      assertThat(ListeningSockets.openToOthers(process.pid())).isEmpty();
    }
    errorsOf(intakeUrl, gatewayUrl);
    for (URI role : List.of(intakeUrl, gatewayUrl, watchUrl, streamsUrl)) {
      for (String path : List.of("/health/live", "/health/ready", "/metrics", "/openapi.json")) {
        tell(role + path, get(role.resolve(path)));
      }
    }
    for (NewsfeedProcess process : processes) {
      tell("ps", Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline")));
      assertThat(process.stop()).isZero();
      tell("log", String.join("\n", process.lines()));
    }
    withAnotherPassword(operator);
    topicsWithoutSecrets();

    String tokenSecret = key.substring(key.lastIndexOf('_') + 1);
    assertThat(told).hasSizeGreaterThan(20);
    assertThat(told)
        .allSatisfy((where, text) ->
            assertThat(text).doesNotContain(SecureKafka.SECRET).doesNotContain(tokenSecret));
  }

  /** Whoever asks wrongly is told so, and nothing of what was sent. */
  private void errorsOf(URI intake, URI gateway) throws Exception {
    tell(
        "wrong key",
        http.send(
            HttpRequest.newBuilder(intake.resolve("/v1/articles/bridge"))
                .header("Authorization", "Bearer " + key.substring(0, key.length() - 1) + "x")
                .PUT(BodyPublishers.ofString("{}"))
                .build(),
            BodyHandlers.ofString()));
    tell("secret too long", hub(gateway, SITE + "/feeds/all.atom", HUB.repeat(20), CALLBACK));
    tell("no topic of ours", hub(gateway, "https://other.example/", HUB, CALLBACK));
    tell("callback without host", hub(gateway, SITE + "/feeds/all.atom", HUB, "http://" + HUB));
  }

  /** Clients that are refused say why, and with what settings they were. */
  private void withAnotherPassword(Map<String, String> operator) throws Exception {
    Map<String, String> wrong = new HashMap<>(operator);
    wrong.computeIfPresent(
        "KAFKA_SASL_JAAS_CONFIG", (name, line) -> line.replace("password=\"", "password=\"x"));
    Map<String, String> garbled = new HashMap<>(operator);
    garbled.computeIfPresent("KAFKA_SASL_JAAS_CONFIG", (name, line) -> line.replace(";", ""));
    Map<String, String> shortSecret = new HashMap<>(operator);
    shortSecret.put(NewsfeedSettings.VISITOR_SECRET, SecureKafka.SECRET);
    Map<String, String> wrongKey = new HashMap<>(operator);
    wrongKey.put(NewsfeedSettings.KEY, SecureKafka.SECRET);
    Map<String, String> inAddress = new HashMap<>(operator);
    inAddress.put(NewsfeedSettings.REGISTRY_URL, "https://u:" + SecureKafka.SECRET + "@registry");
    Map<String, String> brokenAddress = new HashMap<>(operator);
    brokenAddress.put(NewsfeedSettings.REGISTRY_URL, "https://u:" + SecureKafka.SECRET + "@[");
    ListAppender<ILoggingEvent> talk = new ListAppender<>();
    Logger clients = (Logger) LoggerFactory.getLogger("org.apache.kafka");
    Level usual = clients.getLevel();
    clients.setLevel(Level.INFO);
    clients.setAdditive(false);
    clients.addAppender(talk);
    talk.start();
    try {
      for (Map<String, String> variables :
          List.of(wrong, garbled, shortSecret, wrongKey, inAddress, brokenAddress)) {
        CommandRun run = CommandRun.with(variables);
        run.execute("status");
        run.execute("topics", "apply");
        tell("refused", run.output() + run.errors());
        tell("settings", String.valueOf(KafkaSettings.from(variables, "unused:1")));
      }
    } finally {
      clients.detachAppender(talk);
      clients.setAdditive(true);
      clients.setLevel(usual);
    }
    List<String> lines =
        talk.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(lines).anyMatch(line -> line.contains("sasl.jaas.config = [hidden]"));
    tell("Kafka's own log", String.join("\n", lines));
  }

  /** Subscribers' secrets are on the two topics that say so. */
  private void topicsWithoutSecrets() {
    Topics topics = new Topics(PREFIX, SchemaCatalogue.shipped());
    Map<String, StringBuilder> all = new TreeMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        kafka.admin().with(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = consumer.listTopics().entrySet().stream()
          .filter(topic -> topic.getKey().startsWith("live"))
          .flatMap(topic -> topic.getValue().stream())
          .map(place -> new TopicPartition(place.topic(), place.partition()))
          .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> {
          StringBuilder said = all.computeIfAbsent(record.topic(), topic -> new StringBuilder());
          said.append(text(record.key())).append(text(record.value()));
          record.headers().forEach(header -> said.append(text(header.value())));
        });
      }
    }
    assertThat(all.keySet()).hasSizeGreaterThan(10);
    assertThat(String.valueOf(all.remove(topics.subscriptions.name())))
        .as("what is looked for")
        .contains(HUB);
    all.remove(topics.subscriptionRequests.name());
    all.forEach((topic, said) -> tell(topic, said.toString()));
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, ISO_8859_1);
  }

  private void tell(String where, HttpResponse<String> answer) {
    tell(where, answer.statusCode() + " " + answer.headers() + " " + answer.body());
  }

  private void tell(String where, String what) {
    told.put(told.size() + " " + where, what);
  }

  private void run(Map<String, String> variables, int status, String... arguments) {
    CommandRun run = CommandRun.with(variables);
    int found = run.execute(arguments);
    tell(arguments[0], run.output() + run.errors());
    assertThat(found)
        .as(String.join(" ", arguments) + ": " + run.output() + run.errors())
        .isEqualTo(status);
  }

  private Path agencyFile() throws IOException {
    return Files.writeString(data.resolve("wire.xml"), """
        <rss version="2.0"><channel><title>Wire</title>
          <item><title>From the wire</title><guid>wire-1</guid>
            <pubDate>Mon, 16 Nov 2026 09:00:00 GMT</pubDate></item>
        </channel></rss>
        """);
  }

  private static ObjectNode article(String id, int version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("section", "world")
        .put("headline", "The " + id);
  }

  private static URI url(String port) {
    return NewsfeedSettings.localhost(Integer.parseInt(port));
  }

  private void subscribe(URI gateway) throws Exception {
    String callback = "http://127.0.0.1:" + subscriber.getAddress().getPort() + CALLBACK;
    HttpResponse<String> answer = hub(gateway, SITE + "/feeds/section/world.json", HUB, callback);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    tell("subscribed", answer);
  }

  private HttpResponse<String> hub(URI gateway, String topic, String secret, String callback)
      throws Exception {
    String form = "hub.mode=subscribe&hub.topic=" + URLEncoder.encode(topic, UTF_8)
        + "&hub.callback=" + URLEncoder.encode(callback, UTF_8) + "&hub.secret="
        + URLEncoder.encode(secret, UTF_8);
    return http.send(
        HttpRequest.newBuilder(gateway.resolve("/hub"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> get(URI address) throws Exception {
    return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private static void soon(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(assertion);
  }
}
