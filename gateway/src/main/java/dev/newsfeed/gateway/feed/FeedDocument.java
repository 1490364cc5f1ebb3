package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A page of a feed and all that a format needs to write it.
 *
 * @param newsroom the name above everything
 * @param after where this page begins; null: at the top
 * @param search whose addresses it has; null: those of its feed
 */
record FeedDocument(
    FeedPage page,
    Addresses addresses,
    String newsroom,
    @Nullable Cursor after,
    int limit,
    @Nullable SearchFeed search) {

  FeedDocument(
      FeedPage page, Addresses addresses, String newsroom, @Nullable Cursor after, int limit) {
    this(page, addresses, newsroom, after, limit, null);
  }

  String feedId() {
    return page.feed().feedId();
  }

  String title() {
    return newsroom + ": " + page.feed().title();
  }

  /** The page for people that shows the same feed. */
  String home() {
    if (search != null) {
      return search.home();
    }
    return feedId().equals("all") ? addresses.home() : addresses.home() + feedId();
  }

  String self(FeedFormat format) {
    if (search != null) {
      return search.self(format);
    }
    return addresses.feed(
        feedId(), format.extension(), after == null ? null : after.token(), limit);
  }

  Optional<String> next(FeedFormat format) {
    if (search != null) {
      return Optional.ofNullable(search.next(format));
    }
    return Optional.ofNullable(page.next())
        .map(cursor -> addresses.feed(feedId(), format.extension(), cursor.token(), limit));
  }

  /** The body; empty where the archive has none. */
  static Optional<String> html(Addresses addresses, FeedPage.Item item) {
    return Optional.ofNullable(item.article())
        .map(Article::getBodyHtml)
        .filter(body -> !body.isBlank())
        .map(addresses::absoluteLinks);
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
