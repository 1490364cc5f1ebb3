package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.streams.mostread.Placing.Because;
import dev.newsfeed.streams.mostread.Ranking.Listed;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the clicks on one article again, by the job's own rules, to tell where that puts it. It sees
 * what the log still holds, and of other articles only the lists that they stand in: whoever is in a
 * full list says how many reads another one needs.
 */
public final class ArticleRecount {

  /** Clicks may be dated so long after the broker got them, and a little more. */
  private static final Duration DATED_AHEAD = Duration.ofMinutes(5);

  private final String articleId;
  private final ReadRules reads;
  private final ListRules lists;
  private final boolean countsSuspects;
  private final Instant now;
  private final ArticleCount count;
  private long clicks;

  /**
   * A count that begins with nothing.
   *
   * @param countsSuspects whether clicks that the collector takes for no reader's are reads
   * @param now as the job sees it
   */
  public ArticleRecount(
      String articleId, ReadRules reads, ListRules lists, boolean countsSuspects, Instant now) {
    this.articleId = articleId;
    this.reads = reads;
    this.lists = lists;
    this.countsSuspects = countsSuspects;
    this.now = now;
    this.count = new ArticleCount(articleId, reads, new Retention());
  }

  /** What the broker got before then is in no list any more. */
  public static Instant from(Instant now) {
    return now.minusMillis(ReadRules.KEPT_MS).minus(DATED_AHEAD);
  }

  /**
   * Takes a click on the article; their order does not matter.
   *
   * @param appendedAt when the broker got it, by the jobs' clock
   */
  public void take(Click click, Instant appendedAt) {
    long appendedAtMs = appendedAt.toEpochMilli();
    ClickView view = ClickView.of(click);
    long timeMs = reads.timeMs(view, appendedAtMs);
    if (timeMs < now.toEpochMilli() - ReadRules.KEPT_MS) {
      return;
    }
    clicks++;
    String refusal = reads.refusal(view, appendedAtMs, countsSuspects);
    if (refusal == null) {
      count.count(view, timeMs);
    } else {
      count.refuse(refusal, timeMs, 1);
    }
  }

  /** Clicks that could be in a list, read or refused. */
  public long clicks() {
    return clicks;
  }

  /**
   * Its place in each list of an edition that it may be in, or that has it.
   *
   * @param published null: nothing is
   * @param decisions of editors that are in force, by key
   * @param asPublished the lists, by key; of other editions, too
   */
  public List<Placing> placings(
      Edition edition,
      @Nullable PublishedArticle published,
      Map<String, Control> decisions,
      Map<String, MostReadList> asPublished) {
    count.settle();
    Listing listing = published == null ? null : NoteArticle.listing(published);
    Controls controls = new Controls(decisions);
    Verdict verdict = new Verdict(listing, controls);
    Set<String> itsOwn = new HashSet<>();
    List<Placing> placings = new ArrayList<>();
    Set<String> scopes = Ranking.scopes(listing);
    for (ReadWindow window : ReadWindow.values()) {
      for (String scope : scopes) {
        String key = edition.key(window, scope);
        itsOwn.add(key);
        placings.add(verdict.of(edition, window, scope, true, asPublished.get(key)));
      }
    }
    new TreeMap<>(asPublished).forEach((key, list) -> {
      if (list.getEdition().equals(edition.name())
          && !itsOwn.contains(key)
          && entry(list) != null) {
        ReadWindow window = ReadWindow.of(list.getWindow());
        placings.add(verdict.of(edition, window, list.getScope(), false, list));
      }
    });
    return placings;
  }

  private @Nullable MostReadEntry entry(@Nullable MostReadList list) {
    if (list != null) {
      for (MostReadEntry entry : list.getEntries()) {
        if (entry.getArticleId().equals(articleId)) {
          return entry;
        }
      }
    }
    return null;
  }

  /** What holds for the article in all lists, and what follows for each. */
  private final class Verdict {
    private final @Nullable Listing listing;
    private final Controls controls;
    private final Standing standing;

    Verdict(@Nullable Listing listing, Controls controls) {
      this.listing = listing;
      this.controls = controls;
      this.standing = Standing.of(articleId, listing, controls, lists, now.toEpochMilli());
    }

    Placing of(
        Edition edition,
        ReadWindow window,
        String scope,
        boolean isItsScope,
        @Nullable MostReadList list) {
      MostReadList current = list != null && list.getStaleAfter().isAfter(now) ? list : null;
      // a list's own bounds: "now" may be wider, or be that of the minute before
      Span span = current == null ? window.at(now, edition.calendar()) : bounds(current);
      long read = count.reads(0, span);
      Map<String, Long> refused = new TreeMap<>();
      count.addRefused(span, refused);
      MostReadEntry last = current == null ? null : last(current);
      long least = last == null ? lists.floor() : Math.max(lists.floor(), leastToPass(last));
      Because because = isItsScope ? because(scope, current, read, least) : Because.OTHER_SCOPE;
      boolean isShort = because == Because.BELOW_FLOOR || because == Because.TOO_FEW;
      return new Placing(
          articleId,
          edition.key(window, scope),
          window,
          scope,
          Instant.ofEpochMilli(span.startMs()),
          Instant.ofEpochMilli(span.endMs()),
          read,
          refused,
          because,
          isShort ? least : 0,
          decision(because, scope),
          because == Because.TOO_OLD ? ageLimit() : null,
          list,
          entry(list),
          last);
    }

    private Because because(String scope, @Nullable MostReadList list, long read, long least) {
      Because because = switch (standing) {
        case UNPUBLISHED -> Because.NOT_PUBLISHED;
        case NOT_SHOWN -> Because.NOT_SHOWN;
        case EXCLUDED -> Because.EXCLUDED;
        case SECTION_EXCLUDED -> Because.SECTION_EXCLUDED;
        case NOT_MEANT -> Because.NOT_ELIGIBLE;
        case TOO_OLD -> Because.TOO_OLD;
        case PINNED -> isCrowdedOut(list) ? Because.CROWDED_OUT : Because.PINNED;
        case BY_READS -> byReads(list, read, least);
      };
      boolean isOpen = standing == Standing.PINNED || standing == Standing.BY_READS;
      Control decided = controls.ofScope(scope);
      return isOpen && decided != null && decided.getExcluded() ? Because.LIST_EXCLUDED : because;
    }

    private Because byReads(@Nullable MostReadList list, long read, long least) {
      if (read < lists.floor()) {
        return Because.BELOW_FLOOR;
      } else if (list == null || list.getEntries().size() < lists.size() || read >= least) {
        return isFullOfPins(list) ? Because.CROWDED_OUT : Because.READS;
      }
      return Because.TOO_FEW;
    }

    /** No reads are enough where editors have given all ranks away. */
    private boolean isFullOfPins(@Nullable MostReadList list) {
      return list != null && arePinnedFrom(1, list);
    }

    /** Of several that are pinned to one rank the others follow, out of the list if need be. */
    private boolean isCrowdedOut(@Nullable MostReadList list) {
      Integer rank = Objects.requireNonNull(controls.article(articleId)).getPinnedRank();
      return list != null && rank != null && arePinnedFrom(rank, list);
    }

    private boolean arePinnedFrom(int rank, MostReadList list) {
      return list.getEntries().size() == lists.size()
          && entry(list) == null
          && list.getEntries().stream().skip(rank - 1).allMatch(MostReadEntry::getPinned);
    }

    private @Nullable MostReadEntry last(MostReadList list) {
      MostReadEntry last = null;
      if (list.getEntries().size() == lists.size()) {
        for (MostReadEntry entry : list.getEntries()) {
          last = entry.getPinned() ? last : entry;
        }
      }
      return last;
    }

    /** Of two with the same reads the one that was published later stands above. */
    private long leastToPass(MostReadEntry last) {
      if (listing == null || last.getArticleId().equals(articleId)) {
        return lists.floor();
      }
      MostReadEntry equal =
          LocalLists.entry(new Listed(articleId, listing, last.getReads()), false);
      return last.getReads() + (Merging.ORDER.compare(equal, last) < 0 ? 0 : 1);
    }

    private @Nullable Control decision(Because because, String scope) {
      return switch (because) {
        case EXCLUDED, PINNED -> controls.article(articleId);
        case CROWDED_OUT -> standing == Standing.PINNED ? controls.article(articleId) : null;
        case SECTION_EXCLUDED -> section();
        case LIST_EXCLUDED -> controls.ofScope(scope);
        case TOO_OLD ->
          switch (ageLimit().by()) {
            case DECISION -> controls.article(articleId);
            case SECTION_DECISION -> section();
            case ARTICLE, NEWSROOM -> null;
          };
        case READS, NOT_PUBLISHED, NOT_SHOWN, NOT_ELIGIBLE, BELOW_FLOOR, TOO_FEW, OTHER_SCOPE ->
          null;
      };
    }

    private @Nullable Control section() {
      return controls.section(Objects.requireNonNull(listing).getSection());
    }

    private AgeLimit ageLimit() {
      return AgeLimit.of(articleId, Objects.requireNonNull(listing), controls, lists);
    }
  }

  private static Span bounds(MostReadList list) {
    return new Span(list.getWindowStart().toEpochMilli(), list.getWindowEnd().toEpochMilli());
  }
}
