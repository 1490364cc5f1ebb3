package dev.newsfeed.app;

import static dev.newsfeed.app.BrokerAnswer.get;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.streams.Jobs;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * One generation of a job as the cluster knows it: its group and its internal topics.
 *
 * @param application the group's id, and what internal topics begin with
 */
public record GenerationGroup(Admin admin, KafkaSettings kafka, String application) {

  /** Gaps up to this size are looked into: they may hold marks of transactions only. */
  private static final long LOOKED_INTO = 100;

  /** The ids of all groups that the cluster knows. */
  public static Set<String> known(Admin admin) {
    return get(admin.listGroups().all()).stream()
        .map(GroupListing::groupId)
        .collect(Collectors.toSet());
  }

  /** Whether anybody runs it. */
  boolean hasMembers() {
    return members() > 0;
  }

  /** How many threads of all processes share its work. */
  public int members() {
    try {
      return get(admin.describeConsumerGroups(List.of(application)).all()).values().stream()
          .mapToInt(group -> group.members().size())
          .sum();
    } catch (UnavailableException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return 0;
      }
      throw e;
    }
  }

  /** What it has processed and committed: the offset of the next record of each partition. */
  public Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata());
    committed.forEach((partition, offset) -> {
      if (offset != null) {
        positions.put(partition, offset.offset());
      }
    });
    return positions;
  }

  /**
   * Has it begin where a topic's records of this moment begin, once it is run; it must not be running.
   *
   * @param from by the broker's clock
   */
  void beginAt(String topic, Instant from) {
    // asked first: what comes in between stands behind its end, and is later than all before
    Map<TopicPartition, Long> begin = new HashMap<>(ends(List.of(topic)));
    offsets(List.of(topic), OffsetSpec.forTimestamp(from.toEpochMilli()))
        .forEach((partition, offset) -> {
          if (offset >= 0) {
            begin.put(partition, offset);
          }
        });
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    begin.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
    get(admin.alterConsumerGroupOffsets(application, offsets).all());
  }

  /** Its changelogs and the topics between its parts. */
  Set<String> internalTopics() {
    return get(admin.listTopics().names()).stream()
        .filter(topic -> Jobs.isInternalTopic(application, topic))
        .collect(Collectors.toSet());
  }

  /** The internal topics that it reads: what is there is still to be done. */
  Set<String> repartitionTopics() {
    return internalTopics().stream()
        .filter(topic -> topic.endsWith("-repartition"))
        .collect(Collectors.toSet());
  }

  /** Where the partitions of these topics end, transactions under way included. */
  public Map<TopicPartition, Long> ends(Collection<String> topics) {
    return offsets(topics, OffsetSpec.latest());
  }

  /** How many records it has still to process until it has reached these offsets. */
  public long behind(Map<TopicPartition, Long> targets) {
    Map<TopicPartition, Long> positions = positions();
    Set<String> topics =
        targets.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
    Map<TopicPartition, Long> beginnings = offsets(topics, OffsetSpec.earliest());
    long behind = 0;
    for (Map.Entry<TopicPartition, Long> target : targets.entrySet()) {
      TopicPartition partition = target.getKey();
      long from =
          Math.max(positions.getOrDefault(partition, 0L), beginnings.getOrDefault(partition, 0L));
      long gap = target.getValue() - from;
      behind += gap <= 0 || isEmpty(partition, from, target.getValue()) ? 0 : gap;
    }
    return behind;
  }

  /** Who may not read a partition counts the marks in it. */
  private boolean isEmpty(TopicPartition partition, long from, long to) {
    try {
      return to - from <= LOOKED_INTO && TopicScan.isEmpty(kafka, partition, from, to);
    } catch (TopicAuthorizationException e) {
      return false;
    }
  }

  /** Deletes the group and its internal topics, as far as they are there. */
  void delete() {
    ignoringAbsence(admin.deleteConsumerGroups(List.of(application)).all());
    for (KafkaFuture<Void> topic :
        admin.deleteTopics(internalTopics()).topicNameValues().values()) {
      ignoringAbsence(topic);
    }
  }

  private static void ignoringAbsence(KafkaFuture<Void> deleted) {
    try {
      get(deleted);
    } catch (UnavailableException e) {
      if (!(e.getCause() instanceof GroupIdNotFoundException)
          && !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw e;
      }
    }
  }

  private Map<TopicPartition, Long> offsets(Collection<String> topics, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (TopicDescription topic :
        get(admin.describeTopics(topics).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(p -> asked.put(new TopicPartition(topic.name(), p.partition()), which));
    }
    return get(admin.listOffsets(asked).all()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> offset(e.getValue())));
  }

  private static long offset(ListOffsetsResultInfo found) {
    return found.offset();
  }
}
