package dev.newsfeed.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From the start of a gateway's process until it answers, and until it has read its topics: with an
 * empty directory, which is filled from the topic, with the one it left, and with the one it leaves
 * when it is killed; beside a consumer that only decodes the same records.
 */
@Command(
    name = "start",
    description = "Start of a gateway with a full topic, beside a bare consumer of it.")
final class StartBench implements Callable<Integer> {

  private static final Duration AT_MOST = Duration.ofMinutes(15);

  @Option(names = "--articles", description = "on the topics, default ${DEFAULT-VALUE}")
  private int articles = 100_000;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("bench", "start");
    result.put("articles", articles);
    Path data = Files.createTempDirectory("newsfeed-bench-");
    try (BrokerProcess broker = BrokerProcess.start()) {
      NewsTopics topics = new NewsTopics(broker, articles);
      topics.write();
      result.put("records", topics.records());
      double rebuiltS = start(broker, data, false, "empty", result);
      start(broker, data, true, "kept", result);
      start(broker, data, false, "killed", result);
      result.put("archiveMegabytes", bytes(data) >> 20);
      topics.consumedPerSecond(); // once to warm up
      double reference = topics.consumedPerSecond();
      result.put("recordsPerSecond", Math.round(topics.records() / rebuiltS));
      result.put("referencePerSecond", Math.round(reference));
      result.put("ratio", Math.round(1_000 * topics.records() / rebuiltS / reference) / 1_000.0);
    } finally {
      delete(data);
    }
    System.out.println(new ObjectMapper().writeValueAsString(result));
    return 0;
  }

  /** Returns the seconds until it was ready. */
  private static double start(
      BrokerProcess broker, Path data, boolean kill, String name, Map<String, Object> result)
      throws Exception {
    long begun = System.nanoTime();
    try (ServerProcess gateway = ServerProcess.gateway(broker, data, "")) {
      await(gateway, "/health/live", begun);
      long answered = System.nanoTime();
      await(gateway, "/health/ready", begun);
      await(gateway, "/feeds/all.json", begun);
      long ready = System.nanoTime();
      result.put(name + "AnswersMs", TimeUnit.NANOSECONDS.toMillis(answered - begun));
      result.put(name + "ReadyMs", TimeUnit.NANOSECONDS.toMillis(ready - begun));
      result.put(name + "CpuMs", gateway.cpuMicros() / 1_000);
      if (kill) {
        gateway.kill();
      }
      return (ready - begun) / 1e9;
    }
  }

  private static void await(ServerProcess gateway, String path, long begun) throws Exception {
    while (gateway.get(path).statusCode() != 200) {
      if (System.nanoTime() - begun > AT_MOST.toNanos()) {
        throw new IllegalStateException("the gateway does not answer " + path);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
