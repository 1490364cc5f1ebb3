package dev.newsfeed.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.RecordJson;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /most-read/{window}?scope=&edition=}: a list as it was last computed. */
public final class MostRead implements Resource {

  private static final Set<String> WINDOWS = Set.of("now", "today", "this-week");
  private static final Pattern EDITION = Pattern.compile("[a-z0-9-]{0,50}");
  private static final Pattern SCOPE = Pattern.compile("all|(section|kind)/[a-z0-9._-]{1,100}");

  private final News news;
  private final Addresses addresses;

  public MostRead(News news, Addresses addresses) {
    this.news = news;
    this.addresses = addresses;
  }

  @Override
  public Answer answer(Ask ask) {
    String window = ask.pathAfter("/most-read/");
    if (!WINDOWS.contains(window)) {
      throw Refused.notFound("there are the windows now, today and this-week");
    }
    String scope = ask.parameter("scope").orElse("all");
    if (!SCOPE.matcher(scope).matches()) {
      throw Refused.parameter("scope", "must be all, section/… or kind/…");
    }
    String edition = edition(ask);
    ObjectNode json = news.mostRead(window, scope, edition)
        .map(RecordJson::of)
        .orElseGet(() -> unread(window, scope));
    for (JsonNode entry : json.path("entries")) {
      ObjectNode row = (ObjectNode) entry;
      String page = addresses.articlePage(row.path("articleId").asText());
      row.put("url", addresses.absolute(row.path("url").asText(page)));
    }
    return Answer.ok(new Content("application/json", RecordJson.bytes(json)), Answer.MOMENT);
  }

  /**
   * By whose calendar lists are asked for; empty: the newsroom's own.
   *
   * @throws Refused where no edition can be called so
   */
  static String edition(Ask ask) {
    String edition = ask.parameter("edition").orElse("");
    if (!EDITION.matcher(edition).matches()) {
      throw Refused.parameter("edition", "must be at most 50 of a-z 0-9 -");
    }
    return edition;
  }

  /** Nobody has read anything there yet: an empty list, which claims no time for itself. */
  private static ObjectNode unread(String window, String scope) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("scope", scope).put("window", window).put("reads", 0);
    json.putArray("entries");
    return json;
  }
}
