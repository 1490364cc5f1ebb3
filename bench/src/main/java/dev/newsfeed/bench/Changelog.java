package dev.newsfeed.bench;

import dev.newsfeed.streams.Jobs;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
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

  /** Where it ends now, what a killed job has left open included. */
  Map<TopicPartition, Long> ends() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
      Set<String> topics = admin.listTopics().names().get().stream()
          .filter(name -> Jobs.isInternalTopic(group, name) && name.endsWith("-changelog"))
          .collect(Collectors.toSet());
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      admin
          .describeTopics(topics)
          .allTopicNames()
          .get()
          .forEach((name, topic) -> topic
              .partitions()
              .forEach(
                  p -> latest.put(new TopicPartition(name, p.partition()), OffsetSpec.latest())));
      Map<TopicPartition, Long> ends = new HashMap<>();
      admin
          .listOffsets(latest)
          .all()
          .get()
          .forEach((partition, end) -> ends.put(partition, end.offset()));
      return ends;
    }
  }

  /** The reference: a plain consumer that reads all up to these ends and does nothing else. */
  Reading read(Map<TopicPartition, Long> ends) {
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
        broker
            .kafka()
            .with(Map.of(
                "client.id",
                "bench-changelog",
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer())) {
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      long start = System.nanoTime();
      Set<TopicPartition> left = new HashSet<>(ends.keySet());
      while (!left.isEmpty()) {
        Set<TopicPartition> done = left.stream()
            .filter(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L))
            .collect(Collectors.toSet());
        consumer.pause(done); // what has come since is not what was restored
        left.removeAll(done);
        if (!left.isEmpty()) {
          consumer.poll(Duration.ofSeconds(1));
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Reading(
          seconds,
          consumed(consumer, "bytes-consumed-total"),
          consumed(consumer, "records-consumed-total"));
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
