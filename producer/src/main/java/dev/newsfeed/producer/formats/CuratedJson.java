package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.schemas.CuratedRules;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An editor's list as newsrooms send it: always the whole list.
 *
 * <pre>
 * {"title": "Top stories",                               not needed: it is the name in words
 *  "by": "mara",
 *  "entries": [
 *    {"articleId": "flood-2026-11"},
 *    {"link": {"title": "The long road", "url": "https://other.example/road", "source": "Other"}}]}
 * </pre>
 */
public final class CuratedJson {

  private CuratedJson() {}

  /**
   * The list, ready to be sent.
   *
   * @param feedId from the address; the body need not repeat it and must not contradict it
   * @param now the moment of the editor's decision
   * @throws InvalidEventException naming everything that is wrong
   */
  public static CuratedFeed read(JsonNode json, String feedId, Instant now) {
    List<Problem> problems = new ArrayList<>();
    JsonFields in = JsonFields.ofBody(json, problems);
    String stated = in.raw("feedId");
    if (stated != null && !stated.equals(feedId)) {
      in.wrong("feedId", "is not the feed id of the address");
    }
    String title = in.text("title");
    CuratedFeed list = new CuratedFeed(
        feedId, title == null ? titleOf(feedId) : title, entries(in), in.requiredText("by"), now);
    in.end();
    InvalidEventException.throwIfAny(problems, CuratedRules.problems(list));
    return list;
  }

  private static String titleOf(String feedId) {
    return FeedIds.inWords(feedId.substring(FeedIds.CURATED.length()));
  }

  private static List<CuratedEntry> entries(JsonFields in) {
    if (!in.has("entries")) {
      in.missing("entries", "is required: the whole list, which may be empty");
    }
    List<CuratedEntry> entries = new ArrayList<>();
    List<JsonNode> values = in.values("entries");
    for (int i = 0; i < values.size(); i++) {
      JsonFields entry = in.object("entries[" + i + "]", values.get(i));
      // what is no object still counts, or the entries after it would be named by wrong numbers
      entries.add(entry == null ? new CuratedEntry(null, null) : entry(entry));
    }
    return entries;
  }

  private static CuratedEntry entry(JsonFields in) {
    JsonFields link = in.object("link");
    CuratedEntry entry =
        new CuratedEntry(in.raw("articleId"), link == null ? null : ArticleJson.link(link));
    in.end();
    return entry;
  }
}
