package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.state.Series;
import dev.newsfeed.streams.mostread.ReadWindow.Span;
import java.time.Duration;

/**
 * Counts of one thing by time, fine enough for every window: minutes for "now", which slides by the
 * minute, and quarters of an hour for calendar windows, because every zone's midnight lies on one.
 */
final class CountSeries {

  static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();
  static final long QUARTER_MS = Duration.ofMinutes(15).toMillis();

  private final BucketCounts minutes;
  private final BucketCounts quarters;

  CountSeries() {
    this(new BucketCounts(MINUTE_MS), new BucketCounts(QUARTER_MS));
  }

  private CountSeries(BucketCounts minutes, BucketCounts quarters) {
    this.minutes = minutes;
    this.quarters = quarters;
  }

  /**
   * Adds to the count at a time.
   *
   * @param minutesFromMs before this time only quarters are kept
   */
  void add(long timeMs, int change, long minutesFromMs) {
    if (timeMs >= minutesFromMs) {
      minutes.add(timeMs, change);
    }
    quarters.add(timeMs, change);
  }

  /** The count within a span: by minutes where these are kept for all of it. */
  long sum(Span span) {
    boolean isShort = span.endMs() - span.startMs() < ReadRules.MINUTES_KEPT_MS;
    return (isShort ? minutes : quarters).sum(span);
  }

  /** Forgets what no window can need any more; whether there was any. */
  boolean prune(long nowMs) {
    boolean pruned = minutes.dropBefore(nowMs - ReadRules.MINUTES_KEPT_MS);
    pruned |= quarters.dropBefore(nowMs - ReadRules.KEPT_MS);
    return pruned;
  }

  boolean isEmpty() {
    return minutes.isEmpty() && quarters.isEmpty();
  }

  Series packed() {
    return new Series(minutes.packed(), quarters.packed());
  }

  static CountSeries unpacked(Series series) {
    return new CountSeries(
        BucketCounts.unpacked(MINUTE_MS, series.getMinutes()),
        BucketCounts.unpacked(QUARTER_MS, series.getQuarters()));
  }
}
