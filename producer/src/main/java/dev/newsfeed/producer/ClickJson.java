package dev.newsfeed.producer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Clicks as pages send them: one object or a list of them.
 *
 * <pre>
 * {"articleId": "flood-2026-11"}
 * [{"url": "https://news.example/world/flood", "eventId": "5f0c…"}, …]
 * {"articleId": "flood-2026-11", "visitor": "4d1f…"}     a first-party id, with the reader's consent
 * </pre>
 */
final class ClickJson {

  static final int CLICKS_AT_MOST = 1_000;

  private static final int MAX_URL = 2_000;
  private static final int MAX_EVENT_ID = 100;

  /** What is shorter is no one reader's; an e-mail address is nothing to send with a click. */
  private static final Pattern VISITOR = Pattern.compile("[A-Za-z0-9._~:+/=-]{16,128}");

  /** A field that is called visitor or nearly so, and its value as far as it goes, even cut short. */
  private static final Pattern VISITOR_FIELD = Pattern.compile(
      "(\"[^\"\\\\]{0,20}visitor[^\"\\\\]{0,20}\"\\s*+:\\s*+)"
          + "(?:\"(?:[^\"\\\\]|\\\\.)*+\"?|[^,}\\]]*+)",
      Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private ClickJson() {}

  /**
   * One click as it was sent: either an article's id or an address.
   *
   * @param eventId given by the page, so that a retry is known
   * @param visitor the page's own id of its reader; never leaves the intake but as a hash
   */
  record Reported(
      @Nullable String articleId,
      @Nullable String url,
      @Nullable String eventId,
      @Nullable String visitor,
      JsonNode json) {}

  /** The clicks, or everything that is wrong with them: a batch is taken whole or not at all. */
  static List<Reported> read(JsonNode body) throws Refusal {
    List<Problem> problems = new ArrayList<>();
    List<Reported> clicks = new ArrayList<>();
    if (body.isArray()) {
      if (body.size() > CLICKS_AT_MOST) {
        throw Refusal.tooLarge(
            "the list has " + body.size() + " clicks, at most " + CLICKS_AT_MOST);
      }
      for (int i = 0; i < body.size(); i++) {
        clicks.add(click(body.get(i), "[" + i + "]", problems));
      }
    } else {
      clicks.add(click(body, "", problems));
    }
    if (!problems.isEmpty()) {
      throw Refusal.invalid(HttpStatus.BAD_REQUEST_400, problems);
    }
    return clicks;
  }

  private static Reported click(JsonNode json, String path, List<Problem> problems) {
    if (!json.isObject()) {
      problems.add(new Problem(
          "invalid-field",
          path.isEmpty() ? "click" : path,
          "must be an object with articleId or url"));
      return new Reported(null, null, null, null, json);
    }
    JsonFields in = JsonFields.of(json, path.isEmpty() ? "" : path + ".", problems);
    String articleId = in.raw("articleId");
    String url = in.raw("url");
    String eventId = in.raw("eventId");
    String visitor = in.raw("visitor");
    if (in.has("articleId") == in.has("url")) {
      in.missing("articleId", "give either articleId or url");
    }
    if (articleId != null && !ArticleRules.isArticleId(articleId)) {
      in.wrong("articleId", "is not an article id");
    }
    if (url != null && url.length() > MAX_URL) {
      in.wrong("url", "has " + url.length() + " characters, at most " + MAX_URL);
    }
    if (eventId != null && (eventId.isEmpty() || eventId.length() > MAX_EVENT_ID)) {
      in.wrong("eventId", "must have 1 to " + MAX_EVENT_ID + " characters");
    }
    if (visitor != null && !VISITOR.matcher(visitor).matches()) {
      in.wrong("visitor", "must be an id of 16 to 128 letters, digits and . _ ~ : + / = -");
    }
    in.end();
    return new Reported(articleId, url, eventId, visitor, json);
  }

  /**
   * What was sent with every visitor's id taken out, to be kept as refused: an id may only be kept as a
   * hash. Works on bytes that are no JSON as well.
   */
  static byte[] withoutVisitors(byte[] sent) {
    // one character for each byte, so that nothing else changes
    String text = new String(sent, ISO_8859_1);
    return VISITOR_FIELD.matcher(text).replaceAll("$1\"\"").getBytes(ISO_8859_1);
  }
}
