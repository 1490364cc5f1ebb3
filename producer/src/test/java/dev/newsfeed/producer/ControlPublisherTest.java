package dev.newsfeed.producer;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.newsfeed.avro.Control;
import dev.newsfeed.schemas.Problem;
import org.apache.kafka.clients.producer.MockProducer;
import org.junit.jupiter.api.Test;

class ControlPublisherTest {

  private final MockProducer<String, byte[]> kafka = TestKafka.producer(true);
  private final ControlPublisher publisher = new ControlPublisher(kafka, TOPICS);

  @Test
  void decisionGoesOutUnderItsKey() {
    Control pin = control("bridge").setPinnedRank(1).build();

    Ack ack = publisher.publish(pin).toCompletableFuture().join();

    assertThat(ack).isEqualTo(new Ack("newsfeed.controls", 0, 0));
    assertThat(kafka.history().get(0).key()).isEqualTo("bridge");
    assertThat(values(kafka, TOPICS.controls)).containsExactly(pin);
  }

  @Test
  void invalidDecisionIsNotSentAndEverythingWrongIsNamed() {
    Control wrong = control("section/world").setPinnedRank(1).setBy("").build();

    var refused = catchThrowableOfType(InvalidEventException.class, () -> publisher.publish(wrong));

    assertThat(refused.problems()).extracting(Problem::field).containsExactly("pinnedRank", "by");
    assertThat(kafka.history()).isEmpty();
  }

  private static Control.Builder control(String key) {
    return Control.newBuilder().setKey(key).setBy("mara").setAt(NOW);
  }
}
