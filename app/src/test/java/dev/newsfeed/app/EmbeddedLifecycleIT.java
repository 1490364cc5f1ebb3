package dev.newsfeed.app;

import org.junit.jupiter.api.DisplayName;

@DisplayName("the embedded broker")
class EmbeddedLifecycleIT extends LifecycleSuite {

  @Override
  KafkaCluster startCluster() {
    return KafkaCluster.embeddedIfWanted();
  }
}
