package dev.newsfeed.gateway;

import dev.newsfeed.avro.Article;
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
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The HTTP side over a real connection at {@code https://news.example}, and news without Kafka. */
final class TestSite implements AutoCloseable {

  private final HttpClient client = HttpClient.newHttpClient();
  private final Archive archive;
  private final News news;
  private final WebServer server;
  private long offset;
  private long clockS;

  TestSite(Path directory) {
    archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
    news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 1, Map.of()));
    GatewaySettings settings = new GatewaySettings(
        "127.0.0.1",
        0,
        URI.create("https://news.example"),
        KafkaSettings.of("unused:1"),
        Samples.TOPICS,
        directory,
        "Meridian",
        "",
        Clock.fixed(Samples.NINE, ZoneOffset.UTC),
        ZoneOffset.UTC,
        List.of("world", "sport"),
        null,
        2);
    server = WebServer.start(settings, news, new Health.Following() {
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

  void publish(Article article) {
    publish(Samples.published(article, Samples.NINE));
  }

  void publish(PublishedArticle record) {
    news.published(0, offset++, record.getArticleId(), record);
    news.batchDone(Samples.NINE.plusSeconds(clockS));
  }

  /** A second passes, in which the archive makes its news searchable. */
  void settle() {
    clockS++;
    news.batchDone(Samples.NINE.plusSeconds(clockS));
  }

  /** {@code address}: a path, or a whole address of the site. */
  HttpResponse<String> get(String address, String... headers)
      throws IOException, InterruptedException {
    String path = address.replace("https://news.example", "");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    server.close();
    archive.close();
  }
}
