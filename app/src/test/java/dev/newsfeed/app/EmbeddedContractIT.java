package dev.newsfeed.app;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.DisplayName;

@DisplayName("the embedded broker")
class EmbeddedContractIT extends ContractSuite {

  @Override
  KafkaCluster startCluster() {
    assumeFalse(BROKER.equals("container"), "-Dbroker=container");
    return KafkaCluster.embedded();
  }
}
