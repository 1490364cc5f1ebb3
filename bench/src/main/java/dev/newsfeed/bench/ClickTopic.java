package dev.newsfeed.bench;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The topic {@code clicks} filled with a load, and the articles that the load is about. */
final class ClickTopic {

  private static final Duration AT_MOST = Duration.ofMinutes(10);
  private static final Duration AGE = Duration.ofDays(9);
  private static final int SECTIONS = 8;

  private final BrokerProcess broker;
  private final ClickLoad load;
  private final Topic<Click> topic;
  private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();

  private ClickTopic(BrokerProcess broker, ClickLoad load) {
    this.broker = broker;
    this.load = load;
    this.topic = broker.topics().clicks;
  }

  /** Publishes the articles and sends every click. */
  static ClickTopic filled(BrokerProcess broker, ClickLoad load) {
    ClickTopic filled = published(broker, load);
    filled.send(0, load.clicks());
    return filled;
  }

  /** Publishes the articles; sends no click yet. */
  static ClickTopic published(BrokerProcess broker, ClickLoad load) {
    ClickTopic published = new ClickTopic(broker, load);
    try (KafkaProducer<String, byte[]> producer = published.producer()) {
      for (int i = 0; i < load.articles(); i++) {
        PublishedArticle article = article(i, load.until().minus(AGE));
        published.send(producer, broker.topics().published, article.getArticleId(), article);
      }
    }
    published.requireSent();
    return published;
  }

  /** Sends the clicks from one number to another. */
  void send(int from, int to) {
    AtomicInteger number = new AtomicInteger();
    try (KafkaProducer<String, byte[]> producer = producer()) {
      load.forEach(click -> {
        int n = number.getAndIncrement();
        if (n >= from && n < to) {
          send(producer, topic, click.getArticleId(), click);
        }
      });
    }
    requireSent();
  }

  private static PublishedArticle article(int number, Instant at) {
    String section = "section-" + number % SECTIONS;
    Article article = Article.newBuilder()
        .setArticleId(ClickLoad.articleId(number))
        .setVersion(1)
        .setHeadline("Headline of article number " + number)
        .setSection(new Label(section, section))
        .build();
    return PublishedArticle.newBuilder()
        .setArticleId(article.getArticleId())
        .setVersion(1)
        .setStatus(Status.usable)
        .setChange(Change.published)
        .setChangedAt(at)
        .setFirstPublished(at)
        .setFeedTime(at)
        .setArticle(article)
        .build();
  }

  /** Batches stay below what the topic takes: one that is refused as too large is split in vain. */
  private KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        broker.kafka().with(Map.of("acks", "all", "linger.ms", 20, "batch.size", 32_768)),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private <V extends SpecificRecord> void send(
      KafkaProducer<String, byte[]> producer, Topic<V> to, String key, V value) {
    byte[] bytes = to.valueSerde().write(to.name(), value);
    var unused = producer.send(new ProducerRecord<>(to.name(), key, bytes), (place, failure) -> {
      if (failure != null) {
        failed.compareAndSet(null, failure);
      }
    });
  }

  /** A click that never arrived would make the job look wrong. */
  private void requireSent() {
    Exception failure = failed.get();
    if (failure != null) {
      throw new IllegalStateException("not everything could be sent", failure);
    }
  }

  /** The reference: decodes every click and counts it per article, nothing else. Clicks a second. */
  double countedPerSecond() {
    Map<String, long[]> counts = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
        broker.kafka().with(Map.of("max.poll.records", 2_000, "enable.auto.commit", false)),
        new StringDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(partitions());
      consumer.seekToBeginning(consumer.assignment());
      long start = System.nanoTime();
      int left = load.clicks();
      while (left > 0) {
        for (ConsumerRecord<String, byte[]> consumed : consumer.poll(Duration.ofSeconds(1))) {
          Click click = topic.valueSerde().read(topic.name(), consumed.value());
          counts.computeIfAbsent(click.getArticleId(), id -> new long[1])[0]++;
          left--;
        }
      }
      return load.clicks() / ((System.nanoTime() - start) / 1e9);
    }
  }

  /** Waits until a job has committed so many; how many it then has. */
  long awaitCommitted(String group, int clicks) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
      long deadline = System.nanoTime() + AT_MOST.toNanos();
      while (System.nanoTime() < deadline) {
        Map<TopicPartition, @Nullable OffsetAndMetadata> committed = admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get();
        long sum = 0;
        for (TopicPartition partition : partitions()) {
          OffsetAndMetadata offset = committed.get(partition);
          sum += offset == null ? 0 : offset.offset();
        }
        if (sum >= clicks) {
          return sum;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      throw new IllegalStateException("the job did not finish within " + AT_MOST);
    }
  }

  private List<TopicPartition> partitions() {
    return IntStream.range(0, topic.partitions())
        .mapToObj(i -> new TopicPartition(topic.name(), i))
        .toList();
  }
}
