package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.archive.FeedChoice;
import dev.newsfeed.schemas.FeedEntries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pages of feeds, each made of what the head and the archive know together, so that none of them
 * need be complete and the second page goes on where the first one ended:
 *
 * <pre>
 * head       a9 a8    a6              the feeds job has yet to hear of a7, and ends here
 * archive       a8 a7 a6 a5 a4 …      the topic has yet to tell of a9
 * page       a9 a8 a7 a6 a5           what both know is shown as it is in the newer version
 * </pre>
 *
 * An article in the head's range that the head lacks has come after it, or has gone from it before
 * the archive heard. When it was there well before the head was computed, it has gone.
 */
record FeedPages(Archive archive) {

  /** By how much the jobs may lag behind each other without an article being taken for gone. */
  private static final Duration LAG = Duration.ofSeconds(10);

  /** Entries of one feed; {@code after} null: from the top. */
  FeedPage page(Feed head, @Nullable Cursor after, int limit) {
    FeedSummary feed = new FeedSummary(
        head.getFeedId(), head.getTitle(), head.getTotal(), head.getRevision(), head.getUpdated());
    if (feed.curated()) {
      return editorsList(feed, after == null ? head.getEntries() : List.of(), limit);
    }
    Archive.Page archived = archive.page(FeedChoice.of(feed.feedId()), after, limit);
    Map<String, FeedPage.Item> items = new HashMap<>();
    for (PublishedArticle article : archived.articles()) {
      item(article).ifPresent(item -> items.put(article.getArticleId(), item));
    }
    Set<String> inHead = new HashSet<>();
    for (FeedEntry entry : head.getEntries()) {
      inHead.add(entry.getArticleId());
      FeedPage.Item known = items.get(entry.getArticleId());
      if (known == null || known.entry().getVersion() < entry.getVersion()) {
        items.remove(entry.getArticleId());
        item(feed, entry).ifPresent(item -> items.put(entry.getArticleId(), item));
      }
    }
    for (PublishedArticle article : archived.articles()) {
      if (!inHead.contains(article.getArticleId()) && hasGone(head, article)) {
        items.remove(article.getArticleId());
      }
    }
    return page(feed, items, after, end(archived), limit);
  }

  /** Where the archive's part of a page ends: what is below may have others between; null: nowhere. */
  private static @Nullable Cursor end(Archive.Page archived) {
    return archived.more()
        ? Cursor.of(archived.articles().get(archived.articles().size() - 1))
        : null;
  }

  private static FeedPage page(
      FeedSummary feed,
      Map<String, FeedPage.Item> items,
      @Nullable Cursor after,
      @Nullable Cursor end,
      int limit) {
    TreeMap<Cursor, FeedPage.Item> ordered = new TreeMap<>();
    items.values().forEach(item -> {
      Cursor place = Cursor.after(item.entry());
      boolean above = after != null && place.compareTo(after) <= 0;
      boolean below = end != null && place.compareTo(end) > 0;
      if (!above && !below) {
        ordered.put(place, item);
      }
    });
    List<FeedPage.Item> shown = ordered.values().stream().limit(limit).toList();
    Cursor next = ordered.size() > limit ? Cursor.after(shown.get(limit - 1).entry()) : end;
    return new FeedPage(feed, shown, next);
  }

  private static boolean hasGone(Feed head, PublishedArticle article) {
    List<FeedEntry> entries = head.getEntries();
    boolean inRange = entries.size() >= head.getTotal(); // then it is the whole feed
    if (!inRange && !entries.isEmpty()) {
      Cursor end = Cursor.after(entries.get(entries.size() - 1));
      inRange = Cursor.of(article).compareTo(end) <= 0;
    }
    return inRange && article.getChangedAt().isBefore(head.getUpdated().minus(LAG));
  }

  private FeedPage editorsList(FeedSummary feed, List<FeedEntry> entries, int limit) {
    List<FeedPage.Item> items = new ArrayList<>();
    for (FeedEntry entry : entries.subList(0, Math.min(limit, entries.size()))) {
      item(feed, entry).ifPresent(items::add);
    }
    return new FeedPage(feed, items, null);
  }

  /** The entry as it is to be shown; empty: it is no longer to be shown here. */
  private Optional<FeedPage.Item> item(FeedSummary feed, FeedEntry entry) {
    Optional<PublishedArticle> archived =
        entry.getLink() == null ? archive.find(entry.getArticleId()) : Optional.empty();
    if (archived.isEmpty() || archived.get().getVersion() < entry.getVersion()) {
      return SafeContent.of(entry).map(shown -> new FeedPage.Item(shown, null));
    }
    PublishedArticle now = archived.get();
    Set<String> feeds = FeedEntries.feedsOf(now);
    boolean here = feed.curated() ? !feeds.isEmpty() : feeds.contains(feed.feedId());
    return here ? item(now) : Optional.empty();
  }

  private static Optional<FeedPage.Item> item(PublishedArticle article) {
    return FeedEntries.of(article)
        .map(entry -> new FeedPage.Item(entry, Objects.requireNonNull(article.getArticle())));
  }

  /** Articles of a choice, from the archive alone. */
  FeedPage page(FeedSummary feed, FeedChoice choice, @Nullable Cursor after, int limit) {
    Archive.Page archived = archive.page(choice, after, limit);
    List<FeedPage.Item> items =
        archived.articles().stream().flatMap(article -> item(article).stream()).toList();
    return new FeedPage(feed, items, end(archived));
  }
}
