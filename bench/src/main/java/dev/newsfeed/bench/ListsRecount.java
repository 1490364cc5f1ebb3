package dev.newsfeed.bench;

import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the lists must show after a load, counted in memory in the most obvious way. */
final class ListsRecount {

  private static final long SLOT_MS = Duration.ofMinutes(30).toMillis();
  private static final int LIST_SIZE = 20;
  private static final List<String> CALENDAR_WINDOWS = List.of("today", "this-week");

  private final ClickLoad load;
  private final int clicks;
  private final Map<Window, Expected> counted = new HashMap<>();

  ListsRecount(ClickLoad load) {
    this(load, load.clicks());
  }

  /** Of so many clicks, from the first on. */
  ListsRecount(ClickLoad load, int clicks) {
    this.load = load;
    this.clicks = clicks;
  }

  private record Window(Instant start, Instant end) {
    boolean contains(long timeMs) {
      return timeMs >= start.toEpochMilli() && timeMs < end.toEpochMilli();
    }
  }

  private record Read(String articleId, @Nullable Long visitor, long slot) {}

  /**
   * A list.
   *
   * @param entries as {@code id=reads}
   */
  private record Expected(long reads, List<String> entries) {}

  /** Counts for the windows of these lists, so that comparing with them takes no time later. */
  void prepare(Collection<MostReadList> lists) {
    lists.forEach(this::equal);
  }

  /** Waits for the lists that equal the recount; whether they came within this time. */
  boolean awaitEqual(BrokerProcess broker, Duration atMost) throws InterruptedException {
    try (FollowedLists lists = new FollowedLists(broker)) {
      return awaitEqual(lists, atMost);
    }
  }

  /** The same with lists that are followed already. */
  boolean awaitEqual(FollowedLists lists, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (System.nanoTime() < deadline) {
      if (CALENDAR_WINDOWS.stream().allMatch(window -> equal(lists.list(window + "/all")))) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    CALENDAR_WINDOWS.forEach(window -> tellDifference(lists.list(window + "/all")));
    return false;
  }

  private void tellDifference(@Nullable MostReadList list) {
    if (!equal(list)) {
      System.err.println("expected "
          + (list == null ? "a list" : expected(list))
          + ", but it is "
          + (list == null
              ? "not there"
              : list.getReads() + " " + entries(list) + " " + list.getAsOf()));
    }
  }

  /** Whether a list equals the recount of its own window. */
  private boolean equal(@Nullable MostReadList list) {
    if (list == null) {
      return false;
    }
    Expected expected = expected(list);
    return list.getReads() == expected.reads() && entries(list).equals(expected.entries());
  }

  private static List<String> entries(MostReadList list) {
    return list.getEntries().stream()
        .map((MostReadEntry e) -> e.getArticleId() + "=" + e.getReads())
        .toList();
  }

  private Expected expected(MostReadList list) {
    return counted.computeIfAbsent(
        new Window(list.getWindowStart(), list.getWindowEnd()), this::count);
  }

  private Expected count(Window window) {
    Map<String, Long> counts = new HashMap<>();
    Set<Read> seen = new HashSet<>();
    int[] number = {0};
    load.forEach(click -> {
      long at = click.getReceivedAtMs();
      if (number[0]++ < clicks
          && window.contains(at)
          && seen.add(new Read(click.getArticleId(), click.getVisitor(), at / SLOT_MS))) {
        counts.merge(click.getArticleId(), 1L, Long::sum);
      }
    });
    List<String> entries = counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()))
        .limit(LIST_SIZE)
        .map(e -> e.getKey() + "=" + e.getValue())
        .toList();
    return new Expected(seen.size(), entries);
  }
}
