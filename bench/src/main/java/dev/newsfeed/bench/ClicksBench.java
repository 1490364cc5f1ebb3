package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.mostread.MostRead;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Clicks per second of the most-read job with everything on, beside a plain consumer that only
 * decodes and counts the same topic. The final lists are compared with a recount in memory.
 */
@Command(name = "clicks", description = "Most-read job beside a plain counting consumer.")
final class ClicksBench implements Callable<Integer> {

  private static final long SEED = 20_260_302;
  private static final Duration AT_MOST = Duration.ofMinutes(10);

  @Option(names = "--clicks", description = "how many, default ${DEFAULT-VALUE}")
  private int clicks = 2_000_000;

  @Option(names = "--articles", description = "over how many, default ${DEFAULT-VALUE}")
  private int articles = 20_000;

  @Option(names = "--visitors", description = "by how many, default ${DEFAULT-VALUE}")
  private int visitors = 200_000;

  @Option(names = "--threads", description = "stream threads, default ${DEFAULT-VALUE}")
  private int threads = 1;

  @Override
  public Integer call() throws Exception {
    Path state = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start()) {
      ClickLoad load = new ClickLoad(
          clicks, articles, visitors, Instant.now(), Duration.ofDays(6).toMillis(), SEED);
      publish(broker);
      produce(broker, load);
      count(broker); // once to warm up
      double reference = count(broker);
      Measured job = run(broker, state, load);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("bench", "clicks");
      result.put("clicks", clicks);
      result.put("articles", articles);
      result.put("threads", threads);
      result.put("clicksPerSecond", Math.round(job.clicksPerSecond()));
      result.put("referencePerSecond", Math.round(reference));
      result.put("ratio", Math.round(1_000 * job.clicksPerSecond() / reference) / 1_000.0);
      result.put("cpuMicrosPerClick", Math.round(100 * job.cpuMicrosPerClick()) / 100.0);
      result.put("changelogBytesPerClick", job.changelogBytes() / clicks);
      result.put("exact", job.exact());
      System.out.println(new ObjectMapper().writeValueAsString(result));
      return job.exact() ? 0 : 1;
    } finally {
      delete(state);
    }
  }

  private record Measured(
      double clicksPerSecond, double cpuMicrosPerClick, long changelogBytes, boolean exact) {}

  private static KafkaProducer<String, byte[]> producer(KafkaSettings kafka) {
    return new KafkaProducer<>(
        kafka.with(Map.of("acks", "all", "linger.ms", 20, "batch.size", 131_072)),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private void publish(BrokerProcess broker) {
    Topics topics = broker.topics();
    Instant at = Instant.now().minus(Duration.ofDays(7));
    try (KafkaProducer<String, byte[]> producer = producer(broker.kafka())) {
      for (int i = 0; i < articles; i++) {
        String section = "section-" + i % 8;
        Article article = Article.newBuilder()
            .setArticleId(ClickLoad.articleId(i))
            .setVersion(1)
            .setHeadline("Headline of article number " + i)
            .setSection(new Label(section, section))
            .build();
        PublishedArticle published = PublishedArticle.newBuilder()
            .setArticleId(article.getArticleId())
            .setVersion(1)
            .setStatus(Status.usable)
            .setChange(Change.published)
            .setChangedAt(at)
            .setFirstPublished(at)
            .setFeedTime(at)
            .setArticle(article)
            .build();
        send(producer, topics.published, article.getArticleId(), published);
      }
    }
  }

  private static void produce(BrokerProcess broker, ClickLoad load) {
    try (KafkaProducer<String, byte[]> producer = producer(broker.kafka())) {
      load.forEach(click -> send(producer, broker.topics().clicks, click.getArticleId(), click));
    }
  }

  private static <V extends SpecificRecord> void send(
      KafkaProducer<String, byte[]> producer, Topic<V> topic, String key, V value) {
    byte[] bytes = topic.valueSerde().write(topic.name(), value);
    var unused = producer.send(new ProducerRecord<>(topic.name(), key, bytes));
  }

  /** The reference: decodes every click and counts it per article, nothing else. Clicks a second. */
  private double count(BrokerProcess broker) {
    Topic<Click> topic = broker.topics().clicks;
    Map<String, long[]> counts = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
        broker.kafka().with(Map.of("max.poll.records", 2_000, "enable.auto.commit", false)),
        new StringDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(partitions(topic));
      consumer.seekToBeginning(consumer.assignment());
      long start = System.nanoTime();
      int left = clicks;
      while (left > 0) {
        for (ConsumerRecord<String, byte[]> consumed : consumer.poll(Duration.ofSeconds(1))) {
          Click click = topic.valueSerde().read(topic.name(), consumed.value());
          counts.computeIfAbsent(click.getArticleId(), id -> new long[1])[0]++;
          left--;
        }
      }
      return clicks / seconds(start);
    }
  }

  private Measured run(BrokerProcess broker, Path state, ClickLoad load)
      throws InterruptedException, ExecutionException {
    StreamsSettings base = StreamsSettings.of(
        broker.kafka(),
        broker.topics(),
        state,
        new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY));
    StreamsSettings settings = new StreamsSettings(
        base.kafka(),
        base.topics(),
        base.stateDir(),
        base.calendar(),
        base.reads(),
        base.lists(),
        base.clock(),
        threads,
        Map.of());
    List<Job> mostRead =
        Jobs.all(settings).stream().filter(MostRead.class::isInstance).toList();
    long cpuBefore = cpuNanos();
    try (Jobs jobs = Jobs.start(settings, mostRead)) {
      jobs.awaitRunning(Duration.ofMinutes(1));
      long start = System.nanoTime();
      String group = Jobs.applicationId(mostRead.get(0), settings.topics());
      awaitAllCommitted(broker, group);
      double seconds = seconds(start);
      double cpuMicros = (cpuNanos() - cpuBefore) / 1e3 / clicks;
      boolean exact = awaitExact(broker, load, base.calendar());
      return new Measured(clicks / seconds, cpuMicros, changelogBytes(broker, group), exact);
    }
  }

  private void awaitAllCommitted(BrokerProcess broker, String group)
      throws InterruptedException, ExecutionException {
    Topic<Click> topic = broker.topics().clicks;
    try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
      long deadline = System.nanoTime() + AT_MOST.toNanos();
      while (System.nanoTime() < deadline) {
        Map<TopicPartition, @Nullable OffsetAndMetadata> committed = admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get();
        long sum = 0;
        for (TopicPartition partition : partitions(topic)) {
          OffsetAndMetadata offset = committed.get(partition);
          sum += offset == null ? 0 : offset.offset();
        }
        if (sum >= clicks) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
      throw new IllegalStateException("the job did not finish within " + AT_MOST);
    }
  }

  /** Lists follow counts within a second or two; waits for the one that equals the recount. */
  private boolean awaitExact(BrokerProcess broker, ClickLoad load, NewsroomCalendar calendar)
      throws InterruptedException {
    Map<String, MostReadList> lists = new ConcurrentHashMap<>();
    try (TopicFollower follower = TopicFollower.of(broker.kafka(), "bench-lists")
        .on(broker.topics().mostRead, (place, list) -> {
          if (list != null) {
            lists.put(place.key(), list);
          }
        })
        .start()) {
      follower.awaitCaughtUp(Duration.ofMinutes(1));
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (System.nanoTime() < deadline) {
        if (lists.containsKey("this-week/all") && equalsRecount(lists, load)) {
          return true;
        }
        TimeUnit.MILLISECONDS.sleep(500);
      }
      System.err.println("lists differ from the recount in " + calendar);
      return false;
    }
  }

  private static boolean equalsRecount(Map<String, MostReadList> lists, ClickLoad load) {
    for (String window : List.of("today", "this-week")) {
      MostReadList list = lists.get(window + "/all");
      if (list == null) {
        return false;
      }
      Map<String, Long> counts = recount(load, list.getWindowStart(), list.getWindowEnd());
      List<String> expected = counts.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
              .thenComparing(Map.Entry.comparingByKey()))
          .limit(20)
          .map(e -> e.getKey() + "=" + e.getValue())
          .toList();
      List<String> actual = list.getEntries().stream()
          .map((MostReadEntry e) -> e.getArticleId() + "=" + e.getReads())
          .toList();
      long total = counts.values().stream().mapToLong(c -> c).sum();
      if (!expected.equals(actual) || total != list.getReads()) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, Long> recount(ClickLoad load, Instant start, Instant end) {
    Map<String, Long> counts = new HashMap<>();
    Set<List<Object>> seen = new HashSet<>();
    load.forEach(click -> {
      long at = click.getReceivedAtMs();
      boolean inWindow = at >= start.toEpochMilli() && at < end.toEpochMilli();
      if (inWindow
          && seen.add(List.of(click.getArticleId(), click.getVisitor(), at / 1_800_000L))) {
        counts.merge(click.getArticleId(), 1L, Long::sum);
      }
    });
    return counts;
  }

  private static long changelogBytes(BrokerProcess broker, String group)
      throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
      long bytes = 0;
      for (var dirs : admin.describeLogDirs(List.of(1)).allDescriptions().get().values()) {
        for (var dir : dirs.values()) {
          for (var replica : dir.replicaInfos().entrySet()) {
            if (replica.getKey().topic().equals(group + "-counts-changelog")) {
              bytes += replica.getValue().size();
            }
          }
        }
      }
      return bytes;
    }
  }

  private static List<TopicPartition> partitions(Topic<?> topic) {
    return Stream.iterate(0, i -> i + 1)
        .limit(topic.partitions())
        .map(i -> new TopicPartition(topic.name(), i))
        .toList();
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static long cpuNanos() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .orElse(Duration.ZERO)
        .toNanos();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
