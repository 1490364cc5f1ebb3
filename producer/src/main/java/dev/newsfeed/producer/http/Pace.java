package dev.newsfeed.producer.http;

import java.time.Duration;

/**
 * Whether a sender is slow on purpose, or might as well be: after some patience, what it sends has to
 * come at 1 KiB/s. Only the time spent waiting for it counts. A sender that sends nothing at all is the
 * server's to cut off.
 */
final class Pace {

  private static final int LEAST_BYTES_PER_S = 1024;

  private final long patienceNs;
  private long bytes;
  private long waitedNs;

  Pace(Duration patience) {
    this.patienceNs = patience.toNanos();
  }

  /** Begins anew. */
  void reset() {
    bytes = 0;
    waitedNs = 0;
  }

  /** Counts what came, and how long it was waited for; says whether it is too slow. */
  boolean isTooSlow(long waitedForItNs, int came) {
    waitedNs += waitedForItNs;
    bytes += came;
    return waitedNs > patienceNs && bytes < LEAST_BYTES_PER_S * (waitedNs / 1e9);
  }
}
