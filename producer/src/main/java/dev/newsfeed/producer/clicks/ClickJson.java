package dev.newsfeed.producer.clicks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.formats.JsonFields;
import dev.newsfeed.producer.http.Refusal;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
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
 * {"articleId": "flood-2026-11", "site": "news.example"} from a server, for a reader of that site
 * </pre>
 */
public final class ClickJson {

  public static final int CLICKS_AT_MOST = 1_000;

  private static final int MAX_URL = 2_000;
  private static final int MAX_EVENT_ID = 100;

  /** What is shorter is no one reader's; an e-mail address is nothing to send with a click. */
  private static final Pattern VISITOR = Pattern.compile("[A-Za-z0-9._~:+/=-]{16,128}");

  private static final Pattern SITE = Pattern.compile("[A-Za-z0-9.-]{1,253}");

  /** What says nothing of a reader. */
  private static final Set<String> KEPT = Set.of("articleId", "url", "eventId", "site");

  /** How a CMS without speaking addresses names its pages; any other query may name a reader. */
  private static final Pattern PAGE_NUMBER = Pattern.compile("\\?[A-Za-z_]{1,20}=[0-9]{1,12}");

  /** In what is no JSON: a field that is kept with its value, a name, or a character of all others. */
  private static final Pattern MASKED =
      Pattern.compile("(\"(?:articleId|eventId|site)\"\\s*+:\\s*+\"[A-Za-z0-9._:~-]{0,200}+"
          + "|\"url\"\\s*+:\\s*+\"[^\"\\\\?#]{0,2000}+"
          + "|\\b(?:articleId|url|eventId|site|(?i:visitor))\\b)"
          + "|[A-Za-z0-9\\x80-\\xff]");

  private ClickJson() {}

  /**
   * One click as it was sent: either an article's id or an address.
   *
   * @param eventId given by the page, so that a retry is known
   * @param visitor the page's own id of its reader; never leaves the intake but as a hash
   * @param site host of the page, where the sender is not the page itself
   */
  public record Reported(
      @Nullable String articleId,
      @Nullable String url,
      @Nullable String eventId,
      @Nullable String visitor,
      @Nullable String site,
      JsonNode json) {}

  /** The clicks, or everything that is wrong with them: a batch is taken whole or not at all. */
  public static List<Reported> read(JsonNode body) throws Refusal {
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
      return new Reported(null, null, null, null, null, json);
    }
    JsonFields in = JsonFields.of(json, path.isEmpty() ? "" : path + ".", problems);
    String articleId = in.raw("articleId");
    String url = in.raw("url");
    String eventId = in.raw("eventId");
    String visitor = in.raw("visitor");
    String site = in.raw("site");
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
    if (site != null && !SITE.matcher(site).matches()) {
      in.wrong("site", "must be a host name such as news.example");
    }
    in.end();
    return new Reported(articleId, url, eventId, visitor, site, json);
  }

  /**
   * A click as the address of a pixel says it: {@code article=…} or {@code url=…}, and the other fields
   * by their names.
   *
   * @throws Refusal where something is said twice
   */
  static ObjectNode ofQuery(String query) throws Refusal {
    ObjectNode click = Json.object();
    List<Problem> problems = new ArrayList<>();
    for (String part : query.split("&", -1)) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        String name = decoded(equals < 0 ? part : part.substring(0, equals));
        String field = name.equals("article") ? "articleId" : name;
        JsonNode before = click.get(field);
        click.put(field, equals < 0 ? "" : decoded(part.substring(equals + 1)));
        if (before != null) {
          problems.add(new Problem("invalid-field", field, "is given twice"));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw Refusal.invalid(HttpStatus.BAD_REQUEST_400, problems);
    }
    return click;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a stray percent sign stands for itself
    }
  }

  /**
   * What was sent without what may tell of a reader, to be kept as refused: of other fields than those
   * that a click has only the names, of an address no query. What is no JSON is kept in its shape, each
   * letter and digit an x.
   *
   * <pre>
   * {"articleId": "no id!", "user": "mara"}  →  {"articleId":"no id!","user":""}
   * {"articleId": "a1", "visitor": "4d1f     →  {"articleId": "a1", "visitor": "xxxx
   * </pre>
   */
  static byte[] withoutReader(byte[] sent) {
    JsonNode json;
    try {
      json = Json.read(sent);
    } catch (Json.Malformed e) {
      return masked(sent);
    }
    JsonNode kept = withoutReader(json);
    return kept.equals(json) ? sent : Json.bytes(kept);
  }

  private static JsonNode withoutReader(JsonNode json) {
    if (json.isArray()) {
      ArrayNode list = Json.object().arrayNode();
      json.forEach(each -> list.add(each.isObject() ? withoutReader(each) : list.textNode("")));
      return list;
    }
    ObjectNode kept = Json.object();
    if (!json.isObject()) {
      return kept.textNode("");
    }
    json.properties().forEach(field -> {
      boolean stays = KEPT.contains(field.getKey()) && field.getValue().isTextual();
      String value = stays ? field.getValue().textValue() : "";
      kept.put(field.getKey(), field.getKey().equals("url") ? withoutQuery(value) : value);
    });
    return kept;
  }

  private static String withoutQuery(String url) {
    String page = url.split("#", 2)[0].replaceFirst("//[^/?]*@", "//");
    int query = page.indexOf('?');
    return query < 0 || PAGE_NUMBER.matcher(page.substring(query)).matches()
        ? page
        : page.substring(0, query);
  }

  private static byte[] masked(byte[] sent) {
    // one character for each byte, so that nothing else changes
    return MASKED
        .matcher(new String(sent, ISO_8859_1))
        .replaceAll(found -> found.group(1) == null ? "x" : Matcher.quoteReplacement(found.group()))
        .getBytes(ISO_8859_1);
  }
}
