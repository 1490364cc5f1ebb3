package dev.newsfeed.producer.clicks;

import dev.newsfeed.avro.Click;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.Producer;

/**
 * Sends clicks. Up to 16 MiB of them, some 50,000, wait for the broker, at most an hour; when there are
 * more, they fail at once instead of holding up their sender.
 *
 * <pre>{@code
 * try (var clicks = new ClickSender(KafkaSettings.of("localhost:9092"), topics)) {
 *   clicks.send(Click.newBuilder()
 *       .setArticleId("flood-2026-11")
 *       .setReceivedAtMs(clock.millis())
 *       .setVisitor(visitorKey)
 *       .build());
 * }
 * }</pre>
 *
 * Safe for use by several threads. {@link #close} sends what is still on its way.
 */
public final class ClickSender implements AutoCloseable {

  private final Outbox outbox;
  private final Topic<Click> clicks;

  /** Connects to Kafka; needs no broker to be there yet. */
  public ClickSender(KafkaSettings kafka, Topics topics) {
    this(Outbox.hurried(kafka, "newsfeed-clicks"), topics);
  }

  /** One for clicks that are at hand and need not hurry: waits up to 10 s for room. */
  public static ClickSender patient(KafkaSettings kafka, Topics topics) {
    return new ClickSender(Outbox.patient(kafka, "newsfeed-clicks-import"), topics);
  }

  ClickSender(Producer<String, byte[]> producer, Topics topics) {
    this(new Outbox(producer), topics);
  }

  ClickSender(Outbox outbox, Topics topics) {
    this.outbox = outbox;
    this.clicks = topics.clicks;
  }

  /**
   * Sends one click.
   *
   * @return completes with the broker's ack; already failed when there was no room for it
   */
  public CompletionStage<Ack> send(Click click) {
    return outbox.send(clicks, click.getArticleId(), click, Map.of());
  }

  /** Clicks that were taken and are not on a broker yet: what a crash loses. */
  long waiting() {
    return outbox.waiting();
  }

  @Override
  public void close() {
    outbox.close();
  }
}
