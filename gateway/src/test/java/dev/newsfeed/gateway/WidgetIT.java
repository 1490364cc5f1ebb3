package dev.newsfeed.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.http.Health;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.KafkaSettings;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the widget's script is served with, and what it needs of the answers it reads. */
class WidgetIT {

  @TempDir
  Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private Archive archive;
  private WebServer server;

  @BeforeEach
  void start() {
    archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
    News news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 1, Map.of()));
    GatewaySettings settings = new GatewaySettings(
        "127.0.0.1",
        0,
        null,
        KafkaSettings.of("unused:1"),
        Samples.TOPICS,
        directory,
        "Meridian",
        "",
        Clock.systemUTC(),
        ZoneOffset.UTC,
        List.of(),
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

  @AfterEach
  void stop() {
    server.close();
    archive.close();
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "*/*");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void scriptIsServedToAnySiteAndAskedForAgainCheaply() throws Exception {
    HttpResponse<String> script = get("/newsfeed-widget.js");
    String etag = script.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = get("/newsfeed-widget.js", "If-None-Match", etag);

    assertThat(script.statusCode()).isEqualTo(200);
    assertThat(script.headers().map())
        .containsEntry("Content-Type", List.of("text/javascript; charset=utf-8"))
        .containsEntry("Cache-Control", List.of("public, max-age=3600"))
        .containsEntry("Access-Control-Allow-Origin", List.of("*"))
        .containsEntry("Cross-Origin-Resource-Policy", List.of("cross-origin"));
    assertThat(etag).startsWith("\"");
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void pagesOfOtherSitesMayReadWhatTimeItIs() throws Exception {
    HttpResponse<String> list = get("/most-read/now");
    String etag = list.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> same = get("/most-read/now", "If-None-Match", etag);

    for (HttpResponse<String> each : List.of(list, same)) {
      assertThat(each.headers().firstValue("Date")).isPresent();
      assertThat(each.headers().firstValue("Access-Control-Expose-Headers")).contains("Age, Date");
    }
  }
}
