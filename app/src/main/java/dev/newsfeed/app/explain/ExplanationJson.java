package dev.newsfeed.app.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.explain.Explanation.Refused;
import dev.newsfeed.app.explain.Findings.Place;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.RecordJson;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The same explanation for programs: one JSON document, times in ISO 8601, what is not known left
 * out. Like the text it quotes nothing of a withdrawn article.
 */
final class ExplanationJson {

  private ExplanationJson() {}

  static ObjectNode of(Explanation explained) {
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", explained.articleId())
        .put("at", explained.moments().now().toString())
        .put("state", name(explained.standing().state()));
    Standing standing = explained.standing();
    if (standing.version() > 0) {
      json.put("version", standing.version());
    }
    put(json, "since", standing.since());
    put(json, "until", standing.until());
    if (explained.headline() != null) {
      json.put("headline", explained.headline());
    }
    PublishedArticle published = explained.published();
    if (published != null) {
      put(json, "firstPublished", published.getFirstPublished());
      put(json, "feedTime", published.getFeedTime());
      if (published.getWithdrawal() != null) {
        json.set("withdrawal", RecordJson.of(published.getWithdrawal()));
      }
    }
    ArrayNode warnings = json.putArray("warnings");
    explained.warnings().forEach(warnings::add);
    ArrayNode feeds = json.putArray("feeds");
    explained.seats().forEach(seat -> feeds.add(seat(seat)));
    ArrayNode versions = json.putArray("versions");
    explained.versions().forEach(version -> versions.add(version(version)));
    addresses(json, explained);
    ArrayNode corrections = json.putArray("corrections");
    if (published != null) {
      published.getCorrections().forEach(c -> corrections.add(RecordJson.of(c)));
    }
    ArrayNode refused = json.putArray("refused");
    explained.refusals().forEach(refusal -> refused.add(refusal(refusal)));
    return json;
  }

  private static ObjectNode seat(Seat seat) {
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("feed", seat.feedId())
        .put("is", name(seat.kind()))
        .put("why", seat.why());
    if (seat.place() > 0) {
      json.put("place", seat.place());
    }
    return seat.kind() == Seat.Kind.OUT
        ? json
        : json.put("shown", seat.shown()).put("total", seat.total());
  }

  private static ObjectNode version(Version version) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Article article = version.article();
    if (article != null) {
      json.put("version", article.getVersion())
          .put("status", article.getStatus().name());
    }
    json.put("arrived", version.arrival().at().toString()).put("verdict", name(version.verdict()));
    if (version.why() != null) {
      json.put("why", version.why());
    }
    if (article != null && article.getStatus() != Status.canceled) {
      if (article.getSection() != null) {
        json.put("section", article.getSection().getSlug());
      }
      put(json, "embargoedUntil", article.getEmbargoedUntil());
      put(json, "expires", article.getExpires());
      json.put("restore", article.getRestore()).put("republish", article.getRepublish());
      json.put("correction", article.getCorrection() != null);
    } else if (article != null && article.getWithdrawal() != null) {
      json.put("reason", article.getWithdrawal().getReason());
    }
    return put(json, version.arrival().place());
  }

  private static void addresses(ObjectNode json, Explanation explained) {
    Article article = explained.standing().article();
    if (article != null && article.getUrl() != null) {
      json.put("url", article.getUrl());
    }
    json.put("page", "/articles/" + explained.articleId());
    ArrayNode aliases = json.putArray("aliases");
    if (article != null) {
      article.getAliases().forEach(aliases::add);
    }
  }

  private static ObjectNode refusal(Refused refused) {
    Refusal refusal = refused.last();
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("at", refusal.at().toString())
        .put("times", refused.times())
        .put("stage", refusal.stage())
        .put("reason", refusal.reason())
        .put("field", refusal.field())
        .put("detail", refusal.detail());
    return refusal.place() == null ? json : put(json, refusal.place());
  }

  static void put(ObjectNode json, String name, @Nullable Instant moment) {
    if (moment != null) {
      json.put(name, moment.toString());
    }
  }

  private static ObjectNode put(ObjectNode json, Place place) {
    return json.put("topic", place.topic())
        .put("partition", place.partition())
        .put("offset", place.offset());
  }

  /** {@code IN_HEAD} is {@code in-head}. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
