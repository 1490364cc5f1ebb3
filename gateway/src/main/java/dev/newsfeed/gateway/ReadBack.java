package dev.newsfeed.gateway;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.news.Past;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the end of {@code published} once more when a gateway has caught up, so that its restart is
 * not a {@code reset} for everybody who was connected.
 *
 * @param topic read up to where the event log stands, from as far before that as it can keep
 */
record ReadBack(KafkaSettings kafka, Topic<PublishedArticle> topic, News news) {

  private static final Logger LOG = LoggerFactory.getLogger(ReadBack.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration AT_MOST = Duration.ofSeconds(10);

  /** Lets the events begin: without a past where Kafka does not give it in time. */
  void run() {
    Past past = news.past();
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      past.begin(read(consumer, past));
    } catch (KafkaException e) {
      LOG.warn("event streams begin without what was before cause={}", e.getMessage());
      news.past().begin(Map.of());
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG,
            "gateway-read-back",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest")),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private Map<Integer, Long> read(KafkaConsumer<String, byte[]> consumer, Past past) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    news.events()
        .next()
        .forEach((partition, next) -> ends.put(new TopicPartition(topic.name(), partition), next));
    long depth = EventLog.MAX_EVENTS / Math.max(1, ends.size());
    consumer.assign(ends.keySet());
    Map<Integer, Long> from = new HashMap<>();
    consumer.beginningOffsets(ends.keySet(), AT_MOST).forEach((partition, beginning) -> {
      long first = Math.max(beginning, ends.getOrDefault(partition, 0L) - depth);
      consumer.seek(partition, first);
      from.put(partition.partition(), first);
    });
    long deadlineNs = System.nanoTime() + AT_MOST.toNanos();
    while (!isAt(consumer, ends)) {
      if (System.nanoTime() > deadlineNs) {
        throw new TimeoutException("not read within " + AT_MOST.toSeconds() + " s");
      }
      for (ConsumerRecord<String, byte[]> consumed : consumer.poll(POLL)) {
        long end = ends.getOrDefault(new TopicPartition(topic.name(), consumed.partition()), 0L);
        if (consumed.offset() < end) {
          take(consumed, past);
        }
      }
    }
    return from;
  }

  /** Whether all there is before the ends was read. */
  private static boolean isAt(
      KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), AT_MOST) >= end.getValue());
  }

  private void take(ConsumerRecord<String, byte[]> consumed, Past past) {
    PublishedArticle value = null;
    if (consumed.value() != null) {
      try {
        value = topic.valueSerde().read(topic.name(), consumed.value());
      } catch (SerializationException e) {
        return; // the follower has told of it
      }
    }
    past.take(consumed.partition(), consumed.offset(), consumed.key(), value);
  }
}
