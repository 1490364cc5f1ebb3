package dev.newsfeed.gateway.websub;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.atomic.LongAdder;

/** What became of requests and deliveries since the start, for health and whoever watches it. */
final class Tally {

  final LongAdder verified = new LongAdder();
  final LongAdder unverified = new LongAdder();
  final LongAdder denied = new LongAdder();
  final LongAdder delivered = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder gone = new LongAdder();
  final LongAdder givenUp = new LongAdder();
  final LongAdder expired = new LongAdder();
  private volatile int subscriptions;
  private volatile int behind;
  private volatile boolean serving;

  void serves(int allSubscriptions, int behindNow, boolean servingNow) {
    subscriptions = allSubscriptions;
    behind = behindNow;
    serving = servingNow;
  }

  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("serving", serving)
        .put("subscriptions", subscriptions)
        .put("behind", behind)
        .put("verified", verified.sum())
        .put("unverified", unverified.sum())
        .put("denied", denied.sum())
        .put("delivered", delivered.sum())
        .put("failed", failed.sum())
        .put("gone", gone.sum())
        .put("givenUp", givenUp.sum())
        .put("expired", expired.sum());
  }
}
