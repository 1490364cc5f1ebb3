package dev.newsfeed.bench;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** {@code published} and {@code feeds} as the jobs leave them after so many articles. */
final class NewsTopics {

  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
  private static final long SEED = 20_261_128;
  private static final int HEAD = 100;
  private static final List<String> SYLLABLES = List.of(
      "ra", "ne", "to", "mi", "sul", "ken", "dor", "ba", "vi", "lus", "te", "gar", "on", "pre",
      "hal", "cu", "fen", "wi", "stra", "el", "mo", "ching", "ter", "ul", "zen", "qua", "jo",
      "ble");

  private final BrokerProcess broker;
  private final int articles;
  private int feeds;

  NewsTopics(BrokerProcess broker, int articles) {
    this.broker = broker;
    this.articles = articles;
  }

  /** How many records stand on the topics. */
  int records() {
    return articles + feeds;
  }

  /** Writes all of them: 8 sections, 200 topics, 500 persons. */
  void write() {
    NewsLoad load = new NewsLoad(8, 200, 500, BEGUN, SEED);
    Topics topics = broker.topics();
    Map<String, Deque<FeedEntry>> heads = new HashMap<>();
    Map<String, Long> totals = new HashMap<>();
    try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
        broker
            .kafka()
            .with(Map.of(
                "acks", "all", "linger.ms", 20, "batch.size", 131_072, "compression.type", "zstd")),
        new StringSerializer(),
        new ByteArraySerializer())) {
      for (int n = 0; n < articles; n++) {
        PublishedArticle published = inProse(load.published(n), n);
        send(producer, topics.published, published.getArticleId(), published);
        FeedEntry entry = FeedEntries.of(published).orElseThrow();
        for (String feedId : FeedEntries.feedsOf(published)) {
          Deque<FeedEntry> head = heads.computeIfAbsent(feedId, id -> new ArrayDeque<>());
          head.addFirst(entry); // each is newer than the one before
          if (head.size() > HEAD) {
            head.removeLast();
          }
          totals.merge(feedId, 1L, Long::sum);
        }
      }
      heads.forEach((feedId, head) -> {
        List<FeedEntry> entries = List.copyOf(head);
        String title = FeedIds.titleOf(feedId, entries.get(0));
        Instant updated = entries.get(0).getFeedTime();
        send(
            producer,
            topics.feeds,
            feedId,
            new Feed(feedId, title, 1L, updated, totals.get(feedId), entries));
      });
      producer.flush();
    }
    feeds = heads.size();
  }

  /** With a text that compresses, and is cut into words, as text does; the load's is one sentence. */
  private static PublishedArticle inProse(PublishedArticle published, int n) {
    Article article = Article.newBuilder(published.getArticle())
        .setLanguage("en")
        .setBodyHtml("<p>" + prose(new Random(SEED + n)) + "</p>")
        .build();
    return PublishedArticle.newBuilder(published).setArticle(article).build();
  }

  /** Two kilobytes of 20,000 words, of which few are common and most are rare. */
  private static String prose(Random random) {
    StringBuilder text = new StringBuilder();
    while (text.length() < 2_000) {
      int word = (int) (20_000 * Math.pow(random.nextDouble(), 4)) + 1;
      for (int rest = word; rest > 0; rest /= SYLLABLES.size()) {
        text.append(SYLLABLES.get(rest % SYLLABLES.size()));
      }
      text.append(random.nextInt(12) == 0 ? ". " : " ");
    }
    return text.toString();
  }

  private static <T extends SpecificRecord> void send(
      KafkaProducer<String, byte[]> producer, Topic<T> topic, String key, T record) {
    byte[] value = topic.valueSerde().write(topic.name(), record);
    var unused = producer.send(new ProducerRecord<>(topic.name(), key, value));
  }

  /** Records a second of a consumer that does nothing but decode them. */
  double consumedPerSecond() {
    Topics topics = broker.topics();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
        broker.kafka().with(Map.of("max.poll.records", 2_000, "enable.auto.commit", false)),
        new StringDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(Stream.of(topics.published, topics.feeds)
          .flatMap(topic -> IntStream.range(0, topic.partitions())
              .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
          .toList());
      consumer.seekToBeginning(consumer.assignment());
      long begun = System.nanoTime();
      int left = records();
      while (left > 0) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          Topic<?> topic =
              record.topic().equals(topics.feeds.name()) ? topics.feeds : topics.published;
          topic.valueSerde().read(topic.name(), record.value());
          left--;
        }
      }
      return records() / ((System.nanoTime() - begun) / 1e9);
    }
  }
}
