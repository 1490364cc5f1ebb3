package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.gateway.archive.Cursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some entries of a feed.
 *
 * @param next where the following page begins; null: this is the last one
 */
public record FeedPage(
    FeedSummary feed, List<Item> items, @Nullable Cursor next) {

  /**
   * An entry, and the article itself once the archive has it.
   *
   * @param article null for the moment in which the feed is ahead of the archive
   */
  public record Item(FeedEntry entry, @Nullable Article article) {}
}
