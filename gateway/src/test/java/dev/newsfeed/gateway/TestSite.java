package dev.newsfeed.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.http.Health;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Networks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A real web server over news that the test feeds, with a clock that the test sets. */
final class TestSite implements AutoCloseable {

  static final String PUBLIC = "https://news.example";
  private static final int MANY = 100;

  final News news;
  volatile Instant now = Samples.NINE;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Archive archive;
  private final WebServer server;
  private long offset;

  volatile boolean caughtUp = true;
  volatile @Nullable Throwable failure;

  TestSite(Path directory) {
    this(directory, MANY, MANY, null);
  }

  /** One whose ids in feeds are this authority's. */
  TestSite(Path directory, String tagAuthority) {
    this(directory, MANY, MANY, tagAuthority);
  }

  /** One that has only so many event streams, in all and for one address. */
  TestSite(Path directory, int streams, int streamsPerAddress) {
    this(directory, streams, streamsPerAddress, null);
  }

  private TestSite(
      Path directory, int streams, int streamsPerAddress, @Nullable String tagAuthority) {
    archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
    archive.positions().values().forEach(next -> offset = next);
    news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 1, Map.of()));
    Clock clock = new Clock() {
      @Override
      public Instant instant() {
        return now;
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("nobody asks for another zone");
      }
    };
    GatewaySettings settings = new GatewaySettings(
        "127.0.0.1",
        0,
        URI.create(PUBLIC),
        KafkaSettings.of("unused:1"),
        Samples.TOPICS,
        directory,
        "Meridian",
        "https://intake.example",
        clock,
        ZoneOffset.UTC,
        List.of("world", "sport"),
        "test-media",
        streams,
        GatewaySettings.DEFAULT_ERASE_EVERY,
        streamsPerAddress,
        Networks.LOOPBACK,
        tagAuthority,
        Networks.NONE);
    server = WebServer.start(settings, news, new Health.Following() {
      @Override
      public boolean caughtUp() {
        return caughtUp;
      }

      @Override
      public @Nullable Throwable failure() {
        return failure;
      }
    });
  }

  int port() {
    return server.port();
  }

  Set<String> parts() {
    return server.parts();
  }

  void publish(Article article) {
    publish(Samples.published(article, Samples.NINE));
  }

  /** A second passes, in which the archive makes its news searchable. */
  void settle() {
    pass(Duration.ofSeconds(1));
  }

  void pass(Duration time) {
    now = now.plus(time);
    news.batchDone(now);
  }

  void publish(PublishedArticle record) {
    news.published(0, offset++, record.getArticleId(), record);
    news.batchDone(now);
  }

  void take(SimulatedNewsroom.Told told) {
    if (told.feed() != null) {
      news.feed(told.key(), told.feed());
      news.batchDone(now);
    } else {
      publish(told.article());
    }
  }

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers) {
    String own = path.startsWith(PUBLIC) ? path.substring(PUBLIC.length()) : path;
    HttpRequest.Builder request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port() + own))
        .timeout(Duration.ofSeconds(20))
        .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no answer to " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  JsonNode json(String path, String... headers) {
    return json(get(path, headers));
  }

  static JsonNode json(HttpResponse<String> response) {
    try {
      return new ObjectMapper().readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + response.body(), e);
    }
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
