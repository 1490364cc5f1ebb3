package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On topics that are not as they must be the jobs do not start, and say which. */
class TopicsAtStartIT {

  @Test
  void missingTopicAndOneWithOtherPartitionsAreNamed(@TempDir Path data) throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded()) {
      KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
      Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
      List<? extends Topic<?>> others = topics.all().stream()
          .filter(topic -> topic != topics.controls && topic != topics.clicks)
          .toList();
      try (TopicAdmin admin = new TopicAdmin(kafka)) {
        admin.apply(others);
      }
      try (Admin admin = Admin.create(kafka.with(Map.of()))) {
        NewTopic clicks = new NewTopic(topics.clicks.name(), 5, (short) 1);
        admin
            .createTopics(List.of(clicks.configs(topics.clicks.configs())))
            .all()
            .get(30, TimeUnit.SECONDS);
      }

      try (NewsfeedProcess streams = NewsfeedProcess.start(
          Map.of(
              NewsfeedSettings.BOOTSTRAP_SERVERS,
              cluster.bootstrapServers(),
              NewsfeedSettings.HEALTH_PORT,
              "0",
              NewsfeedSettings.DATA,
              data.toString()),
          "streams")) {
        assertThat(streams.awaitEnd()).isEqualTo(1);
        assertThat(streams.lines())
            .filteredOn(line -> line.startsWith("newsfeed: "))
            .singleElement()
            .asString()
            .contains("newsfeed.controls: is missing (8 partitions)")
            .contains("newsfeed.clicks: has 5 partitions, should have 8")
            .contains("newsfeed topics apply");
      }
    }
  }
}
