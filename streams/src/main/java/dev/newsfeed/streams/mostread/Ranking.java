package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ranks articles. A list is a function of (read counts, published articles, controls, now) and of
 * nothing else: no list that was made before takes part, so a removal is filled by the true next one.
 *
 * <p>Order: reads descending, first published descending, article id ascending.
 */
final class Ranking {

  /** The scope of every article, known or not. */
  static final String ALL = "all";

  static final Comparator<MostReadEntry> ORDER = Comparator.comparingLong(MostReadEntry::getReads)
      .reversed()
      .thenComparing(MostReadEntry::getFirstPublished, Comparator.reverseOrder())
      .thenComparing(MostReadEntry::getArticleId);

  /**
   * The best of a scope, and what it was taken from.
   *
   * @param reads all reads of the scope in the window, listed or not
   * @param refused clicks that were not counted, by reason
   */
  record Ranked(long reads, Map<String, Long> refused, List<MostReadEntry> entries) {
    static final Ranked NOTHING = new Ranked(0, Map.of(), List.of());
  }

  private final ListRules rules;

  Ranking(ListRules rules) {
    this.rules = rules;
  }

  /**
   * The lists of all scopes over one window.
   *
   * @param place where articles keep their sums of this window
   * @param nowMs for the age limit
   * @return by scope; a scope without a click in the window is not among them
   */
  Map<String, Ranked> lists(Collection<ArticleCount> articles, int place, Span span, long nowMs) {
    Map<String, Scope> scopes = new HashMap<>();
    for (ArticleCount article : articles) {
      long reads = article.reads(place, span);
      if (reads == 0 && !article.hasRefused()) {
        continue;
      }
      boolean eligible = reads >= rules.floor() && eligible(article, nowMs);
      for (String name : scopes(article.listing())) {
        Scope scope = scopes.computeIfAbsent(name, n -> new Scope(rules.size()));
        scope.reads += reads;
        article.addRefused(span, scope.refused);
        if (eligible) {
          scope.offer(article, reads);
        }
      }
    }
    Map<String, Ranked> lists = new TreeMap<>();
    scopes.forEach((name, scope) -> lists.put(name, scope.ranked()));
    return lists;
  }

  /** Merges the lists of partitions; exact, because no article is counted in two of them. */
  List<MostReadEntry> merged(Collection<List<MostReadEntry>> lists) {
    List<MostReadEntry> all = new ArrayList<>();
    lists.forEach(all::addAll);
    all.sort(ORDER);
    return all.subList(0, Math.min(rules.size(), all.size()));
  }

  /** The scopes an article counts in: the section it has now decides. */
  static Set<String> scopes(@Nullable Listing listing) {
    if (listing == null) {
      return Set.of(ALL);
    }
    Set<String> scopes = new LinkedHashSet<>();
    scopes.add(ALL);
    if (listing.getSection() != null) {
      scopes.add("section/" + listing.getSection().getSlug());
    }
    for (Label extra : listing.getExtraSections()) {
      scopes.add("section/" + extra.getSlug());
    }
    scopes.add("kind/" + listing.getKind());
    return scopes;
  }

  private boolean eligible(ArticleCount article, long nowMs) {
    Listing listing = article.listing();
    return listing != null
        && listing.getUsable()
        && listing.getEligible()
        && (listing.getEvergreen()
            || nowMs - listing.getFeedTime().toEpochMilli() <= rules.ageLimit().toMillis());
  }

  /** What has been gathered of one scope. Keeps its best entries in order, worst last. */
  private static final class Scope {
    private final int size;
    private final List<MostReadEntry> best = new ArrayList<>();
    private final Map<String, Long> refused = new TreeMap<>();
    private long reads;

    Scope(int size) {
      this.size = size;
    }

    void offer(ArticleCount article, long articleReads) {
      if (best.size() == size && articleReads < best.get(size - 1).getReads()) {
        return; // most articles end here
      }
      MostReadEntry entry = entry(article, articleReads);
      int at = 0;
      while (at < best.size() && ORDER.compare(best.get(at), entry) < 0) {
        at++;
      }
      best.add(at, entry);
      if (best.size() > size) {
        best.remove(size);
      }
    }

    Ranked ranked() {
      return new Ranked(reads, refused, List.copyOf(best));
    }

    private static MostReadEntry entry(ArticleCount article, long reads) {
      Listing listing = Objects.requireNonNull(article.listing());
      return MostReadEntry.newBuilder()
          .setRank(0) // known when the partitions are merged
          .setArticleId(article.articleId())
          .setHeadline(listing.getHeadline())
          .setUrl(listing.getUrl())
          .setSection(listing.getSection())
          .setKind(listing.getKind())
          .setFirstPublished(listing.getFirstPublished())
          .setReads(reads)
          .build();
    }
  }
}
