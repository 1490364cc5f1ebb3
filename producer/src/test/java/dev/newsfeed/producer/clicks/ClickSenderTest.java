package dev.newsfeed.producer.clicks;

import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Click;
import dev.newsfeed.producer.TestKafka;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ClickSenderTest {

  private final MockProducer<String, byte[]> kafka = TestKafka.producer(true);

  @Test
  void clickGoesOutUnderItsArticle() {
    Click click = Click.newBuilder().setArticleId("a1").setReceivedAtMs(5).build();

    new ClickSender(kafka, TOPICS).send(click).toCompletableFuture().join();

    assertThat(kafka.history().get(0).key()).isEqualTo("a1");
    assertThat(values(kafka, TOPICS.clicks)).containsExactly(click);
  }

  @Test
  void clickWithoutRoomFailsAtOnce() {
    kafka.sendException = new TimeoutException("buffer full");

    var ack = new ClickSender(kafka, TOPICS)
        .send(Click.newBuilder().setArticleId("a1").setReceivedAtMs(5).build());

    assertThat(ack.toCompletableFuture()).isCompletedExceptionally();
  }
}
