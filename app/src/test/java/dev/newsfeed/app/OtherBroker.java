package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** A broker of another version than the clients', started as its own start script would, from its own jars. */
final class OtherBroker implements KafkaCluster {

  private static final Path JARS = Path.of("target", "brokers");
  private static final Path GETTER = Path.of("src", "test", "brokers");

  private final Path directory;
  private final int port;
  private final Process process;

  private OtherBroker(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts it on free ports, formatted as its version does it.
   *
   * @param version of Kafka, such as {@code 4.0.2}
   * @param format more arguments of {@code kafka-storage format}
   */
  static OtherBroker start(String version, String... format) {
    try {
      Path jars = jars(version);
      Path directory = Files.createTempDirectory("newsfeed-broker-");
      List<Integer> ports = Ports.free(2);
      Path settings = directory.resolve("server.properties");
      Files.writeString(
          settings, settings(directory.resolve("logs"), ports.get(0), ports.get(1)), UTF_8);
      format(jars, settings, format);
      Process process = java(jars, directory, "kafka.Kafka", settings.toString());
      OtherBroker broker = new OtherBroker(directory, ports.get(0), process);
      broker.awaitReady();
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Its jars, which are got once. */
  private static Path jars(String version) throws IOException, InterruptedException {
    Path jars = JARS.resolve(version).toAbsolutePath();
    if (!Files.isDirectory(jars)) {
      MavenRun.in(
          GETTER,
          "-Dbroker.version=" + version,
          "-DoutputDirectory=" + jars,
          "dependency:copy-dependencies");
    }
    return jars;
  }

  private static String settings(Path logs, int port, int controllerPort) {
    return String.join(
        "\n",
        "node.id=1",
        "process.roles=broker,controller",
        "log.dirs=" + logs,
        "listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
            .formatted(port, controllerPort),
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names=CONTROLLER",
        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
        "auto.create.topics.enable=false",
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=3",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "transaction.state.log.num.partitions=3",
        "group.initial.rebalance.delay.ms=0");
  }

  private static void format(Path jars, Path settings, String... more)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(
        "kafka.tools.StorageTool",
        "format",
        "-t",
        Uuid.randomUuid().toString(),
        "-c",
        settings.toString()));
    arguments.addAll(List.of(more));
    Path directory = settings.getParent();
    if (directory == null
        || java(jars, directory, arguments.toArray(String[]::new)).waitFor() != 0) {
      throw new IllegalStateException("its storage cannot be formatted: " + said(directory));
    }
  }

  private static Process java(Path jars, Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx384m",
        "-cp",
        jars + "/*"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("said").toFile()))
        .start();
  }

  private static String said(Path directory) throws IOException {
    return Files.readString(directory.resolve("said"), UTF_8);
  }

  private void awaitReady() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
        if (!process.isAlive()) {
          throw new IllegalStateException("it has ended: " + said(directory));
        }
        admin.describeCluster().controller().get(5, TimeUnit.SECONDS);
      });
    }
  }

  @Override
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly(); // and nothing of it is kept
    try {
      process.waitFor();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
