package dev.newsfeed.gateway.websub;

import dev.newsfeed.avro.Subscription;
import java.time.Duration;
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
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which subscribers are to be told now. What they are told is the state of a feed, so a change that
 * comes while one is being told, or waits for another attempt, is part of what is told next:
 *
 * <pre>
 * changes     1   2 3       4                     1, 2+3, 4: three deliveries;
 * under way   ├1──────┤├3──────┤├4✗┤  ├4──┤       the one of 4 failed at first
 * </pre>
 *
 * One delivery is under way for a subscription, so an older state never comes after a newer one.
 * Knows neither Kafka nor HTTP; for one thread.
 */
final class Deliveries {

  /**
   * A feed and its articles come on two topics, a moment apart; so do the feeds that a burst of
   * publications changes. One delivery tells it all.
   */
  static final Duration SETTLE = Duration.ofMillis(250);

  /** How long a subscriber may fail without a break before its subscription is ended. */
  static final Duration GIVE_UP = Duration.ofDays(3);

  private static final class Line {
    final String id;
    final String host;
    final String feedId;
    Subscription state;

    @Nullable
    Instant due;

    boolean underWay;

    Line(String id, String host, String feedId, Subscription state) {
      this.id = id;
      this.host = host;
      this.feedId = feedId;
      this.state = state;
    }
  }

  private final Lanes lanes;
  private final Backoff backoff;
  private final Map<String, Line> lines = new HashMap<>();
  private final Map<String, Set<Line>> byFeed = new HashMap<>();
  private final Map<String, Integer> perHost = new HashMap<>();

  /** Those with a due time and nothing under way, those that wait longest first. */
  private final TreeSet<Line> waiting =
      new TreeSet<>(Comparator.comparing((Line line) -> Objects.requireNonNull(line.due))
          .thenComparing(line -> line.id));

  Deliveries(Lanes lanes, Backoff backoff) {
    this.lanes = lanes;
    this.backoff = backoff;
  }

  /**
   * Begins or renews a subscription. Renewed, it keeps its place: what is under way goes on, and what
   * has failed waits as long as it had to.
   *
   * @param due when it is to be seen whether it has the newest state; null: when the feed changes
   */
  void put(String id, String host, String feedId, Subscription state, @Nullable Instant due) {
    Line line = lines.get(id);
    if (line == null) {
      line = new Line(id, host, feedId, state);
      lines.put(id, line);
      byFeed.computeIfAbsent(feedId, f -> new LinkedHashSet<>()).add(line);
      perHost.merge(host, 1, Integer::sum);
      schedule(line, due == null ? null : later(due, state.getRetryAt()));
    } else {
      line.state = state;
    }
  }

  void remove(String id) {
    Line line = lines.remove(id);
    if (line != null) {
      unqueue(line);
      Set<Line> ofFeed = byFeed.getOrDefault(line.feedId, Set.of());
      ofFeed.remove(line);
      if (ofFeed.isEmpty()) {
        byFeed.remove(line.feedId);
      }
      perHost.computeIfPresent(line.host, (h, n) -> n == 1 ? null : n - 1);
      if (line.underWay) {
        lanes.leave(line.host);
      }
    }
  }

  /** The subscription as it is now; null: there is none. */
  @Nullable
  Subscription find(String id) {
    Line line = lines.get(id);
    return line == null ? null : line.state;
  }

  int size() {
    return lines.size();
  }

  /** Subscriptions whose callback is at a host. */
  int size(String host) {
    return perHost.getOrDefault(host, 0);
  }

  /** Those that are not up to date, as far as is known. */
  int behind() {
    return (int)
        lines.values().stream().filter(l -> l.due != null || l.underWay).count();
  }

  /** The feeds that somebody has subscribed to. */
  Set<String> feedIds() {
    return Set.copyOf(byFeed.keySet());
  }

  /** Feeds may have another state now. */
  void changed(Collection<String> feedIds, Instant now) {
    for (String feedId : feedIds) {
      for (Line line : byFeed.getOrDefault(feedId, Set.of())) {
        if (line.due == null) {
          schedule(line, later(now.plus(SETTLE), line.state.getRetryAt()));
        }
      }
    }
  }

  /** Those that are to be told now, each of which counts as under way from here. */
  List<String> take(Instant now) {
    List<Line> taken = new ArrayList<>();
    for (Line line : waiting) {
      if (lanes.full() || Objects.requireNonNull(line.due).isAfter(now)) {
        break;
      }
      if (lanes.enter(line.host)) {
        taken.add(line);
      }
    }
    for (Line line : taken) {
      schedule(line, null);
      line.underWay = true;
    }
    return taken.stream().map(line -> line.id).toList();
  }

  /** The subscriber has a state, whose hash is given; returns what is to be remembered. */
  Subscription delivered(String id, String hash, Instant now) {
    Line line = underWay(id);
    line.state = Subscription.newBuilder(line.state)
        .setDelivered(hash)
        .setDeliveredAt(now)
        .setFailures(0)
        .setFailingSince(null)
        .setRetryAt(null)
        .build();
    ended(line, line.due);
    return line.state;
  }

  /** There was nothing new to tell; returns what is to be remembered, null: nothing else than before. */
  @Nullable
  Subscription nothingNew(String id) {
    Line line = underWay(id);
    boolean failed = line.state.getFailures() > 0;
    if (failed) { // the state that could not be delivered is no more
      line.state = Subscription.newBuilder(line.state)
          .setFailures(0)
          .setFailingSince(null)
          .setRetryAt(null)
          .build();
    }
    ended(line, line.due);
    return failed ? line.state : null;
  }

  /** The subscriber could not be told; returns what is to be remembered, null: it is given up. */
  @Nullable
  Subscription failed(String id, Instant now) {
    Line line = underWay(id);
    Instant since = line.state.getFailingSince() == null ? now : line.state.getFailingSince();
    if (!since.plus(GIVE_UP).isAfter(now)) {
      remove(id);
      return null;
    }
    int failures = line.state.getFailures() + 1;
    Instant retryAt = now.plus(backoff.after(failures));
    line.state = Subscription.newBuilder(line.state)
        .setFailures(failures)
        .setFailingSince(since)
        .setRetryAt(retryAt)
        .build();
    ended(line, retryAt);
    return line.state;
  }

  /** Those whose time is over, which the caller has to remove. */
  List<String> expired(Instant now) {
    return lines.values().stream()
        .filter(line -> !line.state.getLeaseEnd().isAfter(now))
        .map(line -> line.id)
        .toList();
  }

  /** Forgets all. */
  void clear() {
    List.copyOf(lines.keySet()).forEach(this::remove);
  }

  private Line underWay(String id) {
    Line line = lines.get(id);
    if (line == null || !line.underWay) {
      throw new IllegalStateException("nothing is under way for " + id);
    }
    return line;
  }

  private void ended(Line line, @Nullable Instant due) {
    line.underWay = false;
    lanes.leave(line.host);
    schedule(line, due);
  }

  private void unqueue(Line line) {
    if (line.due != null) {
      waiting.remove(line);
    }
  }

  private void schedule(Line line, @Nullable Instant due) {
    unqueue(line);
    line.due = due;
    if (due != null && !line.underWay) {
      waiting.add(line);
    }
  }

  private static Instant later(Instant a, @Nullable Instant b) {
    return b != null && b.isAfter(a) ? b : a;
  }
}
