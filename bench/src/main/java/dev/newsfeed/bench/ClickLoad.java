package dev.newsfeed.bench;

import dev.newsfeed.avro.Click;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A reproducible load: which article is clicked follows Zipf's law, who clicks is drawn from all
 * visitors, four of them in each network. Each click has an event id. They come in the order of time,
 * apart from some that come late.
 *
 * @param spreadMs clicks lie between {@code until} and this long before
 * @param latePercent how many come up to two hours late
 */
record ClickLoad(
    int clicks,
    int articles,
    int visitors,
    Instant until,
    long spreadMs,
    int latePercent,
    long seed) {

  /** One click in ten comes late. */
  static final int USUALLY_LATE_PERCENT = 10;

  private static final double EXPONENT = 1.0;
  private static final long LATE_AT_MOST_MS = 7_200_000;
  private static final int VISITORS_A_NETWORK = 4;

  static String articleId(int number) {
    return "article-" + number;
  }

  /** Every click, always the same ones in the same order. */
  void forEach(Consumer<Click> action) {
    double[] cumulated = cumulated();
    Random random = new Random(seed);
    for (int i = 0; i < clicks; i++) {
      int article = articleAt(cumulated, random.nextDouble());
      int visitor = random.nextInt(visitors);
      long beforeMs = spreadMs - spreadMs * i / clicks;
      boolean late = random.nextInt(100) < latePercent;
      if (late) {
        beforeMs = Math.min(spreadMs, beforeMs + (long) (random.nextDouble() * LATE_AT_MOST_MS));
      }
      action.accept(Click.newBuilder()
          .setArticleId(articleId(article))
          .setReceivedAtMs(until.toEpochMilli() - beforeMs)
          .setEventId(Long.toHexString(mixed(i)))
          .setVisitor(mixed(visitor))
          .setNetwork(mixed(visitor / VISITORS_A_NETWORK))
          .build());
    }
  }

  private double[] cumulated() {
    double[] cumulated = new double[articles];
    double sum = 0;
    for (int i = 0; i < articles; i++) {
      sum += 1 / Math.pow(i + 1, EXPONENT);
      cumulated[i] = sum;
    }
    for (int i = 0; i < articles; i++) {
      cumulated[i] /= sum;
    }
    return cumulated;
  }

  private static int articleAt(double[] cumulated, double draw) {
    int at = Arrays.binarySearch(cumulated, draw);
    return Math.min(at >= 0 ? at : -at - 1, cumulated.length - 1);
  }

  private static long mixed(int number) {
    return (number + 1) * 0x9E3779B97F4A7C15L;
  }
}
