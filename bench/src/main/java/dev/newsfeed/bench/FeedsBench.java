package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.feeds.Feeds;
import dev.newsfeed.streams.feeds.HeadSize;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The feeds job under an import, beside a plain consumer that keeps the same feeds as sorted sets on
 * its heap, and what an event costs in small feeds and in large ones.
 */
@Command(name = "feeds", description = "Feeds job under an import, beside sorted sets on the heap.")
final class FeedsBench implements Callable<Integer> {

  private static final long SEED = 20_260_303;
  private static final Instant BEGUN = Instant.parse("2020-01-01T00:00:00Z");
  private static final Duration AT_MOST = Duration.ofMinutes(15);
  private static final int HEAD = HeadSize.USUAL.entries();

  @Option(names = "--articles", description = "imported at once, default ${DEFAULT-VALUE}")
  private int articles = 100_000;

  @Option(names = "--small", description = "articles in a small feed, default ${DEFAULT-VALUE}")
  private int small = 200;

  @Option(names = "--large", description = "articles in a large feed, default ${DEFAULT-VALUE}")
  private int large = 200_000;

  @Option(names = "--events", description = "in either, default ${DEFAULT-VALUE}")
  private int events = 30_000;

  @Override
  public Integer call() throws Exception {
    Path state = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("bench", "feeds");
      boolean exact = burst(broker, state, result);
      events(broker, state, "warm-up.", small);
      Flat inSmall = events(broker, state, "small.", small);
      Flat inLarge = events(broker, state, "large.", large);
      result.put("events", events);
      result.put("microsPerEventIn" + small, Math.round(inSmall.microsPerEvent()));
      result.put("microsPerEventIn" + large, Math.round(inLarge.microsPerEvent()));
      result.put("flat", rounded(inLarge.microsPerEvent() / inSmall.microsPerEvent()));
      exact &= inSmall.exact() && inLarge.exact();
      result.put("exact", exact);
      System.out.println(new ObjectMapper().writeValueAsString(result));
      return exact ? 0 : 1;
    } finally {
      delete(state);
    }
  }

  /** 8 sections, 200 topics, 500 persons; every article is new and stands on top of its feeds. */
  private boolean burst(BrokerProcess broker, Path state, Map<String, Object> result)
      throws Exception {
    NewsLoad load = new NewsLoad(8, 200, 500, BEGUN, SEED);
    Topics topics = topics(broker, "burst.");
    Consumer<Consumer<PublishedArticle>> archive =
        out -> IntStream.range(0, articles).mapToObj(load::published).forEach(out);
    FeedsOnHeap expected = new FeedsOnHeap();
    archive.accept(expected::take);
    try (HeadsWritten heads = new HeadsWritten(broker.kafka(), topics.feeds);
        Jobs jobs = start(broker, topics, state)) {
      jobs.awaitRunning(Duration.ofMinutes(1));
      long begun = System.nanoTime();
      produce(broker, topics, archive);
      long ended = heads.awaitHeads(expected, HEAD, AT_MOST);
      double seconds = (ended - begun) / 1e9;
      reference(broker, topics); // once to warm up
      double reference = reference(broker, topics);
      HeadsWritten.Counted counted = heads.counted();
      result.put("articles", articles);
      result.put("feeds", expected.size());
      result.put("articlesPerSecond", Math.round(articles / seconds));
      result.put("referencePerSecond", Math.round(reference));
      result.put("ratio", rounded(articles / seconds / reference));
      result.put("heads", counted.heads());
      result.put("headsPerArticle", rounded((double) counted.heads() / articles));
      result.put("headMegabytes", counted.bytes() >> 20);
      result.put("headsPerFeedAndSecondAtMost", counted.atMostPerFeedAndSecond());
      return ended > 0;
    }
  }

  private record Flat(double microsPerEvent, boolean exact) {}

  /**
   * What an event costs where every article stands in one section and one topic: a third of them new
   * on top, a third updates anywhere, a third withdrawals at the end, so that the size stays.
   */
  private Flat events(BrokerProcess broker, Path state, String prefix, int size) throws Exception {
    NewsLoad load = new NewsLoad(1, 1, 1, BEGUN, SEED);
    Topics topics = topics(broker, prefix);
    FeedsOnHeap expected = new FeedsOnHeap();
    try (HeadsWritten heads = new HeadsWritten(broker.kafka(), topics.feeds);
        Jobs jobs = start(broker, topics, state)) {
      jobs.awaitRunning(Duration.ofMinutes(1));
      Consumer<Consumer<PublishedArticle>> archive =
          out -> IntStream.range(0, size).mapToObj(load::published).forEach(out);
      archive.accept(expected::take);
      produce(broker, topics, archive);
      boolean loaded = heads.awaitHeads(expected, HEAD, AT_MOST) > 0;
      Consumer<Consumer<PublishedArticle>> changes = out -> {
        for (int i = 0; i < events / 3; i++) {
          out.accept(load.published(size + i));
          out.accept(load.published(i + 1 + (int) (i * 7_919L % size), 2 + i));
          out.accept(load.withdrawn(i, 2 + events));
        }
      };
      changes.accept(expected::take);
      long begun = System.nanoTime();
      produce(broker, topics, changes);
      long ended = heads.awaitHeads(expected, HEAD, AT_MOST);
      return new Flat((ended - begun) / 1e3 / events, loaded && ended > 0);
    }
  }

  private static Topics topics(BrokerProcess broker, String prefix) {
    Topics topics = new Topics(prefix, SchemaCatalogue.shipped());
    try (TopicAdmin admin = new TopicAdmin(broker.kafka())) {
      admin.apply(topics.all());
    }
    return topics;
  }

  private static Jobs start(BrokerProcess broker, Topics topics, Path state) {
    StreamsSettings settings = StreamsSettings.of(
        broker.kafka(),
        topics,
        state.resolve(topics.prefix() + "streams"),
        new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY));
    List<Job> feeds =
        Jobs.all(settings).stream().filter(Feeds.class::isInstance).toList();
    return Jobs.start(settings, feeds);
  }

  private static void produce(
      BrokerProcess broker, Topics topics, Consumer<Consumer<PublishedArticle>> articles) {
    try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
        broker
            .kafka()
            .with(Map.of(
                "acks", "all", "linger.ms", 20, "batch.size", 131_072, "compression.type", "zstd")),
        new StringSerializer(),
        new ByteArraySerializer())) {
      Topic<PublishedArticle> topic = topics.published;
      articles.accept(published -> {
        byte[] value = topic.valueSerde().write(topic.name(), published);
        var unused =
            producer.send(new ProducerRecord<>(topic.name(), published.getArticleId(), value));
      });
    }
  }

  /** Articles a second of one pass over the topic into sorted sets on the heap. */
  private double reference(BrokerProcess broker, Topics topics) {
    Topic<PublishedArticle> topic = topics.published;
    FeedsOnHeap feeds = new FeedsOnHeap();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
        broker.kafka().with(Map.of("max.poll.records", 2_000, "enable.auto.commit", false)),
        new StringDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(IntStream.range(0, topic.partitions())
          .mapToObj(partition -> new TopicPartition(topic.name(), partition))
          .toList());
      consumer.seekToBeginning(consumer.assignment());
      long start = System.nanoTime();
      int left = articles;
      while (left > 0) {
        for (ConsumerRecord<String, byte[]> consumed : consumer.poll(Duration.ofSeconds(1))) {
          feeds.take(topic.valueSerde().read(topic.name(), consumed.value()));
          left--;
        }
      }
      return articles / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static double rounded(double value) {
    return Math.round(1_000 * value) / 1_000.0;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
