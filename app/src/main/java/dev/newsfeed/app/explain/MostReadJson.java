package dev.newsfeed.app.explain;

import static dev.newsfeed.app.explain.ExplanationJson.name;
import static dev.newsfeed.app.explain.ExplanationJson.put;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.RecordJson;
import dev.newsfeed.streams.mostread.AgeLimit;
import dev.newsfeed.streams.mostread.Placing;

/** The same explanation of most-read for programs: one JSON document, what is not known left out. */
final class MostReadJson {

  private MostReadJson() {}

  static ObjectNode of(MostReadExplanation explained) {
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", explained.articleId())
        .put("at", explained.moments().now().toString())
        .put("state", name(explained.state()))
        .put("clicks", explained.clicks())
        .put("countsSuspects", explained.counting().getSuspects());
    put(json, "countedFrom", explained.counting().getFrom());
    if (explained.headline() != null) {
      json.put("headline", explained.headline());
    }
    PublishedArticle published = explained.published();
    if (published != null) {
      put(json, "firstPublished", published.getFirstPublished());
      put(json, "feedTime", published.getFeedTime());
    }
    ArrayNode warnings = json.putArray("warnings");
    explained.warnings().forEach(warnings::add);
    ArrayNode decisions = json.putArray("decisions");
    explained.decisions().forEach(decision -> decisions.add(RecordJson.of(decision)));
    ArrayNode lists = json.putArray("lists");
    explained.placings().forEach(placing -> lists.add(placing(placing, explained)));
    return json;
  }

  private static ObjectNode placing(Placing placing, MostReadExplanation explained) {
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("list", placing.key())
        .put("window", placing.window().label())
        .put("scope", placing.scope())
        .put("from", placing.start().toString())
        .put("to", placing.end().toString())
        .put("reads", placing.reads())
        .put("listed", placing.entry() != null)
        .put("because", name(placing.because()))
        .put("why", MostReadText.why(placing, explained.moments(), explained.published()))
        .put("agrees", placing.agrees());
    if (placing.needs() > 0) {
      json.put("needs", placing.needs()).put("lacks", placing.needs() - placing.reads());
    }
    MostReadEntry entry = placing.entry();
    if (entry != null) {
      json.put("rank", entry.getRank())
          .put("listedReads", entry.getReads())
          .put("pinned", entry.getPinned());
    }
    MostReadList list = placing.list();
    if (list != null) {
      json.put("of", list.getEntries().size())
          .put("asOf", list.getAsOf().toString())
          .put("stale", placing.isStale(explained.moments().now()))
          .put("catchingUp", list.getCatchingUp())
          .put("lagMs", list.getLagMs())
          .put("generation", list.getGeneration());
    }
    MostReadEntry last = placing.last();
    if (last != null) {
      json.putObject("last")
          .put("rank", last.getRank())
          .put("reads", last.getReads())
          .put("articleId", last.getArticleId());
    }
    AgeLimit limit = placing.ageLimit();
    if (limit != null) {
      json.putObject("ageLimit").put("by", name(limit.by())).put("ms", limit.ms());
    }
    if (placing.decision() != null) {
      json.set("decision", RecordJson.of(placing.decision()));
    }
    ObjectNode refused = json.putObject("refused");
    placing.refused().forEach(refused::put);
    return json;
  }
}
