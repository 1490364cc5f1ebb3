package dev.newsfeed.app;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.util.Objects;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A Kafka that tests run on: the contract holds on each. */
interface KafkaCluster extends AutoCloseable {

  /** What is pinned here is pinned in docker-compose.yml, too. */
  String IMAGE = "apache/kafka:4.3.1";

  String bootstrapServers();

  @Override
  void close();

  /** The broker in this JVM. */
  static KafkaCluster embedded() {
    EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaSettings.temporary());
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
