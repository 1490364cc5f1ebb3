package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.streams.mostread.Ranking.Ranked;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
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

  private static final List<ReadWindow> WINDOWS = List.of(ReadWindow.values());

  private final int partition;
  private final NewsroomCalendar calendar;
  private final Ranking ranking;
  private final Map<String, Sent> sent = new HashMap<>();

  LocalLists(int partition, NewsroomCalendar calendar, ListRules rules) {
    this.partition = partition;
    this.calendar = calendar;
    this.ranking = new Ranking(rules);
  }

  private record Sent(Span span, Ranked ranked, Instant at) {}

  /**
   * Ranks all articles of the partition.
   *
   * @param scopes every scope the partition was ever asked about; one without reads has an empty list
   * @return what the merge must hear of, by key
   */
  Map<String, LocalList> news(Collection<ArticleCount> articles, Set<String> scopes, Instant now) {
    Map<String, LocalList> news = new LinkedHashMap<>();
    for (int place = 0; place < WINDOWS.size(); place++) {
      ReadWindow window = WINDOWS.get(place);
      Span span = window.at(now, calendar);
      Map<String, Ranked> lists =
          new TreeMap<>(ranking.lists(articles, place, span, now.toEpochMilli()));
      scopes.forEach(scope -> lists.putIfAbsent(scope, Ranked.NOTHING));
      lists.forEach((scope, list) -> {
        String key = MostRead.key(window, scope);
        if (isNews(sent.get(key), span, list, now)) {
          sent.put(key, new Sent(span, list, now));
          news.put(key, record(window, scope, span, list, now));
        }
      });
    }
    return news;
  }

  private static boolean isNews(@Nullable Sent last, Span span, Ranked list, Instant now) {
    return last == null
        || !last.span().equals(span)
        || !last.ranked().equals(list)
        || !now.isBefore(last.at().plus(HEARTBEAT));
  }

  private LocalList record(ReadWindow window, String scope, Span span, Ranked list, Instant now) {
    return LocalList.newBuilder()
        .setPartition(partition)
        .setScope(scope)
        .setWindow(window.label())
        .setAsOf(now)
        .setWindowStart(Instant.ofEpochMilli(span.startMs()))
        .setWindowEnd(Instant.ofEpochMilli(span.endMs()))
        .setReads(list.reads())
        .setRefused(list.refused())
        .setEntries(list.entries())
        .build();
  }
}
