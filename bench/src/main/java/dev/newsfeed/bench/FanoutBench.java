package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long events of 1 KB take to everyone who listens, beside nginx with nchan.
 *
 * <pre>
 * a line on its input   ──▶ event streams alone ──▶ readers      each server in a process of its own,
 * a POST                ──▶ nginx nchan         ──▶ readers      the readers are the same
 * a record              ──▶ Kafka ──▶ gateway   ──▶ readers
 * </pre>
 *
 * A time begins when the event is handed over and ends when a reader has it.
 */
@Command(name = "fanout", description = "Events to many subscribers beside nginx with nchan.")
final class FanoutBench implements Callable<Integer> {

  private static final Duration READY_WITHIN = Duration.ofMinutes(1);
  private static final int EVENT_BYTES = 1_024;
  private static final int EVENT_REST = 380; // what an event has beside its lead, about

  @Option(
      names = "--subscribers",
      split = ",",
      description = "how many, one after the other, default ${DEFAULT-VALUE}")
  private List<Integer> subscribers = List.of(1_000, 5_000, 10_000);

  @Option(names = "--seconds", description = "of each measurement, default ${DEFAULT-VALUE}")
  private int seconds = 10;

  @Option(
      names = "--warm-up-seconds",
      description = "before each, with all subscribers, default ${DEFAULT-VALUE}")
  private int warmUpSeconds = 5;

  @Option(names = "--per-second", description = "events, default ${DEFAULT-VALUE}")
  private int perSecond = 10;

  @Option(
      names = "--servers",
      split = ",",
      description = "of streams, nchan and gateway (with Kafka), default ${DEFAULT-VALUE}")
  private List<String> servers = List.of("streams", "nchan", "gateway");

  @Option(names = "--nginx", description = "default ${DEFAULT-VALUE}")
  private String nginx = "/usr/sbin/nginx";

  @Option(names = "--nchan", description = "its module, default ${DEFAULT-VALUE}")
  private String nchan = "/usr/lib/nginx/modules/ngx_nchan_module.so";

  @Option(names = "--nginx-workers", description = "default ${DEFAULT-VALUE}")
  private int nginxWorkers = 1;

  @Option(names = "--streams-java-options", description = "more of them, such as a profiler's")
  private String streamsJavaOptions = "";

  /** Where there are streams, and who serves them. */
  private record Served(int port, String path, List<ProcessHandle> processes) {}

  /** Hands an event over. */
  private interface Publisher {
    void publish(int event) throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    for (int count : subscribers) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("bench", "fanout");
      result.put("subscribers", count);
      result.put("perSecond", perSecond);
      if (servers.contains("streams")) {
        streams(result, count);
      }
      if (servers.contains("nchan")) {
        nchan(result, count);
      }
      if (servers.contains("gateway")) {
        gateway(result, count);
      }
      if (servers.contains("streams") && servers.contains("nchan")) {
        result.put("ratioP99ToLast", ratio(result, "P99ToLastMs"));
        result.put("ratioP99", ratio(result, "P99Ms"));
      }
      System.out.println(new ObjectMapper().writeValueAsString(result));
    }
    return 0;
  }

  private void streams(Map<String, Object> result, int count) throws Exception {
    try (ServerProcess server = ServerProcess.eventStreams(streamsJavaOptions)) {
      Callable<Long> heap = () -> {
        server.tell("heap?");
        return Long.parseLong(server.answer());
      };
      long before = heap.call();
      Publisher publisher = event -> server.tell(String.valueOf(event));
      Callable<?> after =
          () -> result.put("streamsHeapBytesASubscriber", (heap.call() - before) / count);
      measure(
          result,
          "streams",
          count,
          new Served(server.port(), "/events", handles(server)),
          publisher,
          after);
    }
  }

  private void nchan(Map<String, Object> result, int count) throws Exception {
    try (NginxNchan server = NginxNchan.start(nginx, nchan, nginxWorkers)) {
      Publisher publisher = event -> server.publish(message(event));
      measure(
          result,
          "nchan",
          count,
          new Served(server.port(), "/events", server.processes()),
          publisher,
          () -> null);
    }
  }

  private void gateway(Map<String, Object> result, int count) throws Exception {
    Path data = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start();
        ServerProcess server = ServerProcess.gateway(broker, data);
        KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            broker.kafka().with(Map.of(ProducerConfig.LINGER_MS_CONFIG, "0")),
            new StringSerializer(),
            new ByteArraySerializer())) {
      awaitReady(server);
      var topic = broker.topics().published;
      Publisher publisher = event -> {
        PublishedArticle article = article(event);
        byte[] value = topic.valueSerde().write(topic.name(), article);
        var unused =
            producer.send(new ProducerRecord<>(topic.name(), article.getArticleId(), value));
      };
      String path = "/events?feeds=section/world&windows=now";
      measure(
          result,
          "gateway",
          count,
          new Served(server.port(), path, handles(server)),
          publisher,
          () -> null);
    } finally {
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static List<ProcessHandle> handles(ServerProcess server) {
    return List.of(server.handle());
  }

  private static void awaitReady(ServerProcess server) throws Exception {
    URI ready = URI.create("http://127.0.0.1:" + server.port() + "/health/ready");
    HttpClient http = HttpClient.newHttpClient();
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
            .statusCode()
        != 200) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the gateway does not get ready");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** Publishes events at their times; {@code after} runs while all readers are still there. */
  private void measure(
      Map<String, Object> result,
      String name,
      int count,
      Served served,
      Publisher publisher,
      Callable<?> after)
      throws Exception {
    List<ProcessHandle> server = served.processes();
    int warmUp = warmUpSeconds * perSecond;
    int events = warmUp + seconds * perSecond;
    long rssBefore = residentBytes(server);
    try (StreamReaders readers = new StreamReaders(served.port(), served.path(), count, events)) {
      readers.awaitOpen();
      long gapNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
      long due = System.nanoTime();
      long cpuBefore = 0;
      long bytesBefore = readers.bytes();
      for (int event = 0; event < events; event++) {
        due += gapNs;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        if (event == warmUp) {
          cpuBefore = cpuNanos(server);
        }
        readers.sending(event);
        publisher.publish(event);
      }
      readers.awaitAll();
      long cpu = cpuNanos(server) - cpuBefore;
      double[] last = readers.toTheLast(warmUp);
      double[] all = readers.all(warmUp);
      result.put(name + "P50ToLastMs", rounded(percentile(last, 0.5)));
      result.put(name + "P99ToLastMs", rounded(percentile(last, 0.99)));
      result.put(name + "P50Ms", rounded(percentile(all, 0.5)));
      result.put(name + "P99Ms", rounded(percentile(all, 0.99)));
      result.put(name + "CpuMicrosADelivery", rounded(cpu / 1e3 / all.length));
      result.put(name + "RssBytesASubscriber", (residentBytes(server) - rssBefore) / count);
      result.put(name + "EventBytes", (readers.bytes() - bytesBefore) / events / count);
      result.put(name + "Exact", readers.exact());
      after.call();
    }
  }

  /** An article that makes an event of about 1 KB. */
  static PublishedArticle article(int event) {
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    String id = "bench-" + event;
    String lead = StreamReaders.mark(event) + " " + "what happened ".repeat(EVENT_BYTES);
    return PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setStatus(Status.usable)
        .setChange(Change.published)
        .setChangedAt(now)
        .setFirstPublished(now)
        .setFeedTime(now)
        .setArticle(Article.newBuilder()
            .setArticleId(id)
            .setVersion(1)
            .setHeadline("A headline")
            .setLead(lead.substring(0, EVENT_BYTES - EVENT_REST))
            .setSection(new Label("world", "World"))
            .build())
        .build();
  }

  private static String message(int event) {
    String text = StreamReaders.mark(event) + " " + "what happened ".repeat(EVENT_BYTES);
    return text.substring(0, EVENT_BYTES - 50); // nchan adds an id
  }

  private static long cpuNanos(List<ProcessHandle> processes) {
    return processes.stream()
        .mapToLong(each -> each.info().totalCpuDuration().orElseThrow().toNanos())
        .sum();
  }

  private static long residentBytes(List<ProcessHandle> processes) throws IOException {
    long sum = 0;
    for (ProcessHandle each : processes) {
      for (String line : Files.readAllLines(Path.of("/proc/" + each.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          sum += Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    }
    return sum;
  }

  private static double ratio(Map<String, Object> result, String what) {
    double ours = (double) Objects.requireNonNull(result.get("streams" + what));
    double theirs = (double) Objects.requireNonNull(result.get("nchan" + what));
    return Math.round(1_000 * ours / theirs) / 1_000.0;
  }

  private static double rounded(double value) {
    return Math.round(10 * value) / 10.0;
  }

  private static double percentile(double[] times, double share) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
