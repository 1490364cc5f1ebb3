package dev.newsfeed.app;

import static org.awaitility.Awaitility.await;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Who of a job's instances works on which partitions, as the broker sees it. */
final class JobGroup implements AutoCloseable {

  private static final long ANSWER_WITHIN_S = 30;

  private final Admin admin;
  private final String group;

  JobGroup(KafkaSettings kafka, String group) {
    this.admin = Admin.create(kafka.with(Map.of("client.id", "test-group")));
    this.group = group;
  }

  /**
   * An instance at work.
   *
   * @param id new each time it joins
   */
  record Member(String id, Set<TopicPartition> partitions) {
    static Member of(MemberDescription member) {
      return new Member(member.consumerId(), member.assignment().topicPartitions());
    }
  }

  /**
   * Waits until these instances and no others share all of the work, each having some, and no more of
   * it is on its way from one to the other.
   *
   * @return by name of the instance
   */
  Map<String, Member> awaitSharedBy(String... instances) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(250))
        .until(
            this::members,
            members -> members.keySet().equals(Set.of(instances))
                && members.values().stream().noneMatch(m -> m.partitions().isEmpty()));
  }

  /** The same for instances of one name, at this many addresses. */
  void awaitSharedByHosts(int hosts) {
    awaitShared(
        members -> members.stream().map(MemberDescription::host).distinct().count() == hosts);
  }

  /** The same for two instances, whatever their names are. */
  void awaitSharedByTwo() {
    awaitShared(members -> members.size() == 2);
  }

  private void awaitShared(Predicate<Collection<MemberDescription>> bySome) {
    await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(250)).until(() -> {
      ConsumerGroupDescription description = describe();
      return description.groupState() == GroupState.STABLE
          && bySome.test(description.members())
          && isAllShared(description.members().stream().map(Member::of).toList());
    });
  }

  private boolean isAllShared(Collection<Member> members) {
    Set<TopicPartition> shared = new HashSet<>();
    members.forEach(member -> shared.addAll(member.partitions()));
    Set<String> topics = shared.stream().map(TopicPartition::topic).collect(Collectors.toSet());
    int all = get(admin.describeTopics(topics).allTopicNames()).values().stream()
        .mapToInt(topic -> topic.partitions().size())
        .sum();
    return shared.size() == all
        && members.stream().noneMatch(m -> m.partitions().isEmpty());
  }

  /** The members by name of their instance; while the work is handed out anew, nobody and why. */
  private Map<String, Member> members() {
    ConsumerGroupDescription description = describe();
    Map<String, Member> members = new TreeMap<>();
    for (MemberDescription member : description.members()) {
      String instance = member.clientId().replaceFirst("-StreamThread-.*", "");
      members.put(instance, Member.of(member));
    }
    if (description.groupState() != GroupState.STABLE) {
      return Map.of(
          description.groupState() + " " + members.keySet(), new Member("nobody", Set.of()));
    }
    return members;
  }

  /** The ids of all members, once there are so many and the work is handed out. */
  Set<String> awaitIds(int count) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              ConsumerGroupDescription description = describe();
              return description.groupState() == GroupState.STABLE
                  ? description.members().stream()
                      .map(MemberDescription::consumerId)
                      .collect(Collectors.toSet())
                  : Set.<String>of();
            },
            ids -> ids.size() == count);
  }

  private ConsumerGroupDescription describe() {
    return get(admin.describeConsumerGroups(List.of(group)).describedGroups().get(group));
  }

  /** Waits until the job has committed everything that stands on a topic now. */
  void awaitCommitted(Topic<?> topic) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      latest.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
    }
    Map<TopicPartition, ListOffsetsResultInfo> ends =
        get(admin.listOffsets(latest).all());
    await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(250)).until(() -> {
      Map<TopicPartition, OffsetAndMetadata> committed =
          get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
      return ends.entrySet().stream().allMatch(end -> {
        OffsetAndMetadata position = committed.get(end.getKey());
        return end.getValue().offset() == 0
            || position != null && position.offset() >= end.getValue().offset();
      });
    });
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
