package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.schemas.RecordJson;

/**
 * What the demo's editor does with her front page: an urgent story goes to the top, and the list keeps
 * its length.
 *
 * <pre>
 * a1 a2 a3  + a9, new   a9 a1 a2
 * a1 a2 a3  + a3 again  a3 a1 a2
 * </pre>
 */
final class TopStories {

  /** The urgency that a story must have, of 1 to 9. */
  private static final int URGENT = 3;

  private TopStories() {}

  /** Whether a story belongs to the top. */
  static boolean isOne(JsonNode story) {
    int urgency = story.path("urgency").asInt(9);
    return urgency <= URGENT && story.path("kind").asText().equals("article");
  }

  /** The list with this article on top, as the intake takes it. */
  static ObjectNode withOnTop(CuratedFeed list, String articleId) {
    ObjectNode changed =
        JsonNodeFactory.instance.objectNode().put("title", list.getTitle()).put("by", list.getBy());
    ArrayNode entries = changed.putArray("entries");
    entries.addObject().put("articleId", articleId);
    for (CuratedEntry entry : list.getEntries()) {
      boolean room = entries.size() < list.getEntries().size();
      if (room && !articleId.equals(entry.getArticleId())) {
        entries.add(RecordJson.of(entry));
      }
    }
    return changed;
  }
}
