package dev.newsfeed.app;

import org.junit.jupiter.api.DisplayName;

@DisplayName("the embedded broker")
class EmbeddedContractIT extends ContractSuite {

  @Override
  KafkaCluster startCluster() {
    return KafkaCluster.embeddedIfWanted();
  }
}
