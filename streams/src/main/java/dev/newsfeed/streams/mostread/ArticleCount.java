package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.state.CountedArticle;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.avro.state.Series;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One article on the heap: how it would be listed, and its reads.
 *
 * <p>A read adds to a minute bucket and a 15-minute bucket, and to the sums of the windows it falls
 * into; that is all, however long the windows are. A sum is taken anew from the buckets when its
 * window has moved.
 *
 * <pre>
 * minutes   10:03 → 2   10:04 → 7
 * quarters   9:45 → 5   10:00 → 9
 * sums      now 9 (9:05 – 10:05)   today 14 (0:00 – 24:00)   this-week 14
 * seen      slot 10:00 → {visitor, visitor, …}
 * </pre>
 *
 * Not safe for several threads: it belongs to one task.
 */
final class ArticleCount {

  private static final Span NEVER = new Span(0, 0);

  private final String articleId;
  private final Map<Long, SeenInSlot> seen = new HashMap<>(4);
  private final List<WindowSum> sums = new ArrayList<>(3);
  private final Map<String, CountSeries> refused = new HashMap<>(4);
  private CountSeries reads = new CountSeries();
  private @Nullable Listing listing;
  private boolean excluded;
  private @Nullable Boolean evergreen;

  ArticleCount(String articleId) {
    this.articleId = articleId;
  }

  private static final class WindowSum {
    Span span = NEVER;
    long reads;
  }

  String articleId() {
    return articleId;
  }

  /** How it would be listed; null while the public may not see it. */
  @Nullable
  Listing listing() {
    return listing;
  }

  void list(@Nullable Listing newListing) {
    listing = newListing;
  }

  void decide(boolean newExcluded, @Nullable Boolean newEvergreen) {
    excluded = newExcluded;
    evergreen = newEvergreen;
  }

  boolean excluded() {
    return excluded;
  }

  /** What an editor decided, otherwise what the article says. */
  boolean evergreen() {
    return evergreen != null ? evergreen : listing != null && listing.getEvergreen();
  }

  /** Whether the visitor had not been seen in this slot. */
  boolean firstSeen(long visitor, long slotNumber) {
    return seen.computeIfAbsent(slotNumber, n -> new SeenInSlot()).add(visitor);
  }

  void countRead(long timeMs) {
    reads.add(timeMs);
    for (WindowSum sum : sums) {
      if (sum.span.contains(timeMs)) {
        sum.reads++;
      }
    }
  }

  void countRefused(String reason, long timeMs) {
    refused.computeIfAbsent(reason, r -> new CountSeries()).add(timeMs);
  }

  /**
   * Reads within a span of time, added up once and then kept up to date until the span moves.
   *
   * @param place where the sum is kept: each list that is ranked has a place of its own
   */
  long reads(int place, Span span) {
    while (sums.size() <= place) {
      sums.add(new WindowSum());
    }
    WindowSum sum = sums.get(place);
    if (!sum.span.equals(span)) {
      sum.span = span;
      sum.reads = reads.sum(span);
    }
    return sum.reads;
  }

  /** Adds the clicks refused within a window to totals by reason. */
  void addRefused(Span span, Map<String, Long> totals) {
    refused.forEach((reason, series) -> {
      long sum = series.sum(span);
      if (sum > 0) {
        totals.merge(reason, sum, Long::sum);
      }
    });
  }

  boolean hasRefused() {
    return !refused.isEmpty();
  }

  Map<Long, SeenInSlot> seen() {
    return seen;
  }

  /** Forgets what no window can need any more; whether there was any. */
  boolean prune(long nowMs) {
    boolean pruned = reads.prune(nowMs);
    for (CountSeries series : refused.values()) {
      pruned |= series.prune(nowMs);
    }
    pruned |= refused.values().removeIf(CountSeries::isEmpty);
    return pruned;
  }

  /** Nothing is known of it: it need not be kept. */
  boolean isEmpty() {
    return listing == null
        && !excluded
        && evergreen == null
        && seen.isEmpty()
        && reads.isEmpty()
        && refused.isEmpty();
  }

  /** As the changelog keeps it; visitors are kept in records of their own. */
  CountedArticle record() {
    Map<String, Series> packedRefused = new HashMap<>();
    refused.forEach((reason, series) -> packedRefused.put(reason, series.packed()));
    return new CountedArticle(listing, excluded, evergreen, reads.packed(), packedRefused);
  }

  void restore(CountedArticle record) {
    listing = record.getListing();
    excluded = record.getExcluded();
    evergreen = record.getEvergreen();
    reads = CountSeries.unpacked(record.getReads());
    refused.clear();
    record
        .getRefused()
        .forEach((reason, packed) -> refused.put(reason, CountSeries.unpacked(packed)));
    sums.clear();
  }
}
