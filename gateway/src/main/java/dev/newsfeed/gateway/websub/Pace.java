package dev.newsfeed.gateway.websub;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each host may be asked whether it wants a subscription. Who asks is a stranger, and the
 * host may be another's: without a limit we would knock there as often as the stranger likes.
 *
 * <p>A bucket a host that fills steadily up to a minute's worth; the hosts longest unasked for are
 * forgotten, which can only make their buckets full.
 */
final class Pace {

  private static final int MAX_HOSTS = 10_000;

  private record Bucket(double tokens, Instant at) {}

  private final double perSecond;
  private final double most;
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
      return size() > MAX_HOSTS;
    }
  };

  Pace(int perMinute) {
    this.perSecond = perMinute / 60.0;
    this.most = perMinute;
  }

  /** Takes one; returns 0, or after how many seconds there is one. */
  synchronized int take(String host, Instant now) {
    Bucket before = buckets.getOrDefault(host, new Bucket(most, now));
    double elapsedS = Math.max(0, Duration.between(before.at(), now).toMillis() / 1_000.0);
    double tokens = Math.min(most, before.tokens() + elapsedS * perSecond);
    if (tokens < 1) {
      buckets.put(host, new Bucket(tokens, now));
      return (int) Math.ceil((1 - tokens) / perSecond);
    }
    buckets.put(host, new Bucket(tokens - 1, now));
    return 0;
  }
}
