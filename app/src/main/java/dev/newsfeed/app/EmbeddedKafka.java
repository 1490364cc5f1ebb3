package dev.newsfeed.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka cluster inside this JVM: KRaft nodes that are broker and controller in one, reachable
 * from this machine only.
 *
 * <pre>
 * data/kafka/cluster.id   the cluster's name, made once
 * data/kafka/in-use       locked while a process runs on this directory
 * data/kafka/node-1/      metadata log and topics of node 1
 * </pre>
 *
 * Storage is formatted at the newest metadata version, so {@code transaction.version} is the one that
 * exactly-once needs. A kept directory survives a restart and a killed process: Kafka recovers its
 * logs, and what was acknowledged is in them.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final long READY_WITHIN_S = 60;

  private final DataDirectory data;
  private final FileChannel inUse;
  private final List<Integer> brokerPorts;
  private final List<KafkaRaftServer> nodes = new ArrayList<>();

  private EmbeddedKafka(EmbeddedKafkaSettings settings, DataDirectory data, FileChannel inUse)
      throws IOException {
    this.data = data;
    this.inUse = inUse;
    List<Integer> ports = Ports.free(2 * settings.nodes());
    this.brokerPorts = new ArrayList<>(ports.subList(0, settings.nodes()));
    if (settings.port() > 0) {
      brokerPorts.set(0, settings.port());
    }
    List<Integer> controllerPorts = ports.subList(settings.nodes(), ports.size());
    String clusterId = clusterId();
    for (int id = 1; id <= settings.nodes(); id++) {
      Path logs = Files.createDirectories(data.path().resolve("node-" + id));
      nodes.add(new KafkaNode(clusterId, id, logs, brokerPorts, controllerPorts, settings.more())
          .server());
    }
  }

  /**
   * Starts the cluster and returns when it takes requests: 2 to 4 seconds.
   *
   * @throws UnavailableException when the port or the data directory is taken
   */
  public static EmbeddedKafka start(EmbeddedKafkaSettings settings) {
    // a broker that finds its port taken ends the whole JVM, so it is tried before
    Ports.requireFree(
        KafkaNode.HOST,
        settings.port(),
        "port " + settings.port() + " is taken, the broker needs another");
    DataDirectory data = DataDirectory.of(settings.dataDir());
    FileChannel inUse = lock(data.path());
    EmbeddedKafka kafka = null;
    try {
      kafka = new EmbeddedKafka(settings, data, inUse);
      kafka.together("kafka-start", KafkaRaftServer::startup);
      kafka.awaitNodes();
      return kafka;
    } catch (IOException e) {
      throw new UncheckedIOException(abandon(kafka, inUse, e));
    } catch (RuntimeException e) {
      throw abandon(kafka, inUse, e);
    }
  }

  /** Lets go of what a start that failed had taken. */
  private static <E extends Exception> E abandon(
      @Nullable EmbeddedKafka kafka, FileChannel inUse, E cause) {
    try {
      if (kafka != null) {
        kafka.close();
      } else {
        inUse.close();
      }
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    }
    return cause;
  }

  /** What clients connect to: {@code 127.0.0.1:9092}, one for each node, joined by commas. */
  public String bootstrapServers() {
    return brokerPorts.stream()
        .map(port -> KafkaNode.HOST + ":" + port)
        .collect(Collectors.joining(","));
  }

  /** Stops one node for good; the others go on. Only in a cluster of several. */
  public void stopNode(int id) {
    if (nodes.size() == 1) {
      throw new IllegalStateException("the only node is stopped with close()");
    }
    nodes.get(id - 1).shutdown();
    nodes.get(id - 1).awaitShutdown();
  }

  @Override
  public void close() {
    together("kafka-stop", KafkaRaftServer::shutdown);
    nodes.forEach(KafkaRaftServer::awaitShutdown);
    try {
      inUse.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    data.close();
  }

  /** Nodes wait for their quorum while they start and stop, so they must do it together. */
  private void together(String what, Consumer<KafkaRaftServer> step) {
    CompletableFuture<?>[] steps = nodes.stream()
        .map(node -> CompletableFuture.runAsync(() -> step.accept(node), task -> {
          Thread thread = new Thread(task, what);
          thread.setDaemon(true);
          thread.start();
        }))
        .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(steps).join();
    } catch (CompletionException e) {
      throw new IllegalStateException(what + " failed", e.getCause());
    }
  }

  /** A node may be up before the others know of it; replicas placed then would all be its own. */
  private void awaitNodes() {
    if (nodes.size() == 1) {
      return;
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_WITHIN_S);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      while (admin
              .describeCluster()
              .nodes()
              .get(READY_WITHIN_S, TimeUnit.SECONDS)
              .size()
          < nodes.size()) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("only some nodes of the embedded cluster came up");
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the embedded cluster does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the embedded cluster started", e);
    }
  }

  private String clusterId() throws IOException {
    Path file = data.path().resolve("cluster.id");
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String id = Uuid.randomUuid().toString();
    Files.writeString(file, id + "\n");
    return id;
  }

  private static FileChannel lock(Path dir) {
    try {
      FileChannel channel = FileChannel.open(
          dir.resolve("in-use"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return channel;
        }
      } catch (OverlappingFileLockException e) {
        // by this process itself, which is told the same
      }
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new UnavailableException("the data in " + dir + " is in use", null);
  }
}
