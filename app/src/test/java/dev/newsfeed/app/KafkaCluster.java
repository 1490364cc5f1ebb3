package dev.newsfeed.app;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A Kafka that tests run on: the contract holds on each. */
interface KafkaCluster extends AutoCloseable {

  /** What is pinned here is pinned in docker-compose.yml, too. */
  String IMAGE = "apache/kafka:4.3.1";

  /** {@code auto}, {@code embedded} or {@code container}: which broker the suites must run on. */
  String WANTED = System.getProperty("broker", "auto");

  String bootstrapServers();

  @Override
  void close();

  /** The broker in this JVM; skips the test where another is wanted. */
  static KafkaCluster embeddedIfWanted() {
    assumeFalse(WANTED.equals("container"), "-Dbroker=container");
    return embedded();
  }

  /** A container; skips the test where another broker is wanted, or there is no engine. */
  static KafkaCluster containerIfWanted() {
    return startedIfWanted(KafkaCluster::container);
  }

  /** Three of them as a cluster; skips the test in the same cases. */
  static KafkaContainers containersIfWanted() {
    return startedIfWanted(KafkaContainers::start);
  }

  private static <C extends KafkaCluster> C startedIfWanted(Supplier<C> cluster) {
    assumeFalse(WANTED.equals("embedded"), "-Dbroker=embedded");
    try {
      return cluster.get();
    } catch (RuntimeException e) {
      if (WANTED.equals("container")) {
        throw e;
      }
      // no engine, or one that cannot get the image: as good as none
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
      return abort("no container: " + why);
    }
  }

  /** The broker in this JVM. */
  static KafkaCluster embedded() {
    return embedded(Map.of());
  }

  /** The same with broker settings of one's own. */
  static KafkaCluster embedded(Map<String, String> settings) {
    return started(EmbeddedKafkaSettings.temporary().with(settings));
  }

  /** The same on data that stays. */
  static KafkaCluster embeddedIn(Path data, Map<String, String> settings) {
    return started(EmbeddedKafkaSettings.in(data).with(settings));
  }

  private static KafkaCluster started(EmbeddedKafkaSettings settings) {
    EmbeddedKafka kafka = EmbeddedKafka.start(settings);
    return new KafkaCluster() {
      @Override
      public String bootstrapServers() {
        return kafka.bootstrapServers();
      }

      @Override
      public void close() {
        kafka.close();
      }
    };
  }

  /**
   * Kafka's own image, reachable from this machine only.
   *
   * @throws RuntimeException when no engine answers, or it cannot get the image
   */
  @SuppressWarnings("resource") // closed by the cluster's close
  static KafkaCluster container() {
    int port = 9092;
    KafkaContainer kafka = new KafkaContainer(DockerImageName.parse(IMAGE))
        .withCreateContainerCmdModifier(create -> Objects.requireNonNull(create.getHostConfig())
            .withPortBindings(
                new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(port))));
    kafka.start();
    return new KafkaCluster() {
      @Override
      public String bootstrapServers() {
        return kafka.getBootstrapServers();
      }

      @Override
      public void close() {
        kafka.stop();
      }
    };
  }
}
