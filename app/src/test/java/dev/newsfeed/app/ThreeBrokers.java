package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.schemas.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * A cluster of three nodes, each a process of its own that can be killed, frozen and started again on
 * its data and its ports. Everything is replicated three times, and taken when two have it.
 */
final class ThreeBrokers implements KafkaCluster {

  private static final int NODES = 3;
  private static final Duration WHOLE_WITHIN = Duration.ofSeconds(90);

  private final Path data;
  private final String clusterId = Uuid.randomUuid().toString();
  private final List<Integer> ports = LastingPorts.free(2 * NODES);
  private final Map<Integer, NewsfeedProcess> nodes = new TreeMap<>();
  private final List<NewsfeedProcess> processes = new ArrayList<>();

  /** Starts all of them, with data below {@code data}, and returns when they know of each other. */
  ThreeBrokers(Path data) throws IOException {
    this.data = data;
    try {
      start(1, 2, 3);
      awaitWhole();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public String bootstrapServers() {
    return ports.subList(0, NODES).stream()
        .map(port -> KafkaNode.HOST + ':' + port)
        .collect(Collectors.joining(","));
  }

  /** Starts nodes that do not run, as a supervisor would, and does not wait. */
  void start(int... ids) throws IOException {
    for (int id : ids) {
      NewsfeedProcess node = NewsfeedProcess.start(
          KafkaNodeMain.class,
          clusterId,
          String.valueOf(id),
          Files.createDirectories(data.resolve("node-" + id)).toString(),
          joined(ports.subList(0, NODES)),
          joined(ports.subList(NODES, 2 * NODES)));
      nodes.put(id, node);
      processes.add(node);
    }
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** SIGKILL, all at once. */
  void kill(int... ids) throws InterruptedException {
    for (int id : ids) {
      nodes.get(id).close();
    }
    for (int id : ids) {
      nodes.get(id).awaitEnd();
    }
  }

  /** SIGSTOP. */
  void freeze(int... ids) throws IOException, InterruptedException {
    for (int id : ids) {
      nodes.get(id).freeze();
    }
  }

  /** SIGCONT. */
  void thaw(int... ids) throws IOException, InterruptedException {
    for (int id : ids) {
      nodes.get(id).thaw();
    }
  }

  /** Those that run. */
  List<NewsfeedProcess> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Waits until all nodes are there and each partition stands on all of its replicas. */
  void awaitWhole() {
    try (Admin admin = Admin.create(KafkaSettings.of(bootstrapServers())
        .with(Map.of("default.api.timeout.ms", "5000", "request.timeout.ms", "2000")))) {
      await()
          .atMost(WHOLE_WITHIN)
          .pollInterval(Duration.ofMillis(250))
          .ignoreExceptions()
          .untilAsserted(() -> {
            assertThat(admin.describeCluster().nodes().get(5, TimeUnit.SECONDS)).hasSize(NODES);
            var names = admin
                .listTopics(
                    new org.apache.kafka.clients.admin.ListTopicsOptions().listInternal(true))
                .names()
                .get(5, TimeUnit.SECONDS);
            var topics = admin.describeTopics(names).allTopicNames().get(5, TimeUnit.SECONDS);
            topics
                .values()
                .forEach(topic -> topic
                    .partitions()
                    .forEach(partition ->
                        assertThat(partition.isr()).as("%s", topic.name()).hasSize(NODES)));
          });
    }
  }

  /** Every process that was ever a node, for what it has said. */
  Stream<NewsfeedProcess> processes() {
    return processes.stream();
  }

  @Override
  public void close() {
    processes.forEach(NewsfeedProcess::close);
  }
}
