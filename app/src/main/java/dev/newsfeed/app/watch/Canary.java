package dev.newsfeed.app.watch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.FeedIds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * An article that is published again and again, to see how long it takes to everywhere. Readers do not
 * meet it: it is of a kind that stands in no feed but its own ({@link FeedIds#CANARY}).
 *
 * <pre>
 * sent ──▶ accepted ──▶ published ──▶ feed ──▶ subscriber      each timed from "sent", by one clock
 *          the intake   topic         topic    event stream
 * </pre>
 *
 * A version that is overtaken by a later one at some place has arrived there as well. One that is not
 * everywhere within a minute is given up and counted as missing where it is not.
 */
public final class Canary {

  /** Where it is looked for. */
  enum Place {
    accepted,
    published,
    feed,
    subscriber
  }

  static final String ARTICLE_ID = "newsfeed-canary";
  static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(1);

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    GIVEN_UP_AFTER
  };

  private final LongSupplier nanoTime;
  private final Map<Place, Lookout> lookouts = new EnumMap<>(Place.class);

  /** What is known at one place. */
  private static final class Lookout {
    private final Timer times;
    private final Counter missing;
    private final TreeMap<Long, Long> sentByVersion = new TreeMap<>();
    private long lastSeen;

    Lookout(Timer times, Counter missing, long begun) {
      this.times = times;
      this.missing = missing;
      this.lastSeen = begun; // unseen from now on
    }
  }

  /**
   * A canary whose times go to a registry.
   *
   * @param nanoTime the one clock that it is timed by
   */
  Canary(LongSupplier nanoTime, MeterRegistry registry) {
    this.nanoTime = nanoTime;
    for (Place place : Place.values()) {
      Timer times = Timer.builder("newsfeed.canary")
          .description("from sending the canary article until it was seen there")
          .tag("at", place.name())
          .serviceLevelObjectives(BUCKETS)
          .register(registry);
      Counter missing = Counter.builder("newsfeed.canary.missing")
          .description("canary articles that were not seen there within a minute")
          .tag("at", place.name())
          .register(registry);
      lookouts.put(place, new Lookout(times, missing, nanoTime.getAsLong()));
      Gauge.builder("newsfeed.canary.unseen", this, canary -> canary.secondsUnseen(place))
          .description("since the canary article was last seen there")
          .baseUnit("seconds")
          .tag("at", place.name())
          .strongReference(true)
          .register(registry);
    }
  }

  /** The article as a CMS would send it. */
  public static ObjectNode article(long version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", ARTICLE_ID)
        .put("version", version)
        .put("kind", FeedIds.CANARY_KIND)
        .put("headline", "Canary " + version)
        .put("mostReadEligible", false);
  }

  /** It is about to be published in this version. */
  synchronized void sent(long version) {
    long now = nanoTime.getAsLong();
    for (Lookout lookout : lookouts.values()) {
      lookout.sentByVersion.values().removeIf(sent -> {
        boolean givenUp = now - sent > GIVEN_UP_AFTER.toNanos();
        if (givenUp) {
          lookout.missing.increment();
        }
        return givenUp;
      });
      lookout.sentByVersion.put(version, now);
    }
  }

  /** It was seen at a place, in this version or one that came after it. */
  synchronized void seen(Place place, long version) {
    Lookout lookout = at(place);
    Map<Long, Long> arrived = lookout.sentByVersion.headMap(version, true);
    if (arrived.isEmpty()) {
      return; // another one's, or of before
    }
    long now = nanoTime.getAsLong();
    arrived.values().forEach(sent -> lookout.times.record(now - sent, TimeUnit.NANOSECONDS));
    arrived.clear();
    lookout.lastSeen = now;
  }

  /** Seconds since it was last seen there; since the start, where it never was. */
  synchronized double secondsUnseen(Place place) {
    return (nanoTime.getAsLong() - at(place).lastSeen) / 1e9;
  }

  private Lookout at(Place place) {
    return Objects.requireNonNull(lookouts.get(place), "there is one for each place");
  }
}
