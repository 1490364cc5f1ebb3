package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.producer.PlainText;
import dev.newsfeed.schemas.ArticleRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The items of a JSON Feed 1.0 or 1.1 (https://jsonfeed.org/version/1.1).
 *
 * <pre>
 * id, or url, external_url            articleId, hashed
 * title                               headline
 * summary                             lead
 * content_html, or content_text       bodyHtml, sanitised
 * url, or external_url                url
 * authors, author                     byline
 * tags                                topics
 * image, attachments                  photos
 * date_published                      firstPublished
 * date_modified                       version
 * _newsfeed                           what our own gateway knows beside: sections, persons, kind …
 * </pre>
 */
final class JsonFeedFile {

  private final NewsImport settings;
  private final FeedItem.Feed feed;

  /** The feed without its items. */
  JsonFeedFile(ObjectNode json, NewsImport settings) {
    this.settings = settings;
    String home = text(json, "home_page_url");
    this.feed = new FeedItem.Feed(
        FeedItem.blankToNull(PlainText.of(text(json, "title"))),
        FeedItem.blankToNull(text(json, "language")),
        home.isEmpty() ? text(json, "feed_url") : home,
        null);
  }

  static boolean recognises(JsonNode json) {
    return text(json, "version").startsWith("https://jsonfeed.org/version/1");
  }

  NewsImport.Item item(JsonNode json, int number, int line) {
    FeedItem item = new FeedItem(feed);
    // numbers are made texts, as the format says
    item.id =
        json.path("id").isContainerNode() ? "" : json.path("id").asText("").strip();
    item.link = first(json, "url", "external_url");
    item.title = NewsText.escaped(text(json, "title"));
    item.description = NewsText.escaped(text(json, "summary"));
    String html = text(json, "content_html");
    item.content = html.isBlank() ? NinjsJson.paragraphs(text(json, "content_text")) : html;
    item.byline = NewsText.escaped(byline(json));
    item.language = FeedItem.blankToNull(text(json, "language"));
    if (!item.isNamed()) {
      return FeedItem.unusable(number, line, "id", "the item has neither id nor url nor title");
    }
    for (String field : List.of("date_published", "date_modified")) {
      String date = text(json, field);
      if (!date.isEmpty() && NewsDates.parsed(date) == null) {
        return FeedItem.unusable(number, line, field, "is no date of RFC 3339");
      }
    }
    item.published = NewsDates.parsed(text(json, "date_published"));
    item.updated = NewsDates.parsed(text(json, "date_modified"));
    photos(json, item);
    JsonNode ours = json.path("_newsfeed");
    if (!ours.isObject()) {
      json.path("tags").forEach(tag -> item.topic(NewsText.escaped(tag.asText())));
      return NewsImport.checked(number, line, item.article(settings, number).build());
    }
    Article.Builder article = item.article(settings, number);
    if (html.isBlank()) {
      article.setBodyHtml(
          null); // our gateway repeats the lead there, for the format wants a content
    }
    return NewsImport.checked(number, line, known(ours, article));
  }

  private static String byline(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.path("authors").forEach(author -> names.add(text(author, "name").strip()));
    names.add(text(json.path("author"), "name").strip());
    names.removeIf(String::isEmpty);
    return String.join(", ", names.stream().distinct().toList());
  }

  private static void photos(JsonNode json, FeedItem item) {
    String image = text(json, "image");
    if (!image.isBlank()) {
      item.photo(Photo.newBuilder().setUrl(image).build());
    }
    for (JsonNode attachment : json.path("attachments")) {
      if (text(attachment, "mime_type").startsWith("image/")) {
        JsonNode ours = attachment.path("_newsfeed");
        item.photo(Photo.newBuilder()
            .setUrl(text(attachment, "url"))
            .setWidth(Math.max(0, ours.path("width").asInt()))
            .setHeight(Math.max(0, ours.path("height").asInt()))
            .setCaption(line(attachment, "title").orElse(null))
            .setCredit(line(ours, "credit").orElse(null))
            .setAlt(line(ours, "alt").orElse(null))
            .build());
      }
    }
  }

  /** What stands in our own extension; of another origin, or misspelt, it is as if it were not there. */
  private static Article known(JsonNode ours, Article.Builder article) {
    line(ours, "kind").filter(ArticleRules.KINDS::contains).ifPresent(article::setKind);
    label(ours.path("section")).ifPresent(article::setSection);
    article.setExtraSections(labels(ours, "extraSections"));
    article.setPersons(labels(ours, "persons"));
    if (ours.has("topics")) {
      article.setTopics(labels(ours, "topics"));
    }
    if (ours.path("urgency").isInt()) {
      article.setUrgency(ours.path("urgency").intValue());
    }
    line(ours, "source").ifPresent(article::setSource);
    line(ours, "shortHeadline").ifPresent(article::setShortHeadline);
    int photos = ours.path("photoCount").asInt();
    article.setPhotoCount(Math.max(photos, article.getPhotoCount()));
    Instant corrected = NewsDates.parsed(text(ours.path("correction"), "at"));
    Optional<String> correction = line(ours.path("correction"), "text");
    if (corrected != null && correction.isPresent()) {
      article.setCorrection(new Correction(correction.get(), corrected));
    }
    return article.build();
  }

  private static List<Label> labels(JsonNode json, String field) {
    List<Label> labels = new ArrayList<>();
    json.path(field).forEach(value -> label(value).ifPresent(labels::add));
    return labels;
  }

  private static Optional<Label> label(JsonNode json) {
    String slug = text(json, "slug");
    return ArticleRules.isSlug(slug)
        ? Optional.of(new Label(slug, line(json, "title").orElse(slug)))
        : Optional.empty();
  }

  private static String first(JsonNode json, String name, String otherwise) {
    String text = text(json, name).strip();
    return text.isEmpty() ? text(json, otherwise).strip() : text;
  }

  private static Optional<String> line(JsonNode json, String name) {
    return Optional.ofNullable(FeedItem.blankToNull(PlainText.of(text(json, name))));
  }

  /** Empty when there is none, or something else. */
  private static String text(JsonNode json, String name) {
    return json.path(name).asText("");
  }
}
