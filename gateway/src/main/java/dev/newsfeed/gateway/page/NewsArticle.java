package dev.newsfeed.gateway.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.RecordJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a page says of its article to search engines: schema.org's NewsArticle as JSON-LD. */
public final class NewsArticle {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private NewsArticle() {}

  /** The JSON as it can stand within a script element: nothing in it can end the element. */
  static String inScript(ObjectNode json) {
    return new String(RecordJson.bytes(json), StandardCharsets.UTF_8).replace("<", "\\u003c");
  }

  /** One article; its text is on the page already. */
  public static ObjectNode of(
      PublishedArticle published, Article article, Addresses addresses, String newsroom) {
    ObjectNode json = typed("NewsArticle").put("@context", "https://schema.org");
    json.put("identifier", published.getArticleId());
    json.put("version", published.getVersion());
    String url = article.getUrl() == null
        ? addresses.articlePage(published.getArticleId())
        : addresses.uri(article.getUrl());
    json.put("url", url).put("mainEntityOfPage", url);
    json.put("headline", article.getHeadline());
    put(json, "alternativeHeadline", article.getShortHeadline());
    put(json, "description", article.getLead());
    FeedEntries.of(published)
        .ifPresent(entry -> json.put("datePublished", entry.getFirstPublished().toString())
            .put("dateModified", entry.getUpdated().toString()));
    if (article.getExpires() != null) {
      json.put("expires", article.getExpires().toString());
    }
    put(json, "inLanguage", article.getLanguage());
    put(json, "dateline", article.getDateline());
    put(json, "copyrightNotice", article.getCopyright());
    ObjectNode publisher = typed("Organization").put("name", newsroom).put("url", addresses.home());
    json.set("publisher", publisher);
    json.set(
        "author", // search engines want one: what nobody signed is the newsroom's
        article.getByline() == null
            ? publisher.deepCopy()
            : typed("Person").put("name", article.getByline()));
    if (article.getSource() != null) {
      json.set("sourceOrganization", typed("Organization").put("name", article.getSource()));
    }
    labels(json, article);
    for (Photo photo : article.getPhotos()) {
      json.withArray("/image").add(image(photo, addresses));
    }
    for (Correction correction : published.getCorrections()) {
      json.withArray("/correction")
          .add(typed("CorrectionComment")
              .put("text", correction.getText())
              .put("datePublished", correction.getAt().toString()));
    }
    for (MediaLink link : article.getInOtherMedia()) {
      ObjectNode work = typed("CreativeWork");
      work.put("name", link.getTitle()).put("url", addresses.absolute(link.getUrl()));
      work.set("publisher", typed("Organization").put("name", link.getSource()));
      json.withArray("/citation").add(work);
    }
    return json;
  }

  private static void labels(ObjectNode json, Article article) {
    if (article.getSection() != null) {
      json.withArray("/articleSection").add(article.getSection().getTitle());
    }
    article
        .getExtraSections()
        .forEach(section -> json.withArray("/articleSection").add(section.getTitle()));
    article.getTopics().forEach(topic -> json.withArray("/keywords").add(topic.getTitle()));
    things(json, "about", "Person", article.getPersons());
    things(json, "contentLocation", "Place", article.getPlaces());
  }

  private static void things(ObjectNode json, String field, String type, List<Label> labels) {
    for (Label label : labels) {
      ArrayNode things = json.withArray("/" + field);
      things.add(typed(type).put("name", label.getTitle()));
    }
  }

  private static ObjectNode image(Photo photo, Addresses addresses) {
    ObjectNode image = typed("ImageObject").put("url", addresses.uri(photo.getUrl()));
    if (photo.getWidth() > 0 && photo.getHeight() > 0) {
      image.put("width", photo.getWidth()).put("height", photo.getHeight());
    }
    put(image, "caption", photo.getCaption());
    put(image, "creditText", photo.getCredit());
    return image;
  }

  private static ObjectNode typed(String type) {
    return NODES.objectNode().put("@type", type);
  }

  private static void put(ObjectNode json, String field, @Nullable String value) {
    if (value != null) {
      json.put(field, value);
    }
  }
}
