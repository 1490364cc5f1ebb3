package dev.newsfeed.bench;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.FeedEntries;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All feeds as sorted sets on the heap, with nothing around them: what the feeds job is compared with,
 * in speed and in what comes out.
 */
final class FeedsOnHeap {

  private record Place(Instant feedTime, String articleId) {
    static final Comparator<Place> ORDER =
        Comparator.comparing(Place::feedTime).reversed().thenComparing(Place::articleId);
  }

  private record Stands(Place place, long version, Set<String> feeds) {}

  private final Map<String, Set<Place>> feeds = new HashMap<>();
  private final Map<String, Stands> articles = new HashMap<>();

  /** Takes an article, or the notice of its withdrawal, in place of what was known of it. */
  void take(PublishedArticle published) {
    String id = published.getArticleId();
    Stands before = articles.remove(id);
    if (before != null) {
      before.feeds().forEach(feed -> feed(feed).remove(before.place()));
    }
    Set<String> now = FeedEntries.feedsOf(published);
    if (!now.isEmpty()) {
      Place place = new Place(FeedEntries.feedTime(published), id);
      now.forEach(feed -> feed(feed).add(place));
      articles.put(id, new Stands(place, published.getVersion(), Set.copyOf(now)));
    }
  }

  private Set<Place> feed(String feedId) {
    return feeds.computeIfAbsent(feedId, id -> new TreeSet<>(Place.ORDER));
  }

  /** How many feeds there are. */
  int size() {
    return feeds.size();
  }

  /** Each feed's first entries, as {@code article-7 v2}. */
  Map<String, List<String>> heads(int entries) {
    Map<String, List<String>> heads = new TreeMap<>();
    feeds.forEach((feed, places) -> heads.put(
        feed,
        places.stream()
            .limit(entries)
            .map(place -> place.articleId() + " v" + version(place.articleId()))
            .toList()));
    return heads;
  }

  private long version(String articleId) {
    return Objects.requireNonNull(articles.get(articleId), articleId).version();
  }

  /** How many entries each feed has in all. */
  Map<String, Long> totals() {
    Map<String, Long> totals = new TreeMap<>();
    feeds.forEach((feed, places) -> totals.put(feed, (long) places.size()));
    return totals;
  }
}
