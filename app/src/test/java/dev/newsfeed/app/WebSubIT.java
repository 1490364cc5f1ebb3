package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways share the subscriptions of a hub, and one of them is killed. */
class WebSubIT {

  private static final int SITES = 12;
  private static final String SITE = "https://news.example";
  private static final String TOPIC = SITE + "/feeds/section/relay.json";
  private static final Pattern HEADLINE = Pattern.compile("Headline ([0-9]+)");

  private final HttpClient client = HttpClient.newHttpClient();

  /** A subscriber at an address of its own, so that it is a host of its own. */
  private static final class Site implements AutoCloseable {
    private final HttpServer server;
    private final List<String> documents = new CopyOnWriteArrayList<>();

    Site(int number) throws IOException {
      server = HttpServer.create(new InetSocketAddress("127.0.0." + (number + 1), 0), 50);
      server.createContext("/", this::take);
      server.start();
    }

    String url() {
      return "http:/" + server.getAddress() + "/cb";
    }

    private void take(HttpExchange exchange) throws IOException {
      try (exchange) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestMethod().equals("POST")) {
          documents.add(new String(body, UTF_8));
          exchange.sendResponseHeaders(204, -1);
          return;
        }
        String query = exchange.getRequestURI().getQuery();
        byte[] challenge = query.replaceAll(".*hub.challenge=([^&]*).*", "$1").getBytes(UTF_8);
        exchange.sendResponseHeaders(200, challenge.length);
        exchange.getResponseBody().write(challenge);
      }
    }

    List<Integer> versions() {
      return documents.stream()
          .map(document -> {
            Matcher matcher = HEADLINE.matcher(document);
            return matcher.find() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
          })
          .toList();
    }

    String last() {
      return documents.isEmpty() ? "" : documents.get(documents.size() - 1);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void subscribersOfAGatewayThatIsKilledAreServedByTheOther(@TempDir Path data) throws Exception {
    Map<String, String> environment = Map.of(
        NewsfeedSettings.PUBLIC_URL, SITE, NewsfeedSettings.WEBSUB_ALLOW_NETWORK, "127.0.0.0/8");
    List<Site> sites = new ArrayList<>();
    try (KafkaCluster cluster = KafkaCluster.embedded();
        TestNewsfeed newsfeed = new TestNewsfeed(cluster, data.resolve("one"), environment);
        NewsfeedProcess other = another(cluster, environment, data.resolve("two"))) {
      URI here = newsfeed.gatewayUrl();
      URI there = NewsfeedSettings.localhost(
          Integer.parseInt(other.awaitLine("listening on port ([0-9]+)")));
      publish(newsfeed, 1);
      for (URI gateway : List.of(here, there)) {
        soon(() ->
            assertThat(get(gateway, "/feeds/section/relay.json").body()).contains("Headline 1"));
        soon(() -> assertThat(hub(gateway).path("serving").asBoolean()).isTrue());
      }
      for (int i = 0; i < SITES; i++) {
        Site site = new Site(i);
        sites.add(site);
        subscribe(i % 2 == 0 ? here : there, site);
      }
      soon(() -> assertThat(subscriptions(here) + subscriptions(there)).isEqualTo(SITES));
      assertThat(subscriptions(here)).as("served here").isPositive();
      assertThat(subscriptions(there)).as("served there").isPositive();

      for (int version = 2; version <= 40; version++) {
        publish(newsfeed, version);
        if (version == 15) {
          soon(() -> assertThat(sites).allMatch(site -> !site.documents.isEmpty()));
          other.kill();
        }
      }

      soon(() -> assertThat(sites).allMatch(site -> site.last().contains("Headline 40")));
      assertThat(sites).allSatisfy(site -> assertThat(site.versions()).isSorted());
      soon(() -> assertThat(subscriptions(here)).isEqualTo(SITES)); // perhaps given to it once more

      newsfeed.intake().withdraw("relayed", 50, "Legal advice");
      soon(() -> assertThat(sites).noneMatch(site -> site.last().contains("Headline")));
      assertThat(newsfeed.failure()).isNull();
    } finally {
      sites.forEach(Site::close);
    }
  }

  /** Needs node and npm, and what npm installs; without them it is skipped, saying so. */
  @Test
  void subscriberThatOthersWroteGetsWhatItCanVerify(@TempDir Path data) throws Exception {
    Path program = npmProgram(data.resolve("site"));
    Map<String, String> environment = Map.of(
        NewsfeedSettings.PUBLIC_URL, SITE, NewsfeedSettings.WEBSUB_ALLOW_NETWORK, "127.0.0.0/8");
    try (KafkaCluster cluster = KafkaCluster.embedded();
        TestNewsfeed newsfeed = new TestNewsfeed(cluster, data.resolve("one"), environment)) {
      publish(newsfeed, 1);
      URI gateway = newsfeed.gatewayUrl();
      soon(() ->
          assertThat(get(gateway, "/feeds/section/relay.json").statusCode()).isEqualTo(200));
      String topic = TOPIC.replace(".json", ".atom");
      Process site = new ProcessBuilder(
              "node", program.toString(), gateway.resolve("/hub").toString(), topic)
          .redirectErrorStream(true)
          .start();
      try (BufferedReader lines = site.inputReader(UTF_8)) {
        assertThat(List.of(lines.readLine(), lines.readLine()))
            .containsExactlyInAnyOrder("asked", "subscribed " + topic);
        publish(newsfeed, 2);
        assertThat(lines.readLine())
            .isEqualTo("feed application/atom+xml; charset=utf-8 Headline 2");
        newsfeed.intake().withdraw("relayed", 3, "Legal advice");
        assertThat(lines.readLine()).isEqualTo("feed application/atom+xml; charset=utf-8 nothing");
      } finally {
        site.destroyForcibly();
      }
    }
  }

  private static Path npmProgram(Path directory) throws Exception {
    Files.createDirectories(directory);
    for (String file : List.of("package.json", "subscriber.js")) {
      try (InputStream in = WebSubIT.class.getResourceAsStream("/websub/" + file)) {
        Files.copy(Objects.requireNonNull(in, file), directory.resolve(file));
      }
    }
    try {
      Process npm = new ProcessBuilder(
              "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts")
          .directory(directory.toFile())
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve("npm.log").toFile())
          .start();
      assumeTrue(
          npm.waitFor(2, TimeUnit.MINUTES) && npm.exitValue() == 0,
          "npm could not install the subscriber");
      return directory.resolve("subscriber.js");
    } catch (IOException e) {
      return abort("there is no npm: " + e.getMessage());
    }
  }

  private static NewsfeedProcess another(
      KafkaCluster cluster, Map<String, String> environment, Path data) throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    all.put(NewsfeedSettings.BOOTSTRAP_SERVERS, cluster.bootstrapServers());
    return NewsfeedProcess.start(all, "gateway", "--gateway-port", "0", "--data", data.toString());
  }

  private static void publish(TestNewsfeed newsfeed, int version) {
    IntakeClient.Answer answer = newsfeed
        .intake()
        .publish(JsonNodeFactory.instance
            .objectNode()
            .put("articleId", "relayed")
            .put("version", version)
            .put("headline", "Headline " + version)
            .put("section", "relay"));
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  private void subscribe(URI gateway, Site site) throws Exception {
    String form = "hub.mode=subscribe&hub.topic=" + URLEncoder.encode(TOPIC, UTF_8)
        + "&hub.callback=" + URLEncoder.encode(site.url(), UTF_8);
    HttpResponse<String> response = client.send(
        HttpRequest.newBuilder(gateway.resolve("/hub"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
  }

  private HttpResponse<String> get(URI gateway, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(gateway.resolve(path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode hub(URI gateway) throws Exception {
    return new ObjectMapper().readTree(get(gateway, "/health/ready").body()).path("hub");
  }

  private int subscriptions(URI gateway) throws Exception {
    return hub(gateway).path("subscriptions").asInt();
  }

  private static void soon(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(assertion);
  }
}
