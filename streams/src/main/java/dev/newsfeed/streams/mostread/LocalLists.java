package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.state.Listing;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.avro.state.Pin;
import dev.newsfeed.avro.state.WiderList;
import dev.newsfeed.streams.mostread.ListPlan.Line;
import dev.newsfeed.streams.mostread.Ranking.Listed;
import dev.newsfeed.streams.mostread.Ranking.Ranked;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lists of one partition, ranked from its own counts. A list goes on to the merge when it
 * changed, and otherwise every {@link #HEARTBEAT}, so that the merged list can say how old it is.
 */
final class LocalLists {

  static final Duration HEARTBEAT = Duration.ofSeconds(20);

  private final int partition;
  private final ListRules rules;
  private final ListPlan plan;
  private final Ranking ranking;
  private final List<Ranked> nothing;
  private final Map<String, Sent> sent = new HashMap<>();
  private boolean serving;

  LocalLists(int partition, NewsroomCalendar calendar, ListRules rules) {
    this.partition = partition;
    this.rules = rules;
    this.plan = new ListPlan(calendar, rules);
    this.ranking = new Ranking(rules);
    this.nothing = Collections.nCopies(plan.spans(Instant.EPOCH).size(), Ranked.NOTHING);
  }

  /** A list as it was last sent: the one proper, and the same over longer times. */
  private record Sent(Span span, List<Ranked> lists, boolean catchingUp, Instant at) {
    boolean isSame(Span otherSpan, List<Ranked> otherLists, boolean otherCatchingUp) {
      return span.equals(otherSpan) && lists.equals(otherLists) && catchingUp == otherCatchingUp;
    }
  }

  /** From now on readers are to see what is ranked: all of it is news once more. */
  void serve() {
    if (!serving) {
      serving = true;
      sent.clear();
    }
  }

  /**
   * Ranks all articles of the partition.
   *
   * @param scopes every scope the partition was ever asked about; one without reads has an empty list
   * @param lagMs how far counting is behind
   * @return what the merge must hear of, by key
   */
  Map<String, LocalList> news(
      Collection<ArticleCount> articles,
      Set<String> scopes,
      Controls controls,
      Instant now,
      long lagMs) {
    List<Span> spans = plan.spans(now);
    Map<String, List<Ranked>> ranked = new TreeMap<>(ranking.lists(articles, spans, controls, now));
    scopes.forEach(scope -> ranked.putIfAbsent(scope, nothing));
    Map<String, LocalList> news = new LinkedHashMap<>();
    ranked.forEach((scope, byPlace) -> {
      for (Line line : plan.lines()) {
        String key = line.edition().key(line.window(), scope);
        List<Ranked> lists = lists(line, byPlace);
        Span span = spans.get(line.place());
        if (isNews(sent.get(key), span, lists, lagMs > 0, now)) {
          sent.put(key, new Sent(span, lists, lagMs > 0, now));
          news.put(key, record(line, scope, spans, lists, now, lagMs));
        }
      }
    });
    return news;
  }

  private static boolean isNews(
      @Nullable Sent last, Span span, List<Ranked> lists, boolean catchingUp, Instant now) {
    return last == null
        || !last.isSame(span, lists, catchingUp)
        || !now.isBefore(last.at().plus(HEARTBEAT));
  }

  /** The list proper; after it the wider ones, should they be needed. */
  private List<Ranked> lists(Line line, List<Ranked> byPlace) {
    Ranked own = byPlace.get(line.place());
    List<Ranked> lists = new ArrayList<>();
    lists.add(own);
    if (own.best().size() < rules.nowAtLeast()) { // otherwise all together have enough, too
      line.widerPlaces().forEach(place -> lists.add(byPlace.get(place)));
    }
    return lists;
  }

  private LocalList record(
      Line line, String scope, List<Span> spans, List<Ranked> lists, Instant now, long lagMs) {
    Ranked own = lists.get(0);
    Span span = spans.get(line.place());
    List<WiderList> wider = new ArrayList<>();
    for (int i = 1; i < lists.size(); i++) {
      long startMs = spans.get(line.widerPlaces().get(i - 1)).startMs();
      Ranked list = lists.get(i);
      wider.add(new WiderList(
          Instant.ofEpochMilli(startMs), list.reads(), list.refused(), entries(list), pins(list)));
    }
    return LocalList.newBuilder()
        .setPartition(partition)
        .setScope(scope)
        .setWindow(line.window().label())
        .setEdition(line.edition().name())
        .setAsOf(now.minusMillis(lagMs))
        .setWindowStart(Instant.ofEpochMilli(span.startMs()))
        .setWindowEnd(Instant.ofEpochMilli(span.endMs()))
        .setReads(own.reads())
        .setRefused(own.refused())
        .setEntries(entries(own))
        .setPins(pins(own))
        .setWider(wider)
        .setCatchingUp(lagMs > 0)
        .setLagMs(lagMs)
        .setServing(serving)
        .build();
  }

  private static List<MostReadEntry> entries(Ranked list) {
    return list.best().stream().map(listed -> entry(listed, false)).toList();
  }

  private static List<Pin> pins(Ranked list) {
    return list.pinned().stream()
        .map(pinned -> new Pin(pinned.rank(), pinned.decidedAt(), entry(pinned.listed(), true)))
        .toList();
  }

  static MostReadEntry entry(Listed listed, boolean pinned) {
    Listing listing = listed.listing();
    return MostReadEntry.newBuilder()
        .setRank(0) // known when the partitions are merged
        .setArticleId(listed.articleId())
        .setHeadline(listing.getHeadline())
        .setUrl(listing.getUrl())
        .setSection(listing.getSection())
        .setKind(listing.getKind())
        .setFirstPublished(listing.getFirstPublished())
        .setReads(listed.reads())
        .setPinned(pinned)
        .build();
  }
}
