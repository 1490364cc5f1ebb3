package dev.newsfeed.streams.mostread;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which clicks are reads, and when they happened. Every rule looks at clicks alone, never at the
 * order in which they came or at the time of counting, so that counting them again gives the same.
 *
 * @param slot a visitor's clicks on an article within one fixed slot of this length are one read: whole
 *     minutes that divide a day, at most four hours; zero: each click is
 * @param visitorReads what one visitor can add to an article in a day (UTC)
 * @param networkFloor what one network can always add to an article in a day (UTC)
 * @param networkPercent what one network can add beyond the floor: this part of the article's reads of
 *     the day; 100: everything
 */
public record ReadRules(Duration slot, int visitorReads, int networkFloor, int networkPercent) {

  /** Slots of 30 minutes, 12 reads of a visitor, 20 reads or 10 % of a network. */
  public static final ReadRules DEFAULT = new ReadRules(Duration.ofMinutes(30), 12, 20, 10);

  /** How long counts are kept: a week, a day for its turn in every zone, and two hours of delay. */
  static final long KEPT_MS = Duration.ofDays(8).plusHours(2).toMillis();

  /** How long minutes are kept: for the widest "now", six hours, and one more to be sure. */
  static final long MINUTES_KEPT_MS = Duration.ofHours(7).toMillis();

  /** Clicks that were sent once more, or once more in their slot. */
  static final String REPEAT = "repeat";

  /** More from one visitor than may count. */
  static final String VISITOR_CAP = "visitor-cap";

  /** More from one network than may count. */
  static final String NETWORK_CAP = "network-cap";

  /** Dated so long before the broker got them that no list can show them. */
  static final String TOO_LATE = "too-late";

  /** On what never became an article, and had to be forgotten. */
  static final String UNKNOWN_ARTICLE = "unknown-article";

  private static final long AHEAD_AT_MOST_MS = Duration.ofMinutes(2).toMillis();
  private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();
  private static final int MINUTES_A_DAY = 24 * 60; // compile-time: DEFAULT is made before others
  private static final int LONGEST_SLOT_MINUTES = 4 * 60;
  private static final Set<String> SUSPICIONS = Set.of("bot", "prefetch", "staff", "monitor");

  public ReadRules {
    long minutes = slot.toMinutes();
    if (slot.isNegative()
        || minutes > LONGEST_SLOT_MINUTES
        || !slot.equals(Duration.ofMinutes(minutes))
        || (minutes > 0 && MINUTES_A_DAY % minutes != 0)) {
      throw new IllegalArgumentException(
          "the slot must be whole minutes that divide a day, at most four hours, or 0; is " + slot);
    }
    if (visitorReads < 1 || networkFloor < 1) {
      throw new IllegalArgumentException("a visitor and a network have at least 1 read a day");
    }
    if (networkPercent < 0 || networkPercent > 100) {
      throw new IllegalArgumentException("a network's share is 0 to 100 %, not " + networkPercent);
    }
  }

  /**
   * When the click counts: at the collector's time, unless that lies more than two minutes ahead of
   * the broker's, or so far behind it that the click is refused for that. The broker's clock is the
   * newsroom's own, so a wrong or hostile one cannot put a read into a time that has not come.
   *
   * @param appendedAtMs when the broker got it, by the job's clock: jobs that are set back to 2015 find
   *     clicks of 2015 in time
   */
  long timeMs(ClickView click, long appendedAtMs) {
    return click.receivedAtMs() > appendedAtMs + AHEAD_AT_MOST_MS || isTooLate(click, appendedAtMs)
        ? appendedAtMs
        : click.receivedAtMs();
  }

  /** Why a click is no read, whatever else was clicked; null: it may be one. */
  @Nullable
  String refusal(ClickView click, long appendedAtMs, boolean countsSuspects) {
    if (isTooLate(click, appendedAtMs)) {
      return TOO_LATE;
    }
    String suspicion = click.suspect();
    return suspicion == null || countsSuspects ? null : reason(suspicion);
  }

  /** Whether it came so long after its time that it could never have been shown. */
  private static boolean isTooLate(ClickView click, long appendedAtMs) {
    return click.receivedAtMs() < appendedAtMs - KEPT_MS;
  }

  /** The slot of the day in which a visitor's further clicks are the same read. */
  int slotOf(int minuteOfDay) {
    if (slot.isZero()) {
      return minuteOfDay; // of rows from before the slots were given up
    }
    return (int) (minuteOfDay * MINUTE_MS / slot.toMillis());
  }

  boolean countsRepeats() {
    return slot.isZero();
  }

  /** The reason under which a suspect click is counted; senders cannot invent reasons. */
  static String reason(String suspicion) {
    return SUSPICIONS.contains(suspicion) ? suspicion : "suspect";
  }

  /** FNV-1a in 64 bits, multiplied once more so that all bits take part; never 0. */
  static long hash(byte[] text, int length) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ (text[i] & 0xff)) * 0x100000001b3L;
    }
    long mixed = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
    return mixed == 0 ? 1 : mixed;
  }

  /** A network's hash in 32 bits; never 0. */
  static int network(long hash) {
    int folded = Long.hashCode(hash);
    return folded == 0 ? 1 : folded;
  }
}
