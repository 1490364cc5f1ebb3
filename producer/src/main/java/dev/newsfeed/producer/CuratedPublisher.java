package dev.newsfeed.producer;

import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.schemas.CuratedRules;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.Producer;

/**
 * Publishes editors' lists from a Java program, such as the tool in which they order their stories:
 *
 * <pre>{@code
 * try (var lists = new CuratedPublisher(KafkaSettings.of("localhost:9092"), topics)) {
 *   lists.publish(new CuratedFeed(
 *       "curated/top-stories",
 *       "Top stories",
 *       List.of(new CuratedEntry("flood-2026-11", null), new CuratedEntry("rates-2026-11", null)),
 *       "mara",
 *       clock.instant()));
 * }
 * }</pre>
 *
 * A list is always sent whole and replaces the one before it. It may name articles that are not
 * published yet, or not any more: they are shown while they are.
 *
 * <p>Safe for use by several threads. {@link #close} sends what is still on its way.
 */
public final class CuratedPublisher implements AutoCloseable {

  private final Outbox outbox;
  private final Topic<CuratedFeed> curated;

  /** Connects to Kafka; needs no broker to be there yet. */
  public CuratedPublisher(KafkaSettings kafka, Topics topics) {
    this(Outbox.patient(kafka, "newsfeed-curated"), topics);
  }

  CuratedPublisher(Producer<String, byte[]> producer, Topics topics) {
    this(new Outbox(producer), topics);
  }

  /** Shares an outbox with other publishers; closing one closes it for all. */
  public CuratedPublisher(Outbox outbox, Topics topics) {
    this.outbox = outbox;
    this.curated = topics.curated;
  }

  /**
   * Sends a list.
   *
   * @return completes with the broker's ack, or exceptionally when there was none for 120 s
   * @throws InvalidEventException when it breaks a rule; nothing was sent
   */
  public CompletionStage<Ack> publish(CuratedFeed list) {
    return publish(list, "");
  }

  /** The same for somebody else, whose name goes with the record; empty: nobody's. */
  public CompletionStage<Ack> publish(CuratedFeed list, String sender) {
    InvalidEventException.throwIfAny(List.of(), CuratedRules.problems(list));
    return outbox.send(curated, list.getFeedId(), list, Outbox.sentBy(sender));
  }

  /**
   * Takes a list away; its feed is gone then. One that is not there may be taken away, too.
   *
   * @param feedId such as {@code curated/top-stories}
   * @throws InvalidEventException when there can be no such list
   */
  public CompletionStage<Ack> remove(String feedId) {
    return remove(feedId, "");
  }

  public CompletionStage<Ack> remove(String feedId, String sender) {
    if (!FeedIds.isCurated(feedId)) {
      throw new InvalidEventException(List.of(new Problem(
          "invalid-field",
          "feedId",
          "must be curated/ and a slug: lower-case letters, digits and dashes")));
    }
    return outbox.sendNull(curated, feedId, Outbox.sentBy(sender));
  }

  @Override
  public void close() {
    outbox.close();
  }
}
