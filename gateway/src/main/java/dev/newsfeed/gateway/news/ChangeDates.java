package dev.newsfeed.gateway.news;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * When feeds last changed, told only where the second stands for one state of the feed.
 *
 * <pre>
 * log             a1 at 9:00:00.2   a2 at 9:00:00.7                a3 at 8:59, late
 * told            nothing           9:00:00 from 9:00:10 on        nothing, until the next second
 * </pre>
 *
 * The times are those of the records, so gateways that have read the same tell the same. What was
 * read before this gateway began counts as of its beginning, because it cannot be known what went
 * out of a feed meanwhile: no date from before is ever told again.
 */
final class ChangeDates {

  /** By how much records of one second may be apart in the reading of several partitions. */
  private static final Duration SETTLED = Duration.ofSeconds(10);

  /**
   * The last change of a feed.
   *
   * @param told the second was told
   * @param doubtful it changed once more after that, by a record that is no later
   */
  private record Changed(Instant second, boolean told, boolean doubtful) {}

  private final Map<String, Changed> byFeed = new ConcurrentHashMap<>();
  private volatile @Nullable Instant begun;

  /** To be called with the present before anything is told; later calls have no effect. */
  void begin(Instant now) {
    if (begun == null) {
      begun = now.truncatedTo(ChronoUnit.SECONDS);
    }
  }

  /** A feed is changed by a record of this time; null: by one that has none. */
  void changed(String feedId, @Nullable Instant at) {
    Instant second = at == null ? Instant.MIN : at.truncatedTo(ChronoUnit.SECONDS);
    byFeed.merge(
        feedId,
        new Changed(second, false, at == null),
        (last, next) -> next.second().isAfter(reckoned(last))
            ? next
            : new Changed(
                last.second(), last.told(), last.told() || last.doubtful() || next.doubtful()));
  }

  /** Whether it has ever changed since the beginning. */
  boolean knows(String feedId) {
    return byFeed.containsKey(feedId);
  }

  /** The last change of a feed, which from now on is known to others. */
  Optional<Instant> of(String feedId, Instant now) {
    if (begun == null) {
      return Optional.empty();
    }
    Changed changed = byFeed.computeIfPresent(
        feedId,
        (id, last) -> now.minus(SETTLED).isAfter(reckoned(last))
            ? new Changed(last.second(), true, last.doubtful())
            : last);
    return changed == null || !changed.told() || changed.doubtful()
        ? Optional.empty()
        : Optional.of(reckoned(changed));
  }

  private Instant reckoned(Changed changed) {
    Instant first = begun;
    return first == null || changed.second().isAfter(first) ? changed.second() : first;
  }
}
