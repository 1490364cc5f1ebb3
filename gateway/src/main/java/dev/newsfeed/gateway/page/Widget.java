package dev.newsfeed.gateway.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code /newsfeed-widget.js}: the script that a site includes with one line to show most read, or a
 * feed. What is delivered is the resource of that name without its comments and the blanks that only
 * people need.
 */
public final class Widget implements Resource {

  /** A page loads it again after an hour, and then mostly learns that it is the same. */
  private static final String KEPT = "public, max-age=3600";

  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"");

  private final Content content;

  public Widget() {
    String source = new String(Assets.read("newsfeed-widget.js"), UTF_8);
    content = Content.text("text/javascript", delivered(source));
  }

  /** Texts stay as they are; all else may be written closer, the style in its backticks too. */
  static String delivered(String source) {
    String lines = source
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("//"))
        .collect(Collectors.joining("\n"));
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (Matcher text = TEXT.matcher(lines); text.find(); from = text.end()) {
      out.append(closer(lines.substring(from, text.start()))).append(text.group());
    }
    return out.append(closer(lines.substring(from))).toString();
  }

  private static String closer(String code) {
    return code.replaceAll(" *([=+?:{}(),|;>&<*!]) *", "$1")
        .replaceAll("([{(,;=>?&|])\n", "$1")
        .replaceAll("\n([})\\].?:])", "$1")
        .replaceAll("[;,]([})])", "$1");
  }

  @Override
  public Answer answer(Ask ask) {
    if (!ask.path().equals("/newsfeed-widget.js")) {
      throw Refused.notFound("there is no such file");
    }
    // pages that isolate themselves load nothing else from another origin
    return Answer.ok(content, KEPT).with("Cross-Origin-Resource-Policy", "cross-origin");
  }
}
