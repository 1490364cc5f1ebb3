package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.newsfeed.schemas.Topic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Articles and clicks per second over HTTP, beside Kafka's own producer with the same bytes and beside
 * the same server with an empty handler; and how long an article takes while clicks pour in.
 *
 * <pre>
 * load ──▶ intake ──▶ broker      each in a process of its own
 * load ──▶ empty handler          what the server and the client cost by themselves
 * producer ─────────▶ broker      what Kafka costs by itself
 * </pre>
 */
@Command(
    name = "intake",
    description = "Articles and clicks over HTTP beside a bare producer and an empty handler.")
final class IntakeBench implements Callable<Integer> {

  private static final int BATCH = 100;
  private static final long MOST_RECORDS = 10_000_000;
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);

  @Option(names = "--seconds", description = "of each measurement, default ${DEFAULT-VALUE}")
  private int seconds = 5;

  @Option(names = "--warm-up-seconds", description = "before each, default ${DEFAULT-VALUE}")
  private int warmUpSeconds = 4;

  @Option(
      names = "--connections",
      description = "each with one request in flight, default ${DEFAULT-VALUE}")
  private int connections = 48;

  @Option(
      names = "--flood-connections",
      description = "that send clicks while articles are timed, default ${DEFAULT-VALUE}")
  private int floodConnections = 256;

  @Option(names = "--gap-ms", description = "between timed articles, default ${DEFAULT-VALUE}")
  private int gapMs = 20;

  @Option(names = "--timed", description = "articles, three times; default ${DEFAULT-VALUE}")
  private int timed = 1_000;

  @Option(names = "--intake-java-options", description = "more of them, such as a profiler's")
  private String intakeJavaOptions = "";

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLong number = new AtomicLong();

  /** How fast something went. */
  private record Rate(double perSecond, double cpuMicros) {}

  @Override
  public Integer call() throws Exception {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("bench", "intake");
    try (BrokerProcess broker = BrokerProcess.start();
        ServerProcess empty = ServerProcess.empty();
        ServerProcess intake = ServerProcess.intake(broker, intakeJavaOptions)) {
      awaitReady(intake);
      Rate emptyClick = rate(empty, HttpExchange.click(), false);
      Rate emptyPut = rate(empty, emptied(HttpExchange.article()), false);
      Rate click = rate(intake, HttpExchange.click(), true);
      Rate batched = rate(intake, HttpExchange.batch(BATCH), true);
      Rate article = rate(intake, HttpExchange.article(), false);
      put(result, "empty", emptyClick);
      put(result, "emptyPut", emptyPut);
      put(result, "click", click);
      put(result, "batchedClick", batched);
      put(result, "article", article);
      latencies(result, intake, empty);
      JsonNode clicks = settled(intake);
      result.put("clicksTaken", clicks.path("taken").longValue());
      result.put("clicksNotTaken", clicks.path("noRoom").longValue());
      result.put("clicksStored", clicks.path("stored").longValue());
      double clickRecords = produced(result, "clickProducer", broker, broker.topics().clicks);
      double articleRecords = produced(result, "articleProducer", broker, broker.topics().articles);
      result.put("clickToEmpty", ratio(click.perSecond(), emptyClick.perSecond()));
      result.put("clickToProducer", ratio(click.perSecond(), clickRecords));
      result.put("batchedToProducer", ratio(batched.perSecond(), clickRecords));
      result.put("articleToEmpty", ratio(article.perSecond(), emptyPut.perSecond()));
      result.put("articleToProducer", ratio(article.perSecond(), articleRecords));
    }
    System.out.println(new ObjectMapper().writeValueAsString(result));
    return 0;
  }

  /** The same request, answered by the empty handler. */
  private static HttpExchange emptied(HttpExchange exchange) {
    return new HttpExchange(exchange.request(), exchange.numbersAt(), 204);
  }

  /**
   * Sends for a while, and before that to warm up.
   *
   * @param clicks whether these are, whose answer does not say that Kafka has them: then they count
   *     when it does
   */
  private Rate rate(ServerProcess server, HttpExchange exchange, boolean clicks) throws Exception {
    try (HttpLoad load = new HttpLoad(server.port(), connections, exchange, number)) {
      load.run(during(warmUpSeconds));
      long storedBefore = clicks ? settled(server).path("stored").longValue() : 0;
      long cpuBefore = server.cpuMicros();
      long begun = System.nanoTime();
      long done = load.run(during(seconds));
      if (clicks) {
        done = settled(server).path("stored").longValue() - storedBefore;
      }
      double elapsed = (System.nanoTime() - begun) / 1e9;
      return new Rate(done / elapsed, (double) (server.cpuMicros() - cpuBefore) / done);
    }
  }

  private static BooleanSupplier during(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    return () -> System.nanoTime() < end;
  }

  /** Articles at a steady pace: alone, beside a flood of clicks, and beside one that is another's. */
  private void latencies(Map<String, Object> result, ServerProcess intake, ServerProcess empty)
      throws Exception {
    double[] alone = articleTimes(intake);
    AtomicLong flood = new AtomicLong();
    double[] flooded = articleTimes(intake, intake, flood);
    AtomicLong elsewhere = new AtomicLong();
    double[] machine = articleTimes(intake, empty, elsewhere);
    put(result, "alone", alone);
    put(result, "flooded", flooded);
    put(result, "floodedElsewhere", machine);
    result.put("floodPerSecond", flood.get() * 1_000 / ((long) timed * gapMs));
    result.put("floodElsewherePerSecond", elsewhere.get() * 1_000 / ((long) timed * gapMs));
    result.put("floodedToAloneP50", ratio(percentile(flooded, 0.5), percentile(alone, 0.5)));
    result.put("floodedToAloneP99", ratio(percentile(flooded, 0.99), percentile(alone, 0.99)));
    result.put("floodedToElsewhereP50", ratio(percentile(flooded, 0.5), percentile(machine, 0.5)));
    result.put(
        "floodedToElsewhereP99", ratio(percentile(flooded, 0.99), percentile(machine, 0.99)));
  }

  private double[] articleTimes(ServerProcess intake, ServerProcess flooded, AtomicLong flood)
      throws Exception {
    AtomicBoolean goOn = new AtomicBoolean(true);
    try (HttpLoad load =
        new HttpLoad(flooded.port(), floodConnections, HttpExchange.click(), number)) {
      CompletableFuture<Void> flooding = CompletableFuture.runAsync(() -> {
        try {
          flood.set(load.run(goOn::get));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      try {
        return articleTimes(intake);
      } finally {
        goOn.set(false);
        flooding.join();
      }
    }
  }

  /** Milliseconds from when each article was due, so that one that is late does not hide the next. */
  private double[] articleTimes(ServerProcess intake) throws Exception {
    double[] times = new double[timed];
    try (HttpConnection connection = new HttpConnection(intake.port(), HttpExchange.article())) {
      long due = System.nanoTime();
      for (int i = 0; i < times.length; i++) {
        due += gapMs * 1_000_000L;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        connection.send(number.incrementAndGet());
        while (!connection.receive()) {
          // there is more of it to come
        }
        times[i] = (System.nanoTime() - due) / 1e6;
      }
    }
    return times;
  }

  private double produced(
      Map<String, Object> result, String name, BrokerProcess broker, Topic<?> topic) {
    BareProducer producer = BareProducer.repeating(broker, topic);
    producer.recordsPerSecond(Duration.ofSeconds(warmUpSeconds), MOST_RECORDS);
    double perSecond = producer.recordsPerSecond(Duration.ofSeconds(seconds), MOST_RECORDS);
    result.put(name + "PerSecond", Math.round(perSecond));
    result.put(name + "Bytes", producer.valueBytes());
    return perSecond;
  }

  private void awaitReady(ServerProcess intake) throws Exception {
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    while (!health(intake).path("status").asText().equals("ready")) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the intake does not get ready");
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** What became of all clicks, when none of them waits any more. */
  private JsonNode settled(ServerProcess intake) throws Exception {
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    while (true) {
      JsonNode clicks = health(intake).path("clicks");
      if (clicks.path("waiting").asLong(1) == 0) {
        return clicks;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("clicks still wait for Kafka");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private JsonNode health(ServerProcess intake) throws Exception {
    URI ready = URI.create("http://127.0.0.1:" + intake.port() + "/health/ready");
    return new ObjectMapper()
        .readTree(http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofByteArray())
            .body());
  }

  private static void put(Map<String, Object> result, String name, Rate rate) {
    result.put(name + "PerSecond", Math.round(rate.perSecond()));
    result.put(name + "CpuMicros", Math.round(10 * rate.cpuMicros()) / 10.0);
  }

  private static void put(Map<String, Object> result, String name, double[] times) {
    result.put(name + "P50Ms", Math.round(10 * percentile(times, 0.5)) / 10.0);
    result.put(name + "P99Ms", Math.round(10 * percentile(times, 0.99)) / 10.0);
  }

  private static double ratio(double measured, double reference) {
    return Math.round(1_000 * measured / reference) / 1_000.0;
  }

  private static double percentile(double[] times, double share) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }
}
