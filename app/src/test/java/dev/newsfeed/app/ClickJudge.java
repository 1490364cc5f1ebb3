package dev.newsfeed.app;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import dev.newsfeed.avro.Click;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which clicks are reads, rule by rule over all clicks on an article, in order of time: a model of the
 * job's own judgement, which looks at one click after the other, in whatever order they come.
 */
final class ClickJudge {

  private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();
  private static final long SLOT_MS = Duration.ofMinutes(30).toMillis();
  private static final long DAY_MS = Duration.ofDays(1).toMillis();
  private static final long AHEAD_AT_MOST_MS = Duration.ofMinutes(2).toMillis();
  private static final long KEPT_MS = Duration.ofDays(8).plusHours(2).toMillis();
  private static final int VISITOR_READS = 12;
  private static final int NETWORK_FLOOR = 20;
  private static final int NETWORK_PERCENT = 10;
  private static final Set<String> SUSPICIONS = Set.of("bot", "prefetch", "staff", "monitor");

  /** A click as the topic holds it. */
  record Taken(Click click, long appendedAtMs) {

    /** The collector's time, unless that lies ahead of the broker's; in whole minutes. */
    long timeMs() {
      long receivedAtMs = click.getReceivedAtMs();
      long timeMs = receivedAtMs > appendedAtMs + AHEAD_AT_MOST_MS ? appendedAtMs : receivedAtMs;
      return timeMs - Math.floorMod(timeMs, MINUTE_MS);
    }

    /** UTC. */
    long day() {
      return Math.floorDiv(timeMs(), DAY_MS);
    }

    long slot() {
      return Math.floorDiv(timeMs(), SLOT_MS);
    }
  }

  /**
   * A click that was judged.
   *
   * @param refused why it is no read; null: it is one
   */
  record Judged(String articleId, long timeMs, @Nullable String refused) {}

  private final List<Judged> judged = new ArrayList<>();

  private ClickJudge() {}

  static List<Judged> judge(List<Taken> clicks) {
    ClickJudge judge = new ClickJudge();
    clicks.stream()
        .collect(groupingBy(taken -> taken.click().getArticleId()))
        .values()
        .forEach(judge::article);
    return judge.judged;
  }

  private void article(List<Taken> clicks) {
    List<Taken> left = new ArrayList<>(clicks);
    left.sort(Comparator.comparingLong(Taken::timeMs));
    tooLate(left);
    suspects(left);
    repeats(left);
    repeatedEvents(left);
    overVisitorCap(left);
    Set<Long> days = left.stream().map(Taken::day).collect(toSet());
    days.forEach(day -> overNetworkCap(day, left));
    left.forEach(read -> judged.add(new Judged(id(read), read.timeMs(), null)));
  }

  private static String id(Taken taken) {
    return taken.click().getArticleId();
  }

  /** Takes out what a rule refuses; it is asked about each click once, in order of time. */
  private void refuse(List<Taken> left, String reason, Predicate<Taken> rule) {
    left.removeIf(taken -> {
      boolean refused = rule.test(taken);
      if (refused) {
        judged.add(new Judged(id(taken), taken.timeMs(), reason));
      }
      return refused;
    });
  }

  private void tooLate(List<Taken> left) {
    left.removeIf(taken -> {
      boolean tooLate = taken.click().getReceivedAtMs() < taken.appendedAtMs() - KEPT_MS;
      if (tooLate) { // its own time is in no list
        judged.add(new Judged(id(taken), taken.appendedAtMs(), "too-late"));
      }
      return tooLate;
    });
  }

  private void suspects(List<Taken> left) {
    for (String suspicion : SUSPICIONS) {
      refuse(left, suspicion, taken -> suspicion.equals(taken.click().getSuspect()));
    }
    refuse(left, "suspect", taken -> taken.click().getSuspect() != null);
  }

  /** Of a visitor one in each slot, of an event without a visitor one a day. */
  private void repeats(List<Taken> left) {
    Set<List<Object>> seen = new HashSet<>();
    refuse(left, "repeat", taken -> {
      Long visitor = taken.click().getVisitor();
      String event = taken.click().getEventId();
      if (visitor != null) {
        return !seen.add(List.of(visitor, taken.slot()));
      }
      return event != null && !seen.add(List.of(event, taken.day()));
    });
  }

  /** Of the reads with one event the first of a day, and none when the day before has one. */
  private void repeatedEvents(List<Taken> left) {
    Set<List<Object>> all = new HashSet<>();
    left.stream()
        .filter(taken -> taken.click().getEventId() != null)
        .forEach(taken -> all.add(List.of(taken.click().getEventId(), taken.day())));
    Set<List<Object>> seen = new HashSet<>();
    refuse(left, "repeat", taken -> {
      String event = taken.click().getEventId();
      return event != null
          && (all.contains(List.of(event, taken.day() - 1))
              || !seen.add(List.of(event, taken.day())));
    });
  }

  private void overVisitorCap(List<Taken> left) {
    Map<List<Object>, Integer> reads = new HashMap<>();
    refuse(left, "visitor-cap", taken -> {
      Long visitor = taken.click().getVisitor();
      return visitor != null
          && reads.merge(List.of(visitor, taken.day()), 1, Integer::sum) > VISITOR_READS;
    });
  }

  private void overNetworkCap(long day, List<Taken> left) {
    Map<Long, Integer> counts = new HashMap<>();
    int others = 0; // somebody, from nowhere known
    for (Taken taken : left) {
      Click click = taken.click();
      if (taken.day() == day && click.getNetwork() != null) {
        counts.merge(click.getNetwork(), 1, Integer::sum);
      } else if (taken.day() == day && (click.getVisitor() != null || click.getEventId() != null)) {
        others++;
      }
    }
    int cap = networkCap(counts.values(), others);
    Map<Long, Integer> reads = new HashMap<>();
    refuse(left, "network-cap", taken -> {
      Long network = taken.click().getNetwork();
      return taken.day() == day && network != null && reads.merge(network, 1, Integer::sum) > cap;
    });
  }

  /** The largest number that is no more than its share of what then counts. */
  private static int networkCap(Collection<Integer> counts, int others) {
    int cap = counts.stream().mapToInt(count -> count).max().orElse(0);
    while (cap > NETWORK_FLOOR && cap > share(cap, counts, others)) {
      cap--;
    }
    return Math.max(cap, NETWORK_FLOOR);
  }

  private static int share(int cap, Collection<Integer> counts, int others) {
    int reads = others + counts.stream().mapToInt(count -> Math.min(count, cap)).sum();
    return reads * NETWORK_PERCENT / 100;
  }
}
