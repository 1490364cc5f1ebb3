package dev.newsfeed.gateway.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Refused;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.Fields;
import org.junit.jupiter.api.Test;

class WidgetTest {

  private static Answer get(String path) {
    return new Widget().answer(new Ask("GET", path, "", new Fields(), List.of(), ""));
  }

  @Test
  void scriptIsSmallAndMayBeLoadedByIsolatedPages() {
    Answer script = get("/newsfeed-widget.js");

    assertThat(script.content().bytes(false)).hasSizeBetween(5_000, 9_999);
    assertThat(script.cacheControl()).isEqualTo("public, max-age=3600");
    assertThat(script.headers()).containsEntry("Cross-Origin-Resource-Policy", "cross-origin");
  }

  @Test
  void nothingElseIsThere() {
    assertThatThrownBy(() -> get("/newsfeed-widget.css")).isInstanceOf(Refused.class);
  }

  @Test
  void textsAreDeliveredAsTheyAreWritten() {
    String source = new String(Assets.read("newsfeed-widget.js"), UTF_8);
    String script = new String(get("/newsfeed-widget.js").content().bytes(false), UTF_8);

    assertThat(texts(script))
        .contains("Latest news", " · ", "script[src*='newsfeed-widget.js']")
        .isEqualTo(texts(source.replaceAll("(?m)^ *//.*$", "")));
  }

  private static List<String> texts(String script) {
    return Pattern.compile("\"([^\"]*)\"")
        .matcher(script)
        .results()
        .map((MatchResult text) -> text.group(1))
        .toList();
  }

  @Test
  void commentsAndBlanksAreLeftOut() {
    String script = """
        // what it is
        const a = (b) => {
          // why
          return b || "a, b // c";
        };
        a(1);
        """;

    assertThat(Widget.delivered(script)).isEqualTo("const a=(b)=>{return b||\"a, b // c\"};a(1);");
  }
}
