package dev.newsfeed.producer.clicks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClickPaceTest {

  private static final long SECOND_NS = Duration.ofSeconds(1).toNanos();

  private long nowNs = Long.MAX_VALUE - SECOND_NS; // such clocks begin anywhere, and run over
  private final ClickPace pace = new ClickPace(600, () -> nowNs);

  @Test
  void tenSecondsWorthMayComeAtOnceThenAsManyAsTimeGoesBy() {
    assertThat(sent(network(1), 1_000)).isEqualTo(101);
    pass(Duration.ofSeconds(3));
    assertThat(sent(network(1), 1_000)).isEqualTo(30);
    pass(Duration.ofHours(1));
    assertThat(sent(network(1), 1_000)).isEqualTo(101);
  }

  @Test
  void batchMayGoBeyondAndIsWaitedFor() {
    pace.count(network(1), 1_000);

    assertThat(pace.waitNs(network(1))).isEqualTo(90 * SECOND_NS);
    pass(Duration.ofSeconds(90));
    assertThat(pace.waitNs(network(1))).isZero();
  }

  @Test
  void neighboursAreOneNetworkAndStrangersAreNot() {
    pace.count(address(203, 0, 113, 7), 1_000);

    assertThat(pace.waitNs(address(203, 0, 113, 250))).isPositive();
    assertThat(pace.waitNs(address(203, 0, 114, 7))).isZero();
  }

  @Test
  void withoutALimitOrAnAddressNobodyWaits() {
    ClickPace free = new ClickPace(0, () -> nowNs);
    free.count(network(1), 1_000_000);
    pace.count(null, 1_000_000);

    assertThat(free.waitNs(network(1))).isZero();
    assertThat(pace.waitNs(null)).isZero();
  }

  /** Held against exact counts: nobody gets more than they may, and hardly anyone less. */
  @Test
  void thousandsOfNetworksAmidFloodsAreHardlyHeldUp() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<Integer, Long> paidUntil = new HashMap<>();
    int wronglyHeldUp = 0;
    for (int i = 0; i < 200_000; i++) {
      nowNs += 100_000;
      int n = random.nextInt(10) < 5 ? random.nextInt(20) : random.nextInt(20_000);
      boolean may = paidUntil.getOrDefault(n, 0L) - elapsed() <= 10 * SECOND_NS;
      boolean held = pace.waitNs(network(n)) > 0;
      if (!held) {
        pace.count(network(n), 1);
        paidUntil.merge(
            n, elapsed() + SECOND_NS / 10, (until, now) -> Math.max(until + SECOND_NS / 10, now));
      }
      assertThat(held || may).as("seed %d, network %d", seed, n).isTrue();
      wronglyHeldUp += held && may ? 1 : 0;
    }
    assertThat(wronglyHeldUp).as("seed %d", seed).isLessThan(200);
  }

  private long elapsed() {
    return nowNs - (Long.MAX_VALUE - SECOND_NS);
  }

  private int sent(InetAddress from, int wanted) {
    int sent = 0;
    while (sent < wanted && pace.waitNs(from) == 0) {
      pace.count(from, 1);
      sent++;
    }
    return sent;
  }

  private void pass(Duration time) {
    nowNs += time.toNanos();
  }

  private static InetAddress network(int n) {
    return address(10, n >> 8 & 0xff, n & 0xff, 1);
  }

  private static InetAddress address(int a, int b, int c, int d) {
    try {
      return InetAddress.getByAddress(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
