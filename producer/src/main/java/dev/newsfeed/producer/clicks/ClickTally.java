package dev.newsfeed.producer.clicks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.formats.Json;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the clicks since the start, as {@code /health/ready} tells it.
 *
 * <pre>
 * taken = stored + lost + those that wait: what a crash loses
 * </pre>
 */
final class ClickTally {

  /** Clicks answered with 204 that there was room for. */
  final LongAdder taken = new LongAdder();

  /** Clicks of these that the brokers have. */
  final LongAdder stored = new LongAdder();

  /** Clicks of these that Kafka has refused, or not taken in time. */
  final LongAdder lost = new LongAdder();

  /** Clicks answered with 204 although too many waited. */
  final LongAdder noRoom = new LongAdder();

  /** Clicks on addresses of no article. */
  final LongAdder unknownUrl = new LongAdder();

  /** Requests that could not be understood. */
  final LongAdder refused = new LongAdder();

  /** Requests turned away because their network sends too many. */
  final LongAdder tooMany = new LongAdder();

  /** Pixels of readers who do not want to be counted. */
  final LongAdder optedOut = new LongAdder();

  /**
   * The counters.
   *
   * @param waiting records that were handed to Kafka and not confirmed yet
   */
  ObjectNode json(long waiting) {
    return Json.object()
        .put("waiting", waiting)
        .put("taken", taken.sum())
        .put("stored", stored.sum())
        .put("lost", lost.sum())
        .put("noRoom", noRoom.sum())
        .put("unknownUrl", unknownUrl.sum())
        .put("refused", refused.sum())
        .put("tooMany", tooMany.sum())
        .put("optedOut", optedOut.sum());
  }
}
