package dev.newsfeed.gateway.archive;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Articles that stand in at least one feed of each of several sets, and have their place in a span of
 * time.
 *
 * <pre>
 * {section/world, section/sport}                     all of world and of sport, each once
 * {section/world, section/sport} {kind/gallery}      their galleries
 * </pre>
 *
 * @param from the earliest feed time; null: any
 * @param until the first that is too late; null: any
 */
public record FeedChoice(
    List<Set<String>> anyOfEach,
    @Nullable Instant from,
    @Nullable Instant until) {

  public FeedChoice {
    anyOfEach = anyOfEach.stream().map(Set::copyOf).toList();
  }

  /** Articles that are in at least one feed of each set. */
  public static FeedChoice of(List<Set<String>> anyOfEach) {
    return new FeedChoice(anyOfEach, null, null);
  }

  /** The articles of one feed. */
  public static FeedChoice of(String feedId) {
    return of(List.of(Set.of(feedId)));
  }

  /** Those of them whose place is in a span of time. */
  public FeedChoice between(@Nullable Instant first, @Nullable Instant end) {
    return new FeedChoice(anyOfEach, first, end);
  }

  /** Whether an article is among them that stands in these feeds at this time. */
  public boolean has(Set<String> feeds, Instant feedTime) {
    return anyOfEach.stream().noneMatch(any -> Collections.disjoint(any, feeds))
        && (from == null || !feedTime.isBefore(from))
        && (until == null || feedTime.isBefore(until));
  }

  /** {@code without}: ids of articles that are not looked for. */
  BooleanQuery query(Collection<String> without) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (Set<String> any : anyOfEach) {
      query.add(new TermInSetQuery(Documents.FEED, terms(any)), Occur.FILTER);
    }
    if (from != null || until != null) {
      long first = from == null ? Long.MIN_VALUE : from.toEpochMilli();
      long last = until == null ? Long.MAX_VALUE : until.toEpochMilli() - 1;
      query.add(LongPoint.newRangeQuery(Documents.FEED_TIME, first, last), Occur.FILTER);
    }
    if (!without.isEmpty()) {
      query.add(new TermInSetQuery(Documents.ID, terms(without)), Occur.MUST_NOT);
    }
    return query.build();
  }

  private static List<BytesRef> terms(Collection<String> texts) {
    List<BytesRef> terms = new ArrayList<>(texts.size());
    texts.forEach(text -> terms.add(new BytesRef(text)));
    return terms;
  }
}
