package dev.newsfeed.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the widget's script is served with, and what it needs of the answers it reads. */
class WidgetIT {

  @TempDir
  Path directory;

  private TestSite site;

  @BeforeEach
  void start() {
    site = new TestSite(directory);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void scriptIsServedToAnySiteAndAskedForAgainCheaply() {
    HttpResponse<String> script = site.get("/newsfeed-widget.js");
    String etag = script.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = site.get("/newsfeed-widget.js", "If-None-Match", etag);

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
  void pagesOfOtherSitesMayReadWhatTimeItIs() {
    HttpResponse<String> list = site.get("/most-read/now");
    String etag = list.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> same = site.get("/most-read/now", "If-None-Match", etag);

    for (HttpResponse<String> each : List.of(list, same)) {
      assertThat(each.headers().firstValue("Date")).isPresent();
      assertThat(each.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
          .startsWith("Age, Date, ");
    }
  }
}
