package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.producer;
import static dev.newsfeed.producer.TestKafka.values;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.TestKafka;
import dev.newsfeed.producer.clicks.ArticleAddresses;
import dev.newsfeed.producer.http.KeyFile;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Networks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real intake on a free port before Kafka's own fake producers. Registered as an extension it forgets
 * before each test what was sent, and ends after the last.
 */
public final class TestIntake implements AutoCloseable, BeforeEachCallback, AfterAllCallback {

  /** A thousand at once. */
  static final int CLICKS_PER_MINUTE = 6_000;

  /** How long a slow sender is waited for. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  final MockProducer<String, byte[]> articles;
  final MockProducer<String, byte[]> clicks;
  final ArticleAddresses addresses = new ArticleAddresses();
  final CurrentVersions versions = new CurrentVersions();
  volatile Optional<String> missing = Optional.empty();

  private final Intake intake;
  private final HttpClient client = HttpClient.newHttpClient();

  private TestIntake(boolean brokerAnswers, @Nullable KeyFile keys) {
    articles = producer(brokerAnswers);
    clicks = producer(brokerAnswers);
    intake = Intake.start(
        settings(0, keys),
        articles,
        clicks,
        addresses,
        versions,
        () -> CompletableFuture.completedFuture(missing),
        new Intake.Limits(Duration.ofMillis(brokerAnswers ? 10_000 : 500), PATIENCE));
  }

  static TestIntake started() {
    return new TestIntake(true, null);
  }

  static TestIntake withSilentBroker() {
    return new TestIntake(false, null);
  }

  static TestIntake behind(KeyFile keys) {
    return new TestIntake(true, keys);
  }

  /** Everything that was sent, for the next test. */
  void forget() {
    for (MockProducer<String, byte[]> producer : List.of(articles, clicks)) {
      producer.clear();
      producer.sendException = null;
    }
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    forget();
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    if (tests.getRequiredTestClass().getEnclosingClass() == null) { // else more are to come
      close();
    }
  }

  static IntakeSettings settings(int port) {
    return settings(port, null);
  }

  static IntakeSettings settings(int port, @Nullable KeyFile keys) {
    return new IntakeSettings(
        "127.0.0.1",
        port,
        KafkaSettings.of("localhost:1"),
        TOPICS,
        "a secret of the newsroom".getBytes(UTF_8),
        ZoneId.of("Europe/Berlin"),
        Networks.parse("192.0.2.0/24"),
        Networks.parse("2001:db8:7::/48"),
        Networks.parse("127.0.0.0/8, ::1, 10.0.0.0/8"),
        CLICKS_PER_MINUTE,
        keys,
        List.of("world", "sport"),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  int port() {
    return intake.port();
  }

  List<IntakeHandler.Route> routes() {
    return intake.routes();
  }

  HttpResponse<String> put(String path, String json) {
    return send(request(path).header("Content-Type", "application/json").PUT(body(json)));
  }

  HttpResponse<String> post(String path, String json) {
    return send(request(path).header("Content-Type", "application/json").POST(body(json)));
  }

  HttpResponse<String> delete(String path) {
    return send(request(path).DELETE());
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(
          request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  static JsonNode json(HttpResponse<String> response) {
    return TestKafka.json(response.body());
  }

  List<Click> sentClicks() {
    return values(clicks, TOPICS.clicks);
  }

  List<Rejected> rejectedArticles() {
    return values(articles, TOPICS.rejected);
  }

  List<Rejected> rejectedClicks() {
    return values(clicks, TOPICS.rejected);
  }

  @Override
  public void close() {
    intake.close();
  }
}
