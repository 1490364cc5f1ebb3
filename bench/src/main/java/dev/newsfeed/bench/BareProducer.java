package dev.newsfeed.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's producer by itself, set as the intake sets its own, with records that an intake wrote. */
final class BareProducer {

  private final BrokerProcess broker;
  private final Topic<?> topic;
  private final byte[] value;

  private BareProducer(BrokerProcess broker, Topic<?> topic, byte[] value) {
    this.broker = broker;
    this.topic = topic;
    this.value = value;
  }

  /** One that sends the first record that stands on a topic, over and over, under other keys. */
  static BareProducer repeating(BrokerProcess broker, Topic<?> topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        broker.kafka().with(Map.of("auto.offset.reset", "earliest", "enable.auto.commit", false)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(IntStream.range(0, topic.partitions())
          .mapToObj(partition -> new TopicPartition(topic.name(), partition))
          .toList());
      while (true) {
        for (ConsumerRecord<byte[], byte[]> written : consumer.poll(Duration.ofSeconds(1))) {
          return new BareProducer(broker, topic, written.value());
        }
      }
    }
  }

  int valueBytes() {
    return value.length;
  }

  /** Sends for so long, or so many, and waits for all acks; returns how many a second. */
  double recordsPerSecond(Duration time, long atMost) {
    AtomicReference<Exception> failed = new AtomicReference<>();
    List<byte[]> keys = IntStream.range(0, 1_000)
        .mapToObj(i -> String.format(Locale.ROOT, "bench-%08d", i).getBytes(UTF_8))
        .toList();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
        broker
            .kafka()
            .with(Map.of(
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                32L << 20,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                2 << 20,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "none")),
        new ByteArraySerializer(),
        new ByteArraySerializer())) {
      producer.partitionsFor(topic.name());
      long begun = System.nanoTime();
      long sent = 0;
      while (sent < atMost && System.nanoTime() - begun < time.toNanos()) {
        var unused = producer.send(
            new ProducerRecord<>(topic.name(), keys.get((int) (sent % keys.size())), value),
            (stored, failure) -> {
              if (failure != null) {
                failed.set(failure);
              }
            });
        sent++;
      }
      producer.flush();
      if (failed.get() != null) {
        throw new IllegalStateException(failed.get());
      }
      return sent * 1e9 / (System.nanoTime() - begun);
    }
  }
}
