package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Click;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which clicks are reads, and when they happened.
 *
 * @param slot a visitor's clicks on an article within one fixed slot of this length are one read;
 *     zero: each click is
 */
public record ReadRules(Duration slot) {

  /** Slots of 30 minutes. */
  public static final ReadRules DEFAULT = new ReadRules(Duration.ofMinutes(30));

  /** How long counts are kept: a week, a day for its turn in every zone, and two hours of delay. */
  static final long KEPT_MS = Duration.ofDays(8).plusHours(2).toMillis();

  /** Minute buckets are kept longer than "now" is, for late clicks and wider windows. */
  static final long MINUTES_KEPT_MS = Duration.ofHours(6).toMillis();

  private static final long AHEAD_AT_MOST_MS = Duration.ofMinutes(2).toMillis();
  private static final Set<String> SUSPICIONS = Set.of("bot", "prefetch", "staff", "monitor");

  /**
   * When the click happened: the collector's time, unless that lies more than two minutes ahead of
   * the broker's. The broker's clock is the newsroom's own, so a wrong or hostile one cannot put a
   * read into a time that has not come. Depends on the record alone: a replay gives the same.
   */
  long timeMs(Click click, long appendedAtMs) {
    return click.getReceivedAtMs() > appendedAtMs + AHEAD_AT_MOST_MS
        ? appendedAtMs
        : click.getReceivedAtMs();
  }

  /** Number of the slot in which a visitor's further clicks are the same read. */
  long slotNumber(long timeMs) {
    return Math.floorDiv(timeMs, slot.toMillis());
  }

  boolean countsRepeats() {
    return slot.isZero();
  }

  /** The reason under which a suspect click is counted; senders cannot invent reasons. */
  static String reason(String suspicion) {
    return SUSPICIONS.contains(suspicion) ? suspicion : "suspect";
  }

  /** Who clicked; without a visitor key a page's own event id tells at least a retry. */
  static @Nullable Long visitor(Click click) {
    if (click.getVisitor() != null) {
      return click.getVisitor();
    }
    return click.getEventId() == null ? null : hash(click.getEventId());
  }

  /** FNV-1a in 64 bits, multiplied once more so that all bits take part. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
  }
}
