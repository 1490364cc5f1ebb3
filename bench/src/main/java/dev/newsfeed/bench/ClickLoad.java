package dev.newsfeed.bench;

import dev.newsfeed.avro.Click;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A reproducible load: which article is clicked follows Zipf's law, who clicks and when is drawn from
 * all visitors and from the days before.
 *
 * @param spreadMs clicks lie between {@code until} and this long before
 */
record ClickLoad(int clicks, int articles, int visitors, Instant until, long spreadMs, long seed) {

  private static final double EXPONENT = 1.0;

  static String articleId(int number) {
    return "article-" + number;
  }

  /** Every click, always the same ones in the same order. */
  void forEach(Consumer<Click> action) {
    double[] cumulated = cumulated();
    Random random = new Random(seed);
    for (int i = 0; i < clicks; i++) {
      int article = articleAt(cumulated, random.nextDouble());
      long receivedAtMs = until.toEpochMilli() - (long) (random.nextDouble() * spreadMs);
      action.accept(Click.newBuilder()
          .setArticleId(articleId(article))
          .setReceivedAtMs(receivedAtMs)
          .setVisitor(mixed(random.nextInt(visitors)))
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

  private static long mixed(int visitor) {
    return (visitor + 1) * 0x9E3779B97F4A7C15L;
  }
}
