package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Prometheus itself with the alerts that are shipped, in a process of its own. Its time goes faster:
 * scrapes come closer together, and what a rule asks of minutes it asks of their parts.
 */
final class Prometheus implements AutoCloseable {

  private static final Path RULES = Path.of("../deploy/prometheus/alerts.yml");
  private static final Pattern MINUTES = Pattern.compile("(\\[|for: |offset )([0-9]+)(m|s)\\b");
  private static final int SCRAPE_EVERY_S = 15;
  private static final HttpClient HTTP = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5))
      .build();

  private final Process process;
  private final URI address;

  /**
   * An alert that rings.
   *
   * @param labels {@code name="value"} of each but its own name, in order
   */
  record Alert(String name, String labels, String summary) {
    /** Whether its labels or its summary speak of it. */
    boolean speaksOf(String word) {
      return labels.contains(word) || summary.contains(word);
    }
  }

  private Prometheus(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it.
   *
   * @param program where it is
   * @param targets port of the metrics of each process, by the process's name
   * @param faster how many of its minutes go into one
   */
  static Prometheus start(String program, Path data, Map<String, Integer> targets, int faster)
      throws IOException {
    Files.createDirectories(data);
    Files.writeString(data.resolve("alerts.yml"), hastened(Files.readString(RULES), faster));
    Path config = data.resolve("prometheus.yml");
    String every = SCRAPE_EVERY_S / faster + "s";
    Files.writeString(config, """
        global: {scrape_interval: %s, scrape_timeout: 2s, evaluation_interval: %s}
        rule_files: [alerts.yml]
        scrape_configs:
          - job_name: newsfeed
            static_configs:
        %s
        """.formatted(
            every,
            every,
            targets.entrySet().stream()
                .map(target -> "      - {targets: ['127.0.0.1:%d'], labels: {instance: %s}}"
                    .formatted(target.getValue(), target.getKey()))
                .collect(Collectors.joining("\n"))));
    int port = LastingPorts.free(1).get(0);
    Process process = new ProcessBuilder(
            program,
            "--config.file=" + config,
            "--storage.tsdb.path=" + data.resolve("tsdb"),
            "--web.listen-address=127.0.0.1:" + port)
        .redirectErrorStream(true)
        .redirectOutput(data.resolve("prometheus.log").toFile())
        .start();
    return new Prometheus(process, URI.create("http://127.0.0.1:" + port));
  }

  /** Rules in which each time is as many times shorter. */
  static String hastened(String rules, int faster) {
    return MINUTES.matcher(rules).replaceAll(time -> {
      int seconds = Integer.parseInt(time.group(2)) * (time.group(3).equals("m") ? 60 : 1);
      return time.group(1) + seconds / faster + "s";
    });
  }

  /** What rings now. */
  List<Alert> ringing() throws IOException, InterruptedException {
    List<Alert> ringing = new ArrayList<>();
    for (JsonNode alert : get("/api/v1/alerts").at("/data/alerts")) {
      if (alert.path("state").asText().equals("firing")) {
        ringing.add(new Alert(
            alert.at("/labels/alertname").asText(),
            alert.path("labels").properties().stream()
                .filter(label -> !label.getKey().equals("alertname"))
                .map(label ->
                    "%s=\"%s\"".formatted(label.getKey(), label.getValue().asText()))
                .collect(Collectors.joining(",")),
            alert.at("/annotations/summary").asText()));
      }
    }
    return ringing;
  }

  /** How many of its targets tell their metrics. */
  long targetsUp() throws IOException, InterruptedException {
    return get("/api/v1/targets")
        .at("/data/activeTargets")
        .valueStream()
        .filter(target -> target.path("health").asText().equals("up"))
        .count();
  }

  /** How many series an expression has now. */
  int series(String expression) throws IOException, InterruptedException {
    return get("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8))
        .at("/data/result")
        .size();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return new ObjectMapper()
        .readTree(HTTP.send(
                HttpRequest.newBuilder(address.resolve(path))
                    .timeout(Duration.ofSeconds(5))
                    .build(),
                BodyHandlers.ofString(UTF_8))
            .body());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
