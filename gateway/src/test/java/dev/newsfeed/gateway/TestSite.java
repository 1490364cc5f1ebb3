package dev.newsfeed.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.http.Health;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.KafkaSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A gateway's HTTP side over a real connection; records are given to it as the follower would. */
final class TestSite implements AutoCloseable {

  private final HttpClient client = HttpClient.newHttpClient();
  private final Archive archive;
  private final News news;
  private final WebServer server;
  private Instant now = Samples.NINE;
  private long offset;

  private TestSite(Path directory, UnaryOperator<GatewaySettings> with) {
    archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
    archive.positions().values().forEach(next -> offset = next);
    news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 1, Map.of()));
    GatewaySettings settings = new GatewaySettings(
        "127.0.0.1",
        0,
        URI.create("https://news.example"),
        KafkaSettings.of("unused:1"),
        Samples.TOPICS,
        directory,
        "Meridian",
        "https://intake.example",
        Clock.fixed(Samples.NINE, ZoneOffset.UTC),
        ZoneOffset.UTC,
        List.of("world", "sport"),
        null,
        2);
    server = WebServer.start(with.apply(settings), news, new Health.Following() {
      @Override
      public boolean caughtUp() {
        return true;
      }

      @Override
      public @Nullable Throwable failure() {
        return null;
      }
    });
  }

  static TestSite open(Path directory) {
    return open(directory, settings -> settings);
  }

  static TestSite open(Path directory, UnaryOperator<GatewaySettings> with) {
    return new TestSite(directory, with);
  }

  News news() {
    return news;
  }

  void publish(PublishedArticle record) {
    news.published(0, offset++, record.getArticleId(), record);
    news.batchDone(now);
  }

  /** Time passes, in which the archive makes its news searchable. */
  void pass(Duration time) {
    now = now.plus(time);
    news.batchDone(now);
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  JsonNode json(String path, String... headers) throws Exception {
    return json(get(path, headers));
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Override
  public void close() {
    server.close();
    archive.close();
  }
}
