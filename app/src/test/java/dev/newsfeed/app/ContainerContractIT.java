package dev.newsfeed.app;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.DisplayName;

@DisplayName("apache/kafka in a container")
class ContainerContractIT extends ContractSuite {

  @Override
  KafkaCluster startCluster() {
    assumeFalse(BROKER.equals("embedded"), "-Dbroker=embedded");
    try {
      return KafkaCluster.container();
    } catch (RuntimeException e) {
      if (BROKER.equals("container")) {
        throw e;
      }
      // no engine, or one that cannot get the image: as good as none
      return abort("no container: " + firstLine(e));
    }
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
