package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Instant;
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
 * <p>Order: reads descending, first published descending, article id ascending. What editors have
 * pinned is gathered apart and put into its places by {@link Merging}.
 *
 * <p>All lists are made in one pass over the articles, because looking at a million of them costs
 * more than adding up what they say. Most have no reads and are passed over at the first look; for
 * the others nothing is allocated unless they are among the best.
 */
final class Ranking {

  /** The scope of every article, known or not. */
  static final String ALL = "all";

  private static final String SECTION = "section/";
  private static final String KIND = "kind/";

  /** An article with its reads in one window. */
  record Listed(String articleId, Listing listing, long reads) {

    /** Whether it stands above an article with these reads. */
    boolean isAbove(String otherId, Listing other, long otherReads) {
      if (reads != otherReads) {
        return reads > otherReads;
      }
      int published = listing.getFirstPublished().compareTo(other.getFirstPublished());
      return published == 0 ? articleId.compareTo(otherId) < 0 : published > 0;
    }
  }

  /** An article that is to stand at a rank because of a decision. */
  record Pinned(int rank, Instant decidedAt, Listed listed) {
    /** In the order in which they take their ranks. */
    static final Comparator<Pinned> ORDER = Comparator.comparingInt(Pinned::rank)
        .thenComparing(Pinned::decidedAt, Comparator.reverseOrder())
        .thenComparing(pinned -> pinned.listed().articleId());
  }

  /**
   * One list, and what it was taken from.
   *
   * @param reads all reads of the scope in the window, listed or not
   * @param refused clicks that were not counted, by reason
   * @param best those that stand by their reads, in order
   * @param pinned in the order in which they take their ranks
   */
  record Ranked(long reads, Map<String, Long> refused, List<Listed> best, List<Pinned> pinned) {
    static final Ranked NOTHING = new Ranked(0, Map.of(), List.of(), List.of());
  }

  private final ListRules rules;

  Ranking(ListRules rules) {
    this.rules = rules;
  }

  /**
   * All lists of all scopes.
   *
   * @param spans what to add up, by the place where articles keep the sum; the first one lies around
   *     the others and is of no list
   * @return by scope, then by place; a scope of no article that was clicked or pinned is not in it
   */
  Map<String, List<Ranked>> lists(
      Collection<ArticleCount> articles, List<Span> spans, Controls controls, Instant now) {
    Pass pass = new Pass(rules, spans, controls, now.toEpochMilli());
    for (ArticleCount article : articles) {
      pass.take(article);
    }
    return pass.ranked();
  }

  /** The scopes an article counts in: the section it has now decides. */
  static Set<String> scopes(@Nullable Listing listing) {
    if (listing == null) {
      return Set.of(ALL);
    }
    Set<String> scopes = new LinkedHashSet<>();
    scopes.add(ALL);
    if (listing.getSection() != null) {
      scopes.add(SECTION + listing.getSection().getSlug());
    }
    for (Label extra : listing.getExtraSections()) {
      scopes.add(SECTION + extra.getSlug());
    }
    scopes.add(KIND + listing.getKind());
    return scopes;
  }

  /** One pass over all articles. Loops by index: iterators would be garbage by the million. */
  private static final class Pass {
    private final ListRules rules;
    private final Span[] spans;
    private final Controls controls;
    private final long nowMs;

    private final Scope all;
    private final Map<String, Scope> sections = new HashMap<>();
    private final Map<String, Scope> kinds = new HashMap<>();

    // of the article that is being looked at
    private final long[] reads;
    private final List<Scope> scopes = new ArrayList<>();
    private final Map<String, Long> refused = new HashMap<>();

    Pass(ListRules rules, List<Span> spans, Controls controls, long nowMs) {
      this.rules = rules;
      this.spans = spans.toArray(Span[]::new);
      this.controls = controls;
      this.nowMs = nowMs;
      this.all = new Scope(ALL, spans.size(), rules, false);
      this.reads = new long[spans.size()];
    }

    void take(ArticleCount article) {
      boolean isRead = article.reads(0, spans[0]) > 0;
      boolean isPinned = controls.pins(article.articleId());
      if (!isRead && !isPinned && !article.hasRefused()) {
        return;
      }
      Listing listing = article.listing();
      findScopes(listing);
      boolean isAmongBest = false;
      for (int place = 1; place < spans.length; place++) {
        reads[place] = isRead ? article.reads(place, spans[place]) : 0;
        for (int i = 0; i < scopes.size(); i++) {
          Board board = scopes.get(i).boards[place];
          board.reads += reads[place];
          isAmongBest |= reads[place] >= board.least;
        }
      }
      if (article.hasRefused()) {
        addRefused(article);
      }
      if (listing != null && (isAmongBest || isPinned)) {
        offer(article.articleId(), listing);
      }
    }

    private void findScopes(@Nullable Listing listing) {
      scopes.clear();
      scopes.add(all);
      if (listing == null) {
        return;
      }
      if (listing.getSection() != null) {
        scopes.add(section(listing.getSection()));
      }
      List<Label> extras = listing.getExtraSections();
      for (int i = 0; i < extras.size(); i++) {
        Scope scope = section(extras.get(i));
        if (!scopes.contains(scope)) {
          scopes.add(scope);
        }
      }
      scopes.add(kind(listing.getKind()));
    }

    private Scope section(Label label) {
      Scope scope = sections.get(label.getSlug());
      return scope == null ? begin(sections, label.getSlug(), SECTION) : scope;
    }

    private Scope kind(String kind) {
      Scope scope = kinds.get(kind);
      return scope == null ? begin(kinds, kind, KIND) : scope;
    }

    private Scope begin(Map<String, Scope> known, String name, String prefix) {
      Scope scope = new Scope(
          prefix + name, spans.length, rules, prefix.equals(SECTION) && controls.excludes(name));
      known.put(name, scope);
      return scope;
    }

    private void addRefused(ArticleCount article) {
      for (int place = 1; place < reads.length; place++) {
        refused.clear();
        article.addRefused(spans[place], refused);
        for (Scope scope : scopes) {
          Map<String, Long> totals = scope.boards[place].refused;
          refused.forEach((reason, count) -> totals.merge(reason, count, Long::sum));
        }
      }
    }

    /** Looks closer at an article that would be among the best of some list. */
    private void offer(String articleId, Listing listing) {
      Standing standing = Standing.of(articleId, listing, controls, rules, nowMs);
      if (standing == Standing.PINNED) {
        pin(articleId, listing, Objects.requireNonNull(controls.article(articleId)));
      } else if (standing == Standing.BY_READS) {
        for (Scope scope : scopes) {
          for (int place = 1; place < reads.length && !scope.excluded; place++) {
            scope.boards[place].offer(articleId, listing, reads[place]);
          }
        }
      }
    }

    private void pin(String articleId, Listing listing, Control decision) {
      int rank = Objects.requireNonNull(decision.getPinnedRank());
      for (int place = 1; place < reads.length; place++) {
        Listed listed = new Listed(articleId, listing, reads[place]);
        for (Scope scope : scopes) {
          if (!scope.excluded) {
            scope.boards[place].pinned.add(new Pinned(rank, decision.getAt(), listed));
          }
        }
      }
    }

    Map<String, List<Ranked>> ranked() {
      Map<String, List<Ranked>> ranked = new TreeMap<>();
      ranked.put(all.name, all.ranked());
      sections.values().forEach(scope -> ranked.put(scope.name, scope.ranked()));
      kinds.values().forEach(scope -> ranked.put(scope.name, scope.ranked()));
      return ranked;
    }
  }

  /** What has been gathered of one scope, by place. */
  private static final class Scope {
    final String name;
    final Board[] boards;

    /** A section that is excluded as a whole; its reads are counted all the same. */
    final boolean excluded;

    Scope(String name, int places, ListRules rules, boolean excluded) {
      this.name = name;
      this.excluded = excluded;
      this.boards = new Board[places];
      for (int place = 0; place < places; place++) {
        boards[place] = new Board(rules.size(), rules.floor());
      }
    }

    List<Ranked> ranked() {
      List<Ranked> ranked = new ArrayList<>();
      for (Board board : boards) {
        ranked.add(board.ranked());
      }
      return ranked;
    }
  }

  /** What has been gathered of one list: its best articles in order, the least of them last. */
  private static final class Board {
    final Map<String, Long> refused = new HashMap<>();
    final List<Pinned> pinned = new ArrayList<>();
    long reads;

    /** Reads that an article needs at least to be among the best. */
    long least;

    private final int size;
    private final List<Listed> best = new ArrayList<>();

    Board(int size, long floor) {
      this.size = size;
      this.least = floor;
    }

    void offer(String articleId, Listing listing, long articleReads) {
      if (articleReads < least) {
        return;
      }
      int at = best.size();
      if (at == size && best.get(at - 1).isAbove(articleId, listing, articleReads)) {
        return;
      }
      while (at > 0 && !best.get(at - 1).isAbove(articleId, listing, articleReads)) {
        at--;
      }
      if (best.size() == size) {
        best.remove(size - 1);
      }
      best.add(at, new Listed(articleId, listing, articleReads));
      if (best.size() == size) {
        least = best.get(size - 1).reads();
      }
    }

    Ranked ranked() {
      pinned.sort(Pinned.ORDER);
      List<Pinned> first = pinned.subList(0, Math.min(size, pinned.size()));
      return new Ranked(reads, refused, List.copyOf(best), List.copyOf(first));
    }
  }
}
