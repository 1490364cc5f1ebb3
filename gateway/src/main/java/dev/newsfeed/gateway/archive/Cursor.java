package dev.newsfeed.gateway.archive;

import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.FeedEntries;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;

/**
 * A place in a feed: after this entry. Feeds are ordered by feed time descending, then article id,
 * so the place stays right whatever is added above it, and also when the entry itself is withdrawn.
 */
public record Cursor(Instant feedTime, String articleId) implements Comparable<Cursor> {

  private static final Comparator<Cursor> FEED_ORDER =
      Comparator.comparing(Cursor::feedTime).reversed().thenComparing(Cursor::articleId);

  /** The place after an entry. */
  public static Cursor after(FeedEntry entry) {
    return new Cursor(entry.getFeedTime(), entry.getArticleId());
  }

  /** The place after an article. */
  public static Cursor of(PublishedArticle article) {
    return new Cursor(FeedEntries.feedTime(article), article.getArticleId());
  }

  /** The place before everything that is older than a moment. */
  public static Cursor before(Instant moment) {
    return new Cursor(moment.minusMillis(1), "");
  }

  /** In feed order: what is further up comes first. */
  @Override
  public int compareTo(Cursor other) {
    return FEED_ORDER.compare(this, other);
  }

  /** As it stands in addresses; means nothing to others. */
  public String token() {
    String text = feedTime.toEpochMilli() + " " + articleId;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a {@link #token}; empty when it is none. */
  public static Optional<Cursor> parse(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      int space = text.indexOf(' ');
      if (space < 0 || !ArticleRules.isArticleId(text.substring(space + 1))) {
        return Optional.empty();
      }
      Instant feedTime = Instant.ofEpochMilli(Long.parseLong(text.substring(0, space)));
      return Optional.of(new Cursor(feedTime, text.substring(space + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
