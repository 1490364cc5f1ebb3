package dev.newsfeed.producer.clicks;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How fast each network may send clicks: so many a minute, ten seconds' worth at once.
 *
 * <pre>
 * network ──▶ two of 131,072 places, each a moment until which its clicks are paid for
 *             ├── paid ──┤ now ├── at most 10 s ahead: go on ──┤ further: come back later
 * </pre>
 *
 * Each click moves the moment on (GCRA, the generic cell rate algorithm of ATM networks). A network
 * goes by the earlier of its two places and raises neither beyond that (a count-min sketch with
 * conservative update), so one that shares a place with a flood is not held up by it unless it shares
 * both. That takes 1 MiB, however many networks there are. Safe for use by several threads.
 */
public final class ClickPace {

  private static final long MINUTE_NS = 60_000_000_000L;
  private static final long AHEAD_NS = 10_000_000_000L;
  private static final int HALF = 1 << 16;

  private final long clickNs;
  private final LongSupplier nanoTime;
  private final long start;
  private final long seed = new SecureRandom().nextLong(); // nobody picks a place to share
  private final long[] paidUntilNs = new long[2 * HALF];

  /**
   * So many clicks.
   *
   * @param clicksPerMinute of each network; 0: as many as it likes
   * @param nanoTime never goes back
   */
  public ClickPace(int clicksPerMinute, LongSupplier nanoTime) {
    this.clickNs = clicksPerMinute == 0 ? 0 : MINUTE_NS / clicksPerMinute;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /** How long a network has to wait, in nanoseconds; 0: not at all, as where it is not known. */
  synchronized long waitNs(@Nullable InetAddress address) {
    if (address == null || clickNs == 0) {
      return 0;
    }
    long hash = hash(address);
    return Math.max(
        0, Math.min(paidUntilNs[first(hash)], paidUntilNs[second(hash)]) - now() - AHEAD_NS);
  }

  /** Takes note of clicks; may go beyond what is allowed at once, for which the next ones wait. */
  synchronized void count(@Nullable InetAddress address, int clicks) {
    if (address == null || clickNs == 0) {
      return;
    }
    long hash = hash(address);
    int first = first(hash);
    int second = second(hash);
    long paid = Math.max(now(), Math.min(paidUntilNs[first], paidUntilNs[second]));
    paid += clicks * clickNs;
    paidUntilNs[first] = Math.max(paidUntilNs[first], paid);
    paidUntilNs[second] = Math.max(paidUntilNs[second], paid);
  }

  private long now() {
    return nanoTime.getAsLong() - start;
  }

  private static int first(long hash) {
    return (int) hash & (HALF - 1);
  }

  private static int second(long hash) {
    return HALF + ((int) (hash >>> 32) & (HALF - 1));
  }

  /** The finalizer of SplitMix64, over the network's bytes. */
  private long hash(InetAddress address) {
    byte[] network = VisitorKeys.network(address);
    long hash = network.length;
    for (byte b : network) {
      hash = (hash << 8) | (b & 0xff);
    }
    hash ^= seed;
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
