package dev.newsfeed.producer;

import static dev.newsfeed.producer.TestKafka.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Click;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private static final int ROOM_BYTES = 30_000;

  @Test
  void producerThatWaitsForKafkaHoldsNobodyUp() {
    CountDownLatch kafka = new CountDownLatch(1);
    Outbox outbox = Outbox.queued(new StuckProducer(kafka), ROOM_BYTES);

    List<CompletionStage<Ack>> acks =
        IntStream.range(0, 1_000).mapToObj(n -> send(outbox, n)).toList();

    long taken = acks.stream().filter(a -> !failed(a)).count();
    assertThat(taken).isBetween(50L, 150L);
    assertThat(outbox.waiting()).isEqualTo(taken);
    assertThat(acks.subList((int) taken, 1_000)).allMatch(OutboxTest::failed); // the first stay
    kafka.countDown();
    await().until(() -> outbox.waiting() == 0);
    assertThat(send(outbox, 1).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
    outbox.close();
  }

  @Test
  void closingSendsWhatWaits() {
    MockProducer<String, byte[]> producer = TestKafka.producer(true);
    Outbox outbox = Outbox.queued(producer, ROOM_BYTES);
    IntStream.range(0, 40).forEach(n -> send(outbox, n));

    outbox.close();

    assertThat(producer.history())
        .extracting(ProducerRecord::key)
        .hasSize(40)
        .startsWith("a0", "a1");
    assertThat(outbox.waiting()).isZero();
    assertThat(failed(send(outbox, 1))).isTrue();
    assertThat(outbox.waiting()).isZero();
  }

  @Test
  void whatTheProducerRefusesMakesRoomAgain() {
    MockProducer<String, byte[]> producer = TestKafka.producer(true);
    producer.sendException = new IllegalStateException("no");
    Outbox outbox = Outbox.queued(producer, ROOM_BYTES);

    for (int n = 0; n < 1_000; n++) {
      assertThat(send(outbox, n).toCompletableFuture()).failsWithin(Duration.ofSeconds(5));
    }

    assertThat(outbox.waiting()).isZero();
    outbox.close();
  }

  private static boolean failed(CompletionStage<Ack> ack) {
    return ack.toCompletableFuture().isCompletedExceptionally();
  }

  private static CompletionStage<Ack> send(Outbox outbox, int n) {
    Click click = Click.newBuilder().setArticleId("a" + n).setReceivedAtMs(n).build();
    return outbox.send(TOPICS.clicks, click.getArticleId(), click, Map.of());
  }

  /** Waits in {@code send} as Kafka's does when its buffer is full or it knows no topic. */
  private static final class StuckProducer extends MockProducer<String, byte[]> {

    private final CountDownLatch kafka;

    StuckProducer(CountDownLatch kafka) {
      super(Cluster.empty(), true, null, new StringSerializer(), new ByteArraySerializer());
      this.kafka = kafka;
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
      try {
        kafka.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.send(record, callback);
    }
  }
}
