package dev.newsfeed.schemas;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Articles as IPTC's ninjs 3.1 (https://iptc.org/standards/ninjs/). What ninjs has no field for stands
 * in {@code altIds}, {@code descriptions} and {@code associations} under a role or relation that begins
 * with {@code newsfeed:}, and so do our slugs, as literals: reading it back gives the same article.
 *
 * <pre>
 * {"uri": "tag:news.example,2026:bridge", "type": "text", "profile": "article", "version": "2",
 *  "pubStatus": "usable", "headlines": [{"role": "main", "value": "Bridge opens"}],
 *  "subjects": [{"name": "Regions", "rel": "section", "literal": "newsfeed:regions"}], …}
 * </pre>
 *
 * @param uri names an article by its id
 * @param address makes a path of this site whole, and leaves any other address as it is
 */
public record Ninjs(UnaryOperator<String> uri, UnaryOperator<String> address) {

  public static final String MEDIA_TYPE = "application/vnd.iptc.ninjs+json";

  /** In front of what is ours in roles, relations and literals. */
  public static final String OURS = "newsfeed:";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#";

  /** One news object. */
  public ObjectNode of(Article article) {
    ObjectNode json = NODES.objectNode();
    json.put("uri", uri.apply(article.getArticleId()));
    json.put("type", type(article));
    json.put("profile", article.getKind());
    json.put("version", Long.toString(article.getVersion()));
    put(json, "firstCreated", article.getFirstPublished());
    put(json, "versionCreated", article.getVersionCreated());
    put(json, "embargoedUntil", article.getEmbargoedUntil());
    put(json, "expires", article.getExpires());
    json.put("pubStatus", article.getStatus().name());
    if (article.getUrgency() != null) {
      json.put("urgency", article.getUrgency());
    }
    put(json, "language", article.getLanguage());
    texts(json, article);
    put(json, "by", article.getByline());
    put(json, "located", article.getDateline());
    put(json, "copyrightNotice", article.getCopyright());
    put(json, "usageTerms", article.getUsageTerms());
    if (article.getSource() != null) {
      json.withArray("/infoSources").addObject().put("name", article.getSource());
    }
    labels(json, article);
    if (article.getUrl() != null) {
      web(json, article.getUrl());
    }
    associations(json, article);
    others(json, article);
    standard(json);
    return json;
  }

  /**
   * A story in another medium, as an editor's list has it; {@code name} is its uri. Nothing is known of
   * it but its title and where it is.
   */
  public ObjectNode of(MediaLink link, String name) {
    ObjectNode json = NODES.objectNode();
    json.put("uri", name).put("type", "text").put("profile", "link").put("pubStatus", "usable");
    json.put("representationType", "partial");
    text(json, "headlines", "main", link.getTitle());
    json.withArray("/infoSources").addObject().put("name", link.getSource());
    web(json, link.getUrl());
    standard(json);
    return json;
  }

  private void web(ObjectNode json, String url) {
    json.withArray("/renditions")
        .addObject()
        .put("name", "web")
        .put("href", ascii(url))
        .put("contentType", "text/html");
  }

  private static void standard(ObjectNode json) {
    json.putObject("standard").put("name", "ninjs").put("version", "3.1").put("schema", SCHEMA);
  }

  private static String type(Article article) {
    if (article.getStatus() == Status.canceled) {
      return "text";
    }
    return switch (article.getKind()) {
      case "gallery" -> "composite";
      case "infographic" -> "graphic";
      case "video" -> "video";
      default -> "text";
    };
  }

  private static void texts(ObjectNode json, Article article) {
    text(json, "headlines", "main", article.getHeadline());
    text(json, "headlines", "short", article.getShortHeadline());
    text(json, "descriptions", "summary", article.getLead());
    Correction correction = article.getCorrection();
    if (correction != null) {
      text(json, "descriptions", OURS + "correction", correction.getText());
      other(json, "corrected-at", correction.getAt().toString());
    }
    Withdrawal withdrawal = article.getWithdrawal();
    if (withdrawal != null) {
      text(json, "descriptions", OURS + "withdrawal-reason", withdrawal.getReason());
      text(json, "descriptions", OURS + "withdrawal-note", withdrawal.getNote());
    }
    if (article.getBodyHtml() != null) {
      json.withArray("/bodies")
          .addObject()
          .put("role", "main")
          .put("contentType", "text/html")
          .put("value", article.getBodyHtml());
    }
  }

  private static void labels(ObjectNode json, Article article) {
    if (article.getSection() != null) {
      labels(json, "subjects", "section", List.of(article.getSection()));
    }
    labels(json, "subjects", "extra-section", article.getExtraSections());
    labels(json, "subjects", "about", article.getTopics());
    labels(json, "people", "about", article.getPersons());
    labels(json, "places", "about", article.getPlaces());
  }

  private static void labels(ObjectNode json, String field, String rel, List<Label> labels) {
    for (Label label : labels) {
      json.withArray("/" + field)
          .addObject()
          .put("name", label.getTitle())
          .put("rel", rel)
          .put("literal", OURS + label.getSlug());
    }
  }

  private void associations(ObjectNode json, Article article) {
    for (Photo photo : article.getPhotos()) {
      photo(associated(json, "photo", ascii(photo.getUrl()), "picture"), photo);
    }
    for (String id : article.getReadAlso()) {
      associated(json, "related", uri.apply(id), "text");
    }
    for (MediaLink link : article.getInOtherMedia()) {
      ObjectNode story = associated(json, OURS + "other-media", ascii(link.getUrl()), "text");
      text(story, "headlines", "main", link.getTitle());
      story.withArray("/infoSources").addObject().put("name", link.getSource());
    }
    Withdrawal withdrawal = article.getWithdrawal();
    if (withdrawal != null && withdrawal.getSuccessorId() != null) {
      associated(json, OURS + "successor", uri.apply(withdrawal.getSuccessorId()), "text");
    }
  }

  private static ObjectNode associated(ObjectNode json, String rel, String uri, String type) {
    var all = json.withArray("/associations");
    String name = rel.replace(OURS, "") + "-" + (all.size() + 1);
    return all.addObject().put("name", name).put("rel", rel).put("uri", uri).put("type", type);
  }

  private void photo(ObjectNode json, Photo photo) {
    text(json, "descriptions", "caption", photo.getCaption());
    text(json, "descriptions", "altText", photo.getAlt());
    put(json, "by", photo.getCredit());
    ObjectNode rendition = json.withArray("/renditions")
        .addObject()
        .put("name", "main")
        .put("href", ascii(photo.getUrl()));
    if (photo.getWidth() > 0) {
      rendition.put("width", photo.getWidth());
    }
    if (photo.getHeight() > 0) {
      rendition.put("height", photo.getHeight());
    }
  }

  private static void others(ObjectNode json, Article article) {
    article.getAliases().forEach(alias -> other(json, "alias", alias));
    if (article.getEdition() != null) {
      other(json, "edition", article.getEdition());
    }
    if (article.getPhotoCount() != article.getPhotos().size()) {
      other(json, "photo-count", Integer.toString(article.getPhotoCount()));
    }
    if (article.getRepublish()) {
      other(json, "republish", "true");
    }
    if (article.getRestore()) {
      other(json, "restore", "true");
    }
    if (article.getEvergreen()) {
      other(json, "evergreen", "true");
    }
    if (!article.getMostReadEligible()) {
      other(json, "most-read-eligible", "false");
    }
  }

  private static void other(ObjectNode json, String role, String value) {
    json.withArray("/altIds").addObject().put("role", OURS + role).put("value", value);
  }

  private static void text(ObjectNode json, String field, String role, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.withArray("/" + field).addObject().put("role", role).put("value", value);
    }
  }

  private static void put(ObjectNode json, String field, @Nullable String value) {
    if (value != null) {
      json.put(field, value);
    }
  }

  private static void put(ObjectNode json, String field, @Nullable Instant at) {
    put(json, field, Objects.toString(at, null));
  }

  /** The schema wants URIs; ours may hold letters of any script. */
  private String ascii(String url) {
    String whole = address.apply(url);
    return whole.chars().allMatch(c -> c < 0x80) ? whole : URI.create(whole).toASCIIString();
  }
}
