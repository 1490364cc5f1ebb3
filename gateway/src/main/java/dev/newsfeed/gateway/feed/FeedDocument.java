package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import java.net.URLConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page of a feed and all that a format needs to write it.
 *
 * @param newsroom the name above everything
 * @param links where this page is, and those around it
 * @param home the page for people that shows the same
 * @param withdrawn notices that its readers may have missed, the latest first
 */
record FeedDocument(
    FeedPage page,
    Addresses addresses,
    String newsroom,
    FeedLinks links,
    String home,
    List<PublishedArticle> withdrawn) {

  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*");

  FeedDocument {
    Set<String> shown =
        page.items().stream().map(item -> item.entry().getArticleId()).collect(Collectors.toSet());
    withdrawn = withdrawn.stream() // but for what has come back meanwhile
        .filter(notice -> !shown.contains(notice.getArticleId()))
        .toList();
  }

  FeedDocument(
      FeedPage page,
      Addresses addresses,
      String newsroom,
      FeedLinks links,
      List<PublishedArticle> withdrawn) {
    this(page, addresses, newsroom, links, homeOf(page.feed().feedId(), addresses), withdrawn);
  }

  /** Of a choice from several feeds there is no page of its own. */
  private static String homeOf(String feedId, Addresses addresses) {
    return feedId.contains("?") ? addresses.home() : addresses.page(feedId);
  }

  String feedId() {
    return page.feed().feedId();
  }

  String title() {
    return newsroom + ": " + page.feed().title();
  }

  /**
   * When the newest change was that can be seen here, of an entry or of what it says of others. Not
   * when the head was computed, which happens without any.
   */
  Instant updated() {
    Stream<Instant> entries = page.items().stream()
        .map(FeedPage.Item::entry)
        .map(e -> e.getUpdated().isAfter(e.getFeedTime()) ? e.getUpdated() : e.getFeedTime());
    return Stream.concat(entries, withdrawn.stream().map(PublishedArticle::getChangedAt))
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }

  String self(FeedFormat format) {
    return links.self().in(format, addresses);
  }

  /** Addresses of the documents around this one, by relation. */
  Map<String, String> around(FeedFormat format) {
    Map<String, String> around = new LinkedHashMap<>();
    links.others().forEach((relation, to) -> around.put(relation, to.in(format, addresses)));
    return around;
  }

  /** What goes on below this page. */
  Optional<String> next(FeedFormat format) {
    Map<String, String> around = around(format);
    return Optional.ofNullable(links.archive() ? around.get("prev-archive") : around.get("next"));
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
