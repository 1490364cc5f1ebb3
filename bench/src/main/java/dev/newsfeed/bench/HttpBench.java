package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A feed of 40 KB from a gateway, beside nginx with the same bytes as files: plain, compressed, and
 * as 304 to those who have it. The two take turns, a few seconds each.
 *
 * <pre>
 * load ──▶ gateway ──▶ broker     each in a process of its own
 * load ──▶ nginx                  with the bytes that the gateway has answered
 * </pre>
 */
@Command(name = "http", description = "A feed of 40 KB beside nginx with the same bytes as files.")
final class HttpBench implements Callable<Integer> {

  private static final int ARTICLES = 200;
  private static final int FEED_BYTES = 40_000;
  private static final int MOST_ENTRIES = 100;

  @Option(names = "--seconds", description = "of each measurement, default ${DEFAULT-VALUE}")
  private int seconds = 3;

  @Option(names = "--warm-up-seconds", description = "before each kind, default ${DEFAULT-VALUE}")
  private int warmUpSeconds = 5;

  @Option(names = "--pairs", description = "of measurements of each kind, default ${DEFAULT-VALUE}")
  private int pairs = 5;

  @Option(names = "--connections", description = "that are kept, default ${DEFAULT-VALUE}")
  private int connections = 32;

  @Option(
      names = "--kinds",
      split = ",",
      description = "of answers that are measured, default ${DEFAULT-VALUE}")
  private List<String> kinds = List.of("plain", "gzip", "notModified");

  @Option(names = "--gateway-java-options", description = "more of them, such as a profiler's")
  private String gatewayJavaOptions = "";

  /** A server's port and what it has used of the processors. */
  private record Server(String name, int port, LongSupplier cpuMicros) {}

  /** How fast something went. */
  private record Rate(double perSecond, double cpuMicros) {}

  @Override
  public Integer call() throws Exception {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("bench", "http");
    Path data = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start()) {
      new NewsTopics(broker, ARTICLES).write();
      try (ServerProcess gateway = ServerProcess.gateway(broker, data, gatewayJavaOptions)) {
        measure(gateway, result);
      }
    } finally {
      delete(data);
    }
    System.out.println(new ObjectMapper().writeValueAsString(result));
    return 0;
  }

  private void measure(ServerProcess gateway, Map<String, Object> result) throws Exception {
    while (gateway.get("/health/ready").statusCode() != 200) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    String path = path(gateway);
    HttpResponse<byte[]> plain = gateway.get(path);
    HttpResponse<byte[]> gzip = gateway.get(path, "Accept-Encoding", "gzip");
    result.put("bytes", plain.body().length);
    result.put("gzipBytes", gzip.body().length);
    result.put("connections", connections);
    Optional<Path> installed = NginxProcess.installed();
    try (NginxProcess nginx = installed.isEmpty()
        ? null
        : NginxProcess.start(installed.get(), plain.body(), gzip.body())) {
      result.put("nginx", nginx == null ? "not installed" : "beside");
      Server ours = new Server("", gateway.port(), gateway::cpuMicros);
      Server theirs = nginx == null ? null : new Server("Nginx", nginx.port(), nginx::cpuMicros);
      String tag = etag(plain);
      String theirTag = nginx == null ? "" : etag(ServerProcess.get(nginx.port(), "/feed.json"));
      compare("plain", get(path, "", 200), get("/feed.json", "", 200), ours, theirs, result);
      String compressed = "Accept-Encoding: gzip, deflate, br\r\n";
      compare(
          "gzip",
          get(path, compressed, 200),
          get("/feed.json", compressed, 200),
          ours,
          theirs,
          result);
      compare(
          "notModified",
          get(path, "If-None-Match: " + tag + "\r\n", 304),
          get("/feed.json", "If-None-Match: " + theirTag + "\r\n", 304),
          ours,
          theirs,
          result);
    }
  }

  /** The address of a feed with so many entries that it has 40 KB. */
  private static String path(ServerProcess gateway) throws Exception {
    for (int entries = 1; entries <= MOST_ENTRIES; entries++) {
      String path = "/feeds/all.json?limit=" + entries;
      if (gateway.get(path).body().length >= FEED_BYTES) {
        return path;
      }
    }
    throw new IllegalStateException("no feed is long enough");
  }

  private static String etag(HttpResponse<?> response) {
    return response.headers().firstValue("ETag").orElseThrow();
  }

  private static HttpExchange get(String path, String headers, int answer) {
    return HttpExchange.get(path, headers, answer);
  }

  private void compare(
      String kind,
      HttpExchange exchange,
      HttpExchange theirExchange,
      Server ours,
      @Nullable Server theirs,
      Map<String, Object> result)
      throws IOException {
    if (!kinds.contains(kind)) {
      return;
    }
    List<Rate> rates = new ArrayList<>();
    List<Rate> theirRates = new ArrayList<>();
    rate(ours, exchange, warmUpSeconds);
    if (theirs != null) {
      rate(theirs, theirExchange, 1);
    }
    for (int pair = 0; pair < pairs; pair++) {
      if (theirs != null && pair % 2 == 1) { // neither is always the second
        theirRates.add(rate(theirs, theirExchange, seconds));
      }
      rates.add(rate(ours, exchange, seconds));
      if (theirs != null && pair % 2 == 0) {
        theirRates.add(rate(theirs, theirExchange, seconds));
      }
    }
    put(result, kind, rates);
    if (theirs != null) {
      put(result, kind + theirs.name(), theirRates);
      double[] ratios = new double[pairs];
      for (int pair = 0; pair < pairs; pair++) {
        ratios[pair] = rates.get(pair).perSecond() / theirRates.get(pair).perSecond();
      }
      Arrays.sort(ratios);
      result.put(kind + "Ratio", Math.round(1_000 * ratios[pairs / 2]) / 1_000.0);
      result.put(kind + "RatioLeast", Math.round(1_000 * ratios[0]) / 1_000.0);
    }
  }

  private static void put(Map<String, Object> result, String name, List<Rate> rates) {
    double perSecond = rates.stream().mapToDouble(Rate::perSecond).average().orElseThrow();
    double cpu = rates.stream().mapToDouble(Rate::cpuMicros).average().orElseThrow();
    result.put(name + "PerSecond", Math.round(perSecond));
    result.put(name + "CpuMicros", Math.round(10 * cpu) / 10.0);
  }

  private Rate rate(Server server, HttpExchange exchange, int forSeconds) throws IOException {
    try (HttpLoad load = new HttpLoad(server.port(), connections, exchange, new AtomicLong())) {
      long cpuBefore = server.cpuMicros().getAsLong();
      long begun = System.nanoTime();
      long done = load.run(during(forSeconds));
      double elapsed = (System.nanoTime() - begun) / 1e9;
      double cpu = (double) (server.cpuMicros().getAsLong() - cpuBefore) / done;
      return new Rate(done / elapsed, cpu);
    }
  }

  private static BooleanSupplier during(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    return () -> System.nanoTime() < end;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
