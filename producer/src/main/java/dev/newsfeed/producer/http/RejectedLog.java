package dev.newsfeed.producer.http;

import dev.newsfeed.avro.RefusedClick;
import dev.newsfeed.avro.RefusedRequest;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.Topic;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what the intake refuses. */
public final class RejectedLog {

  private static final Logger LOG = LoggerFactory.getLogger(RejectedLog.class);
  private static final String STAGE = "intake";

  private final Outbox outbox;
  private final Topic<Rejected> topic;
  private final Clock clock;
  private final SeldomLine notKept = new SeldomLine();

  public RejectedLog(Outbox outbox, Topic<Rejected> topic, Clock clock) {
    this.outbox = outbox;
    this.topic = topic;
    this.clock = clock;
  }

  /**
   * Hands a refused thing to Kafka. That it could not be kept is logged, not told to its sender, who
   * is told that it was refused.
   *
   * @param key the article's id; null: not known
   * @param call the request that brought it
   * @param bytes as they came
   * @param click what is known of a click beside them; null: it is none
   * @return completes with whether it is kept, never with a failure
   */
  public CompletionStage<Boolean> keep(
      Problem problem,
      @Nullable String key,
      Call call,
      byte[] bytes,
      @Nullable RefusedClick click) {
    Rejected refused = Rejected.newBuilder(
            Refusals.rejected(problem, STAGE, clock.instant(), null, bytes))
        .setCut(call.body().cut())
        .setRequest(new RefusedRequest(
            call.method(), call.path(), call.header(HttpHeader.CONTENT_TYPE.asString())))
        .setClick(click)
        .build();
    return outbox
        .send(topic, Refusals.key(key), refused, Outbox.sentBy(call.sender()))
        .handle((ack, failure) -> {
          long count = failure == null ? 0 : notKept.count(clock.millis());
          if (count > 0) {
            LOG.warn(
                "could not keep what was refused sinceStart={} reason={} bytes={} cause={}",
                count,
                problem.reason(),
                bytes.length,
                String.valueOf(failure));
          }
          return failure == null;
        });
  }
}
