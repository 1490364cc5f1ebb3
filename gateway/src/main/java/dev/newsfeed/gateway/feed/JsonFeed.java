package dev.newsfeed.gateway.feed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.schemas.RecordJson;
import java.util.List;
import java.util.Set;

/** JSON Feed 1.1; what the format has no field for stands under {@code _newsfeed}. */
final class JsonFeed {

  private static final Set<String> EXTRA = Set.of(
      "articleId",
      "version",
      "kind",
      "section",
      "extraSections",
      "topics",
      "persons",
      "urgency",
      "source",
      "photoCount",
      "feedTime",
      "correction",
      "shortHeadline");
  private static final Set<String> EXTRA_OF_LINK = Set.of("kind", "source", "feedTime");

  private JsonFeed() {}

  static byte[] write(FeedDocument document) {
    FeedSummary feed = document.page().feed();
    ObjectNode json = head(
        document.title(),
        document.home(),
        document.self(FeedFormat.JSON),
        document.next(FeedFormat.JSON).orElse(""));
    if (document.links().isOfFeed()) {
      json.putArray("hubs")
          .addObject()
          .put("type", "WebSub")
          .put("url", document.addresses().hub());
    }
    ObjectNode own = json.putObject("_newsfeed");
    own.put("feedId", feed.feedId())
        .put("title", feed.title())
        .put("total", feed.total())
        .put("updated", document.updated().toString());
    deleted(own, document);
    items(json, document.addresses(), document.page().items());
    return RecordJson.bytes(json);
  }

  private static void deleted(ObjectNode own, FeedDocument document) {
    if (document.withdrawn().isEmpty()) {
      return;
    }
    ArrayNode deleted = own.putArray("deleted");
    for (PublishedArticle notice : document.withdrawn()) {
      ObjectNode one = deleted.addObject();
      one.put("id", document.addresses().tag(notice.getArticleId()))
          .put("articleId", notice.getArticleId())
          .put("status", notice.getStatus().name())
          .put("withdrawnAt", notice.getChangedAt().toString());
      if (notice.getWithdrawal() != null) {
        one.setAll(RecordJson.of(notice.getWithdrawal()));
      }
    }
  }

  /** A feed without its items; {@code next} empty: this page is the last one. */
  static ObjectNode head(String title, String home, String self, String next) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", "https://jsonfeed.org/version/1.1");
    json.put("title", title);
    json.put("home_page_url", home);
    json.put("feed_url", self);
    if (!next.isEmpty()) {
      json.put("next_url", next);
    }
    return json;
  }

  static void items(ObjectNode feed, Addresses addresses, List<FeedPage.Item> items) {
    ArrayNode array = feed.putArray("items");
    items.forEach(item -> array.add(item(addresses, item)));
  }

  private static ObjectNode item(Addresses addresses, FeedPage.Item item) {
    FeedEntry entry = item.entry();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    boolean elsewhere = entry.getLink() != null;
    json.put("id", addresses.tag(entry));
    String url = addresses.uri(addresses.article(entry));
    json.put("url", url);
    if (elsewhere) {
      json.put("external_url", url);
    }
    json.put("title", entry.getHeadline());
    FeedDocument.html(addresses, item)
        .ifPresentOrElse(
            html -> json.put("content_html", html),
            () -> json.put(
                "content_text", entry.getLead() == null ? entry.getHeadline() : entry.getLead()));
    if (entry.getLead() != null) {
      json.put("summary", entry.getLead());
    }
    json.put("date_published", entry.getFirstPublished().toString());
    json.put("date_modified", entry.getUpdated().toString());
    String author = FeedDocument.author(entry);
    if (author != null) {
      json.putArray("authors").addObject().put("name", author);
    }
    String language = FeedDocument.language(entry);
    if (language != null) {
      json.put("language", language);
    }
    FeedDocument.categories(entry).forEach(json.withArray("/tags")::add);
    photos(json, addresses, FeedDocument.photos(item));
    ObjectNode own = RecordJson.of(entry).retain(elsewhere ? EXTRA_OF_LINK : EXTRA);
    if (!elsewhere) {
      own.put("page", addresses.articlePage(entry.getArticleId()));
      if (item.article() != null && item.article().getCopyright() != null) {
        own.put("copyright", item.article().getCopyright());
      }
    }
    json.set("_newsfeed", own);
    return json;
  }

  private static void photos(ObjectNode json, Addresses addresses, List<Photo> photos) {
    if (photos.isEmpty()) {
      return;
    }
    json.put("image", addresses.uri(photos.get(0).getUrl()));
    ArrayNode attachments = json.putArray("attachments");
    for (Photo photo : photos) {
      ObjectNode attachment = attachments.addObject();
      attachment.put("url", addresses.uri(photo.getUrl()));
      attachment.put("mime_type", FeedDocument.mediaType(photo.getUrl()));
      if (photo.getCaption() != null) {
        attachment.put("title", photo.getCaption());
      }
      attachment.set("_newsfeed", RecordJson.of(photo).retain("width", "height", "credit", "alt"));
    }
  }
}
