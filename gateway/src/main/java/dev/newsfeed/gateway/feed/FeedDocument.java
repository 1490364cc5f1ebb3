package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import java.net.URLConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A page of a feed and all that a format needs to write it.
 *
 * @param newsroom the name above everything
 * @param after where this page begins; null: at the top
 * @param withdrawn notices that its readers may have missed, the latest first
 */
record FeedDocument(
    FeedPage page,
    Addresses addresses,
    String newsroom,
    @Nullable Cursor after,
    int limit,
    List<PublishedArticle> withdrawn) {

  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*");

  FeedDocument {
    Set<String> shown =
        page.items().stream().map(item -> item.entry().getArticleId()).collect(Collectors.toSet());
    withdrawn = withdrawn.stream() // but for what has come back meanwhile
        .filter(notice -> !shown.contains(notice.getArticleId()))
        .toList();
  }

  String feedId() {
    return page.feed().feedId();
  }

  String title() {
    return newsroom + ": " + page.feed().title();
  }

  /** When something about it changed last: an entry, or what it says of others. */
  Instant updated() {
    return updated(page.feed().updated(), withdrawn);
  }

  /** The later one of a feed's last change and the latest notice. */
  static Instant updated(Instant feed, List<PublishedArticle> withdrawn) {
    Instant notice = withdrawn.isEmpty() ? feed : withdrawn.get(0).getChangedAt();
    return notice.isAfter(feed) ? notice : feed;
  }

  /** The page for people that shows the same feed. */
  String home() {
    return addresses.page(feedId());
  }

  String self(FeedFormat format) {
    return addresses.feed(
        feedId(), format.extension(), after == null ? null : after.token(), limit);
  }

  Optional<String> next(FeedFormat format) {
    return Optional.ofNullable(page.next())
        .map(cursor -> addresses.feed(feedId(), format.extension(), cursor.token(), limit));
  }

  /** The body with its correction above it; empty where the archive has none and none is needed. */
  static Optional<String> html(Addresses addresses, FeedPage.Item item) {
    Optional<String> body = Optional.ofNullable(item.article())
        .map(Article::getBodyHtml)
        .filter(html -> !html.isBlank())
        .map(addresses::absoluteLinks);
    Correction correction = item.entry().getCorrection();
    if (correction == null) {
      return body;
    }
    String lead = item.entry().getLead();
    String text = lead == null ? "" : "<p>" + Corrected.text(lead) + "</p>";
    return Optional.of(Corrected.html(correction) + body.orElse(text));
  }

  static List<Photo> photos(FeedPage.Item item) {
    Article article = item.article();
    if (article != null) {
      return article.getPhotos();
    }
    Photo photo = item.entry().getPhoto();
    return photo == null ? List.of() : List.of(photo);
  }

  /** Who is to be named for it: of a link to another medium, that medium. */
  static @Nullable String author(FeedEntry entry) {
    return entry.getLink() == null ? entry.getByline() : entry.getLink().getSource();
  }

  /** Its language (BCP 47); null: not known, or what a writer to the topic put there is none. */
  static @Nullable String language(FeedEntry entry) {
    String language = entry.getLanguage();
    return language != null && LANGUAGE.matcher(language).matches() ? language : null;
  }

  /** What the article is about, for readers: titles of sections, topics and persons, once each. */
  static Set<String> categories(FeedEntry entry) {
    List<Label> labels = new ArrayList<>();
    if (entry.getSection() != null) {
      labels.add(entry.getSection());
    }
    labels.addAll(entry.getExtraSections());
    labels.addAll(entry.getTopics());
    labels.addAll(entry.getPersons());
    Set<String> titles = new LinkedHashSet<>();
    labels.forEach(label -> titles.add(label.getTitle()));
    return titles;
  }

  /** The media type that a photo's address lets expect. */
  static String mediaType(String url) {
    int query = url.indexOf('?');
    String path = query < 0 ? url : url.substring(0, query);
    if (path.endsWith(".svg")) {
      return "image/svg+xml";
    }
    if (path.endsWith(".webp")) {
      return "image/webp";
    }
    String guessed = URLConnection.guessContentTypeFromName(path);
    return guessed == null || !guessed.startsWith("image/") ? "image/jpeg" : guessed;
  }
}
