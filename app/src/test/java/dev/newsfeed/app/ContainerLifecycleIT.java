package dev.newsfeed.app;

import org.junit.jupiter.api.DisplayName;

@DisplayName("apache/kafka in a container")
class ContainerLifecycleIT extends LifecycleSuite {

  @Override
  KafkaCluster startCluster() {
    return KafkaCluster.containerIfWanted();
  }
}
