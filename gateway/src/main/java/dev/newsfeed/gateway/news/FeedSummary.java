package dev.newsfeed.gateway.news;

import java.time.Instant;

/**
 * A feed without its entries.
 *
 * @param total entries in the whole feed
 * @param revision grows with every record of the feed
 * @param updated when its head was computed
 */
public record FeedSummary(String feedId, String title, long total, long revision, Instant updated) {

  /** {@code world} of {@code section/world}; the whole id where it has no part before a slash. */
  public String slug() {
    return feedId.substring(feedId.indexOf('/') + 1);
  }

  /** An editor's list: its order is hers, and the head is all of it. */
  public boolean curated() {
    return feedId.startsWith("curated/");
  }
}
