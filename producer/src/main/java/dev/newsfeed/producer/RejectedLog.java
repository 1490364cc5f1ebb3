package dev.newsfeed.producer;

import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.Topic;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what the intake refuses. */
final class RejectedLog {

  private static final Logger LOG = LoggerFactory.getLogger(RejectedLog.class);
  private static final String STAGE = "intake";

  private final Outbox outbox;
  private final Topic<Rejected> topic;
  private final Clock clock;

  RejectedLog(Outbox outbox, Topic<Rejected> topic, Clock clock) {
    this.outbox = outbox;
    this.topic = topic;
    this.clock = clock;
  }

  /**
   * Hands a refused thing to Kafka. That it could not be kept is logged, not told to its sender, who
   * is told that it was refused.
   *
   * @param key the article's id; null: not known
   * @param bytes as they came
   */
  void keep(Problem problem, @Nullable String key, byte[] bytes) {
    keep(problem, key, bytes, "");
  }

  /**
   * The same for something that came with a key.
   *
   * @param sender whose key it was; empty: nobody's
   */
  void keep(Problem problem, @Nullable String key, byte[] bytes, String sender) {
    outbox
        .send(
            topic,
            key,
            Refusals.rejected(problem, STAGE, clock.instant(), null, bytes),
            Outbox.sentBy(sender))
        .whenComplete((ack, failure) -> {
          if (failure != null) {
            LOG.warn(
                "could not keep what was refused reason={} bytes={} cause={}",
                problem.reason(),
                bytes.length,
                failure.toString());
          }
        });
  }
}
