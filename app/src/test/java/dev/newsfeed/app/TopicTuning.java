package dev.newsfeed.app;

import static org.awaitility.Awaitility.await;

import dev.newsfeed.schemas.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Makes a broker forget in seconds what it keeps for days, so that a test can see it happen. */
final class TopicTuning implements AutoCloseable {

  /**
   * Broker settings under which retention and compaction are looked after all the time, and not only
   * after the broker has run for half a minute.
   */
  static final Map<String, String> IMPATIENT = Map.of(
      "log.initial.task.delay.ms", "200",
      "log.retention.check.interval.ms", "200",
      "log.segment.delete.delay.ms", "0",
      "log.cleaner.backoff.ms", "200");

  private static final long ANSWER_WITHIN_S = 30;

  private final Admin admin;

  TopicTuning(KafkaSettings kafka) {
    admin = Admin.create(kafka.with(Map.of("client.id", "test-tuning")));
  }

  /** Every topic of the cluster, the broker's own included. */
  Set<String> topics() {
    return new TreeSet<>(
        get(admin.listTopics(new ListTopicsOptions().listInternal(true)).names()));
  }

  /** Every partition of these topics. */
  List<TopicPartition> partitions(Collection<String> topics) {
    return get(admin.describeTopics(topics).allTopicNames()).values().stream()
        .flatMap(topic -> topic.partitions().stream()
            .map(partition -> new TopicPartition(topic.name(), partition.partition())))
        .toList();
  }

  /** What a topic is configured with. */
  String config(String topic, String name) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return get(admin.describeConfigs(List.of(resource)).all())
        .get(resource)
        .get(name)
        .value();
  }

  void set(String topic, Map<String, String> configs) {
    List<AlterConfigOp> changes = configs.entrySet().stream()
        .map(config -> new AlterConfigOp(
            new ConfigEntry(config.getKey(), config.getValue()), AlterConfigOp.OpType.SET))
        .toList();
    get(admin
        .incrementalAlterConfigs(
            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
        .all());
  }

  /** The offsets of the first records that can still be read. */
  Map<TopicPartition, Long> beginnings(Collection<String> topics) {
    return offsets(topics, OffsetSpec.earliest());
  }

  /** The offsets of the next records to come. */
  Map<TopicPartition, Long> ends(Collection<String> topics) {
    return offsets(topics, OffsetSpec.latest());
  }

  private Map<TopicPartition, Long> offsets(Collection<String> topics, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions(topics).forEach(partition -> asked.put(partition, which));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    get(admin.listOffsets(asked).all())
        .forEach((partition, found) -> offsets.put(partition, found.offset()));
    return offsets;
  }

  /** Lets retention take all that stands on a topic now, and then keeps as much as before. */
  void forgetAll(String topic) {
    String before = config(topic, "retention.ms");
    Map<TopicPartition, Long> ends = ends(List.of(topic));
    set(topic, Map.of("retention.ms", "1"));
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100)).until(() -> {
      Map<TopicPartition, Long> beginnings = beginnings(List.of(topic));
      return ends.entrySet().stream()
          .allMatch(end -> beginnings.get(end.getKey()) >= end.getValue());
    });
    set(topic, Map.of("retention.ms", before));
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(ANSWER_WITHIN_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
