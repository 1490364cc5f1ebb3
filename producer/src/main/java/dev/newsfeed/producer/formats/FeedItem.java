package dev.newsfeed.producer.formats;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.producer.BodyHtml;
import dev.newsfeed.schemas.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an item of a feed says, whatever the format, until it becomes an article.
 *
 * <p>The article has the same id in every import, for it comes from the item's own; and the version is
 * the last date that the item bears, so that a feed can be imported as often as one likes:
 *
 * <pre>
 * tag:x.example,2026:1  published 10:00               feed-5d1f…  version 1795428000000
 * the same, again                                                 the same: no effect
 * the same item, updated 11:30, another title                     version 1795433400000: updated
 * a copy of the first file                                        lower: ignored
 * </pre>
 *
 * An item without a date is as old as the feed says of itself.
 */
final class FeedItem {

  /** Of a description that is all there is, and perhaps the whole text. */
  private static final int LEAD_CHARACTERS = 600;

  private static final int MAX_LEAD_CHARACTERS = 10_000;
  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.+");

  /** What a feed says of itself, and with it of all its items. */
  record Feed(
      @Nullable String title,
      @Nullable String language,
      String link,
      @Nullable Instant updated) {}

  private final Feed feed;
  private final Map<String, Label> topics = new LinkedHashMap<>();
  private final Map<String, Photo> photos = new LinkedHashMap<>();

  String id = "";
  String link = "";
  String title = "";
  String description = "";
  String content = "";
  String byline = "";

  @Nullable
  String language;

  @Nullable
  Instant published;

  @Nullable
  Instant updated;

  FeedItem(Feed feed) {
    this.feed = feed;
  }

  void topic(String title) {
    String plain = NewsText.ofHtml(title);
    if (!plain.isEmpty()) {
      String slug = NewsText.slugOf(plain);
      topics.putIfAbsent(slug, new Label(slug, plain));
    }
  }

  /** A picture; of two with one address the one that says more. */
  void photo(Photo photo) {
    String url = absolute(photo.getUrl());
    if (url != null) {
      photos.merge(
          url,
          Photo.newBuilder(photo).setUrl(url).build(),
          (known, other) -> known.getCaption() == null && known.getWidth() == 0 ? other : known);
    }
  }

  /** Whether it can be told from others. */
  boolean isNamed() {
    return !identity().isEmpty();
  }

  /**
   * The article.
   *
   * @param number of the item in its file, which dates it where nothing else does
   */
  Article.Builder article(NewsImport settings, int number) {
    Instant otherwise = settings.dated(feed.updated(), number);
    Instant first =
        Objects.requireNonNullElse(published, Objects.requireNonNullElse(updated, otherwise));
    Instant last = updated == null || updated.isBefore(first) ? first : updated;
    boolean dated = published != null || updated != null;
    String lead = NewsText.ofHtml(description.isEmpty() ? content : description);
    boolean summary = !description.isEmpty() && !content.isEmpty();
    return Article.newBuilder()
        .setArticleId(NewsImport.articleId("feed-", identity()))
        .setVersion(settings.version(dated ? last : feed.updated()))
        .setHeadline(NewsText.ofHtml(title))
        .setLead(
            blankToNull(NewsText.shortened(lead, summary ? MAX_LEAD_CHARACTERS : LEAD_CHARACTERS)))
        .setBodyHtml(blankToNull(BodyHtml.sanitised(content.isEmpty() ? description : content)))
        .setUrl(absolute(link))
        .setByline(blankToNull(NewsText.ofHtml(byline)))
        .setSource(feed.title())
        .setLanguage(language == null ? feed.language() : language)
        .setTopics(List.copyOf(topics.values()))
        .setPhotos(List.copyOf(photos.values()))
        .setPhotoCount(photos.size())
        .setFirstPublished(first)
        .setVersionCreated(last);
  }

  /** The item is gone, and says so. */
  static Article withdrawal(NewsImport settings, Feed feed, String id, @Nullable Instant at) {
    FeedItem item = new FeedItem(feed);
    item.id = id;
    return Article.newBuilder()
        .setArticleId(NewsImport.articleId("feed-", item.identity()))
        .setVersion(settings.version(at == null ? feed.updated() : at))
        .setStatus(Status.canceled)
        .setVersionCreated(at)
        .setWithdrawal(new Withdrawal("Deleted by its source", null, null))
        .build();
  }

  /** An id that is an address or another URI is the only one of its kind; "17" is not. */
  private String identity() {
    String own = !id.isEmpty() ? id : !link.isEmpty() ? link : title.strip();
    boolean unique = own.isEmpty() || ABSOLUTE.matcher(own).matches();
    return unique ? own : host(feed.link()) + "\u0000" + own;
  }

  /** An address on the site of the feed: a path of its own would be one of ours here. */
  private @Nullable String absolute(String address) {
    if (address.isBlank() || ABSOLUTE.matcher(address).matches()) {
      return blankToNull(address);
    }
    try {
      URI site = new URI(feed.link());
      return site.isAbsolute() ? site.resolve(address).toString() : null;
    } catch (IllegalArgumentException | URISyntaxException e) {
      return null;
    }
  }

  private static String host(String link) {
    try {
      return Objects.requireNonNullElse(new URI(link).getHost(), "");
    } catch (URISyntaxException e) {
      return "";
    }
  }

  static NewsImport.Unusable unusable(int number, int line, String field, String detail) {
    return new NewsImport.Unusable(number, line, new Problem("invalid-field", field, detail));
  }

  static @Nullable String blankToNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
