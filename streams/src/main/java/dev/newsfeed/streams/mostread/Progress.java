package dev.newsfeed.streams.mostread;

import java.time.Duration;

/**
 * How far a partition's counting is behind its clicks. A click that was appended long ago says how
 * far, unless the broker had none behind it; when none has come for a while, there are none left.
 * Until any of this is known nothing should be said of the counts.
 *
 * <pre>
 * tick        1       2            3          4    5    6
 * counted     –       9:40 clicks  9:59:58    –    –    –
 * it is       ?       20 min       0          0    0    0     (10:00)
 * </pre>
 */
final class Progress {

  /** What a click needs on its way, and a little patience. */
  private static final long USUAL_MS = Duration.ofSeconds(5).toMillis();

  private static final int IDLE_AT_START = 2;
  private static final int IDLE_WHEN_BEHIND = 5;

  private long appendedAtMs;
  private boolean wasLast;
  private boolean counted;
  private boolean known;
  private long lagMs;
  private int idleTicks;

  /**
   * A click has been counted, or refused, that the broker got at this time.
   *
   * @param isLast whether the broker is known to have had none behind it
   */
  void counted(long newAppendedAtMs, boolean isLast) {
    appendedAtMs = newAppendedAtMs;
    wasLast = isLast;
    counted = true;
  }

  /** To be called about once a second. */
  void tick(long nowMs) {
    if (counted) {
      long ageMs = nowMs - appendedAtMs;
      lagMs = wasLast || ageMs <= USUAL_MS ? 0 : ageMs;
      known = true;
      counted = false;
      idleTicks = 0;
      return;
    }
    idleTicks++;
    if (lagMs > 0 && idleTicks < IDLE_WHEN_BEHIND) {
      lagMs = nowMs - appendedAtMs;
    } else if (known || idleTicks >= IDLE_AT_START) {
      known = true;
      lagMs = 0;
    }
  }

  /** Whether anything can be said yet. */
  boolean isKnown() {
    return known;
  }

  /** Whether nothing came between the last two ticks. */
  boolean isIdle() {
    return idleTicks > 0;
  }

  /** How far behind; zero: not at all. */
  long lagMs() {
    return lagMs;
  }
}
