package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.gateway.Gateway;
import dev.newsfeed.gateway.GatewaySettings;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.StreamsSettings;
import dev.newsfeed.streams.mostread.NewsroomCalendar;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long an article takes from the CMS to each hop, beside the broker's own round trip: one record
 * produced and consumed with nothing in between.
 */
@Command(name = "latency", description = "Publish to each hop, beside the broker's round trip.")
final class LatencyBench implements Callable<Integer> {

  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final String WARM_UP = "bench-warm-up-";

  @Option(names = "--articles", description = "how many, default ${DEFAULT-VALUE}")
  private int articles = 300;

  @Option(
      names = "--warm-up",
      description = "articles before them that are not counted, default ${DEFAULT-VALUE}")
  private int warmUp = 50;

  @Option(names = "--gap-ms", description = "pause between two, default ${DEFAULT-VALUE}")
  private int gapMs = 250;

  @Option(
      names = "--feeds-guarantee",
      description = "of the feeds job: exactly_once_v2 or at_least_once, default ${DEFAULT-VALUE}")
  private String feedsGuarantee = StreamsConfig.EXACTLY_ONCE_V2;

  /** When each article reached a hop, in nanoseconds since its publishing began. */
  private final Map<String, Map<String, Long>> hops = new ConcurrentHashMap<>();

  private final Map<String, Long> begun = new ConcurrentHashMap<>();

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start();
        Jobs exactlyOnce = jobs(broker, directory, false, StreamsConfig.EXACTLY_ONCE_V2);
        Jobs feeds = jobs(broker, directory, true, feedsGuarantee);
        Gateway gateway = Gateway.start(gateway(broker, directory.resolve("gateway")))) {
      exactlyOnce.awaitRunning(READY_WITHIN);
      feeds.awaitRunning(READY_WITHIN);
      gateway.awaitReady(READY_WITHIN);
      double[] roundTrip = roundTrips(broker);
      measure(broker, gateway.port());
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("bench", "latency");
      result.put("articles", articles);
      result.put("feedsGuarantee", feedsGuarantee);
      put(result, "roundTrip", roundTrip);
      for (String hop : List.of("ack", "published", "feed", "sse")) {
        double[] times = times(hop);
        put(result, hop, times);
      }
      result.put(
          "ratio",
          Math.round(10 * percentile(times("sse"), 0.5) / percentile(roundTrip, 0.5)) / 10.0);
      System.out.println(new ObjectMapper().writeValueAsString(result));
      return 0;
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** The feeds job, or all the others. */
  private static Jobs jobs(BrokerProcess broker, Path directory, boolean feeds, String guarantee) {
    StreamsSettings usual = StreamsSettings.of(
        broker.kafka(),
        broker.topics(),
        directory.resolve("streams"),
        new NewsroomCalendar(ZoneOffset.UTC, DayOfWeek.MONDAY));
    StreamsSettings settings =
        usual.with(Map.of(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee));
    return Jobs.start(
        settings,
        Jobs.all(settings).stream()
            .filter(job -> job.name().equals("feeds") == feeds)
            .toList());
  }

  private static GatewaySettings gateway(BrokerProcess broker, Path directory) {
    return new GatewaySettings(
        "127.0.0.1",
        0,
        null,
        broker.kafka(),
        broker.topics(),
        directory,
        "Bench",
        "",
        Clock.systemUTC(),
        ZoneOffset.UTC,
        List.of(),
        null,
        10);
  }

  private void measure(BrokerProcess broker, int port) throws Exception {
    Topics topics = broker.topics();
    CountDownLatch told = new CountDownLatch(warmUp + articles);
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest events = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port + "/events?feeds=all"))
        .build();
    HttpResponse<Stream<String>> stream = http.send(events, BodyHandlers.ofLines());
    Thread listener =
        new Thread(() -> stream.body().forEach(line -> heard(line, told)), "bench-event-listener");
    listener.setDaemon(true);
    listener.start();
    try (TopicFollower follower = TopicFollower.of(broker.kafka(), "bench-hops")
            .on(topics.published, (place, value) -> reached(place.key(), "published"))
            .on(topics.feeds, (place, feed) -> {
              if (feed != null && feed.getFeedId().equals("all")) {
                feed.getEntries().forEach(e -> reached(e.getArticleId(), "feed"));
              }
            })
            .start();
        ArticlePublisher publisher = new ArticlePublisher(broker.kafka(), topics)) {
      follower.awaitCaughtUp(READY_WITHIN);
      for (int i = -warmUp; i < articles; i++) {
        String id = i < 0 ? WARM_UP + -i : "bench-" + i;
        begun.put(id, System.nanoTime());
        publisher.publish(article(id)).thenRun(() -> reached(id, "ack"));
        TimeUnit.MILLISECONDS.sleep(gapMs);
      }
      if (!told.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException(told.getCount() + " articles never reached the stream");
      }
      TimeUnit.SECONDS.sleep(1); // the last heads
    }
  }

  private static Article article(String id) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setHeadline("Headline of " + id)
        .setSection(new Label("world", "World"))
        .setBodyHtml("<p>" + "Some two kilobytes of text. ".repeat(80) + "</p>")
        .build();
  }

  /** Event data lines carry the article's id. */
  private void heard(String line, CountDownLatch told) {
    int at = line.startsWith("data:") ? line.indexOf("\"bench-") : -1;
    if (at >= 0 && reached(line.substring(at + 1, line.indexOf('"', at + 1)), "sse")) {
      told.countDown();
    }
  }

  /** Whether it had not reached this hop before. */
  private boolean reached(String id, String hop) {
    Long start = begun.get(id);
    return start != null
        && hops.computeIfAbsent(hop, h -> new ConcurrentHashMap<>())
                .putIfAbsent(id, System.nanoTime() - start)
            == null;
  }

  private double[] times(String hop) {
    return hops.getOrDefault(hop, Map.of()).entrySet().stream()
        .filter(reached -> !reached.getKey().startsWith(WARM_UP))
        .mapToDouble(reached -> reached.getValue() / 1e6)
        .toArray();
  }

  /** One record out and in again, in milliseconds, on a topic that no job reads. */
  private double[] roundTrips(BrokerProcess broker) throws Exception {
    String topic = broker.topics().rejected.name();
    double[] times = new double[articles];
    try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            broker.kafka().with(Map.of("acks", "all", "linger.ms", 0)),
            new StringSerializer(),
            new ByteArraySerializer());
        KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
            broker.kafka().with(Map.of("enable.auto.commit", false)),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      consumer.seekToEnd(consumer.assignment());
      consumer.position(new TopicPartition(topic, 0));
      byte[] value = new byte[2_500];
      for (int i = 0; i < articles; i++) {
        long start = System.nanoTime();
        var unused = producer.send(new ProducerRecord<>(topic, "k", value));
        while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {
          // not there yet
        }
        times[i] = (System.nanoTime() - start) / 1e6;
        TimeUnit.MILLISECONDS.sleep(Math.min(gapMs, 10));
      }
    }
    return times;
  }

  private static void put(Map<String, Object> result, String name, double[] times) {
    result.put(name + "P50Ms", Math.round(10 * percentile(times, 0.5)) / 10.0);
    result.put(name + "P99Ms", Math.round(10 * percentile(times, 0.99)) / 10.0);
  }

  private static double percentile(double[] times, double share) {
    if (times.length == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
  }
}
