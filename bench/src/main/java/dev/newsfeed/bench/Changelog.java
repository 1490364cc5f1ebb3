package dev.newsfeed.bench;

import dev.newsfeed.streams.Jobs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The topics from which a job's state comes back after a loss.
 *
 * @param group the job's, with which their names begin
 */
record Changelog(BrokerProcess broker, String group) {

  /**
   * All of it, read once.
   *
   * @param bytes of the records when they are unpacked, as the consumer's own metrics say
   */
  record Reading(double seconds, long bytes, long records) {}

  /** What the counts take on the broker's disk now. */
  long bytesStored() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
      return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .flatMap(directory -> directory.replicaInfos().entrySet().stream())
          .filter(replica -> replica.getKey().topic().equals(group + "-counts-changelog"))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    }
  }

  /**
   * The reference: a plain consumer that reads all of it up to its present end, what a killed job has
   * left open included, and does nothing else.
   */
  Reading read() throws InterruptedException, ExecutionException {
    List<TopicPartition> partitions = partitions();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        broker.kafka().with(Map.of("client.id", "bench-changelog", "enable.auto.commit", false)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.seekToBeginning(partitions);
      long start = System.nanoTime();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofSeconds(1));
      }
      return new Reading(
          (System.nanoTime() - start) / 1e9,
          consumed(consumer, "bytes-consumed-total"),
          consumed(consumer, "records-consumed-total"));
    }
  }

  private List<TopicPartition> partitions() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
      Set<String> topics = admin.listTopics().names().get().stream()
          .filter(name -> Jobs.isInternalTopic(group, name) && name.endsWith("-changelog"))
          .collect(Collectors.toSet());
      return admin.describeTopics(topics).allTopicNames().get().values().stream()
          .flatMap(topic -> topic.partitions().stream()
              .map(partition -> new TopicPartition(topic.name(), partition.partition())))
          .toList();
    }
  }

  private static long consumed(KafkaConsumer<?, ?> consumer, String metric) {
    return consumer.metrics().values().stream()
        .filter(m -> m.metricName().name().equals(metric))
        .filter(m -> m.metricName().tags().keySet().equals(Set.of("client-id")))
        .mapToLong(m -> ((Number) m.metricValue()).longValue())
        .sum();
  }
}
