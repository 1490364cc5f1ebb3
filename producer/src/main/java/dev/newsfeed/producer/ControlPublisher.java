package dev.newsfeed.producer;

import dev.newsfeed.avro.Control;
import dev.newsfeed.schemas.ControlRules;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.Producer;

/**
 * Publishes editors' decisions about most-read from a Java program:
 *
 * <pre>{@code
 * try (var controls = new ControlPublisher(KafkaSettings.of("localhost:9092"), topics)) {
 *   controls.publish(Control.newBuilder()
 *       .setKey("flood-2026-11")
 *       .setPinnedRank(1)
 *       .setBy("mara")
 *       .setAt(clock.instant())
 *       .build());
 * }
 * }</pre>
 *
 * A decision is always sent whole and replaces the one before it; one that says nothing takes it back.
 * Each can be read for 400 days, with who, when and why.
 *
 * <p>Safe for use by several threads. {@link #close} sends what is still on its way.
 */
public final class ControlPublisher implements AutoCloseable {

  private final Outbox outbox;
  private final Topic<Control> controls;

  /** Connects to Kafka; needs no broker to be there yet. */
  public ControlPublisher(KafkaSettings kafka, Topics topics) {
    this(Outbox.patient(kafka, "newsfeed-controls"), topics);
  }

  ControlPublisher(Producer<String, byte[]> producer, Topics topics) {
    this(new Outbox(producer), topics);
  }

  /** Shares an outbox with other publishers; closing one closes it for all. */
  public ControlPublisher(Outbox outbox, Topics topics) {
    this.outbox = outbox;
    this.controls = topics.controls;
  }

  /**
   * Sends a decision.
   *
   * @return completes with the broker's ack, or exceptionally when there was none for 120 s
   * @throws InvalidEventException when it breaks a rule; nothing was sent
   */
  public CompletionStage<Ack> publish(Control control) {
    return publish(control, "");
  }

  /** The same for somebody else, whose name goes with the record; empty: nobody's. */
  public CompletionStage<Ack> publish(Control control, String sender) {
    InvalidEventException.throwIfAny(List.of(), ControlRules.problems(control));
    return outbox.send(controls, control.getKey(), control, Outbox.sentBy(sender));
  }

  @Override
  public void close() {
    outbox.close();
  }
}
