package dev.newsfeed.app;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.newsfeed.schemas.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/**
 * Kafka's own image three times, as docker-compose.yml has it: each record has three copies, two of
 * which must be there before it is confirmed. Reachable from this machine only.
 */
final class KafkaContainers implements KafkaCluster {

  private static final int NODES = 3;

  private final Network network = Network.newNetwork();
  private final List<GenericContainer<?>> nodes = new ArrayList<>();
  private final List<Integer> ports;

  private KafkaContainers() {
    try {
      ports = Ports.free(NODES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int id = 1; id <= NODES; id++) {
      nodes.add(node(id));
    }
  }

  /**
   * Starts all three; returns when each knows of the others.
   *
   * @throws RuntimeException when no engine answers, or it cannot get the image
   */
  static KafkaContainers start() {
    KafkaContainers cluster = new KafkaContainers();
    try {
      Startables.deepStart(cluster.nodes).join();
      try (Admin admin =
          Admin.create(KafkaSettings.of(cluster.bootstrapServers()).with(Map.of()))) {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> admin.describeCluster().nodes().get().size() == NODES);
      }
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @SuppressWarnings("resource") // closed by the cluster's close
  private GenericContainer<?> node(int id) {
    int port = ports.get(id - 1);
    String voters = IntStream.rangeClosed(1, NODES)
        .mapToObj(n -> n + "@kafka-" + n + ":9093")
        .collect(Collectors.joining(","));
    return new GenericContainer<>(DockerImageName.parse(IMAGE))
        .withNetwork(network)
        .withNetworkAliases("kafka-" + id)
        .withEnv(Map.ofEntries(
            Map.entry("CLUSTER_ID", "bmV3c2ZlZWQtY29udGFpbg"),
            Map.entry("KAFKA_NODE_ID", String.valueOf(id)),
            Map.entry("KAFKA_PROCESS_ROLES", "broker,controller"),
            Map.entry("KAFKA_CONTROLLER_QUORUM_VOTERS", voters),
            Map.entry("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
            Map.entry("KAFKA_LISTENERS", "CONTAINERS://:19092,HOST://:9092,CONTROLLER://:9093"),
            Map.entry(
                "KAFKA_ADVERTISED_LISTENERS",
                "CONTAINERS://kafka-" + id + ":19092,HOST://127.0.0.1:" + port),
            Map.entry(
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                "CONTAINERS:PLAINTEXT,HOST:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("KAFKA_INTER_BROKER_LISTENER_NAME", "CONTAINERS"),
            Map.entry("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false"),
            Map.entry("KAFKA_DEFAULT_REPLICATION_FACTOR", "3"),
            Map.entry("KAFKA_MIN_INSYNC_REPLICAS", "2"),
            Map.entry("KAFKA_BROKER_SESSION_TIMEOUT_MS", "6000"),
            Map.entry("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "3"),
            Map.entry("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "3"),
            Map.entry("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"),
            Map.entry("KAFKA_HEAP_OPTS", "-Xms256m -Xmx512m")))
        .withCreateContainerCmdModifier(create -> Objects.requireNonNull(create.getHostConfig())
            .withPortBindings(
                new PortBinding(Binding.bindIpAndPort("127.0.0.1", port), ExposedPort.tcp(9092))))
        .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1)
            .withStartupTimeout(Duration.ofMinutes(2)));
  }

  /** Ends a broker as a power cut would; it stays away. */
  void kill(int id) {
    GenericContainer<?> node = nodes.get(id - 1);
    node.getDockerClient().killContainerCmd(node.getContainerId()).exec();
  }

  @Override
  public String bootstrapServers() {
    return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    nodes.forEach(GenericContainer::stop);
    network.close();
  }
}
