package dev.newsfeed.schemas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Compares the catalogue with a cluster and makes the cluster follow it. Never deletes a topic and
 * never changes a number of partitions: a key's partition depends on it.
 */
public final class TopicAdmin implements AutoCloseable {

  /**
   * One difference between the catalogue and the cluster.
   *
   * @param topic its name on the broker
   * @param what a sentence for a person
   * @param curable whether {@link #apply} can take it away
   */
  public record Difference(String topic, String what, boolean curable) {
    @Override
    public String toString() {
      return topic + ": " + what;
    }
  }

  private static final long TIMEOUT_S = 30;
  private static final long SEEN_AGAIN_MS = 50;
  private static final short BROKER_DEFAULT = -1;

  private final Admin admin;

  public TopicAdmin(KafkaSettings kafka) {
    this.admin = Admin.create(kafka.with(Map.of("client.id", "newsfeed-topics")));
  }

  /**
   * What is not as the catalogue says, topic by topic.
   *
   * @throws IllegalStateException when the cluster does not answer
   */
  public List<Difference> differences(Collection<? extends Topic<?>> topics) {
    Set<String> present = get(admin.listTopics().names());
    List<Difference> differences = new ArrayList<>();
    Set<String> wanted = new HashSet<>();
    topics.forEach(t -> wanted.add(t.name()));
    wanted.retainAll(present);
    Map<String, TopicDescription> described = known(admin.describeTopics(wanted).topicNameValues());
    Map<ConfigResource, Config> configs = known(admin
        .describeConfigs(wanted.stream().map(TopicAdmin::resource).toList())
        .values());
    for (Topic<?> topic : topics) {
      TopicDescription description = described.get(topic.name());
      if (description == null) {
        differences.add(new Difference(
            topic.name(), "is missing (" + topic.partitions() + " partitions)", true));
        continue;
      }
      int partitions = description.partitions().size();
      if (partitions != topic.partitions()) {
        differences.add(new Difference(
            topic.name(),
            "has " + partitions + " partitions, should have " + topic.partitions(),
            false));
      }
      Config config = configs.get(resource(topic.name()));
      topic.configs().forEach((name, value) -> {
        ConfigEntry entry = config == null ? null : config.get(name);
        if (entry == null || !value.equals(entry.value())) {
          String found = entry == null ? "nothing" : entry.value();
          differences.add(
              new Difference(topic.name(), name + " is " + found + ", should be " + value, true));
        }
      });
    }
    return differences;
  }

  /**
   * Creates what is missing and sets what is set otherwise, and returns once a broker that is asked
   * shows it.
   *
   * @return the differences there were; those that are not curable are still there
   */
  public List<Difference> apply(Collection<? extends Topic<?>> topics) {
    List<Difference> differences = differences(topics);
    Set<String> present = get(admin.listTopics().names());
    List<NewTopic> missing = new ArrayList<>();
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (Topic<?> topic : topics) {
      if (!present.contains(topic.name())) {
        missing.add(new NewTopic(topic.name(), topic.partitions(), BROKER_DEFAULT)
            .configs(topic.configs()));
      } else if (differences.stream().anyMatch(d -> d.topic().equals(topic.name()))) {
        List<AlterConfigOp> set = new ArrayList<>();
        topic
            .configs()
            .forEach((name, value) ->
                set.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        changes.put(resource(topic.name()), set);
      }
    }
    for (KafkaFuture<Void> created : admin.createTopics(missing).values().values()) {
      createdOrThere(created);
    }
    if (!changes.isEmpty()) {
      get(admin.incrementalAlterConfigs(changes).all());
    }
    if (!missing.isEmpty() || !changes.isEmpty()) {
      awaitSeen(topics);
    }
    return differences;
  }

  /**
   * By what this cluster could lose what was confirmed, or cannot take or give it now: a line each.
   * Of topics that are missing it says nothing.
   *
   * @throws IllegalStateException when the cluster does not answer
   */
  public List<String> risks(Collection<? extends Topic<?>> topics) {
    Set<String> wanted = new LinkedHashSet<>();
    topics.forEach(t -> wanted.add(t.name()));
    wanted.retainAll(get(admin.listTopics().names()));
    Map<String, TopicDescription> described = known(admin.describeTopics(wanted).topicNameValues());
    Map<String, Config> configs = new HashMap<>();
    known(admin
            .describeConfigs(wanted.stream().map(TopicAdmin::resource).toList())
            .values())
        .forEach((resource, config) -> configs.put(resource.name(), config));
    int brokers = get(admin.describeCluster().nodes()).size();
    return TopicRisks.of(
        brokers,
        wanted.stream().filter(described::containsKey).map(described::get).toList(),
        configs);
  }

  /** The controller has them; a broker that is asked a moment later may not have heard of them yet. */
  private void awaitSeen(Collection<? extends Topic<?>> topics) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    for (List<Difference> left = curable(topics); !left.isEmpty(); left = curable(topics)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the controller took it, a broker has not followed within "
            + TIMEOUT_S + " s: " + left);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(SEEN_AGAIN_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for topics", e);
      }
    }
  }

  /** Without what one broker has told of and another, which is asked next, has not heard of yet. */
  private static <K, V> Map<K, V> known(Map<K, KafkaFuture<V>> answers) {
    Map<K, V> known = new LinkedHashMap<>();
    answers.forEach((key, answer) -> {
      try {
        known.put(key, get(answer));
      } catch (IllegalStateException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    });
    return known;
  }

  private List<Difference> curable(Collection<? extends Topic<?>> topics) {
    return differences(topics).stream().filter(Difference::curable).toList();
  }

  /** Another instance may have created it in the meantime, which is just as well. */
  private static void createdOrThere(KafkaFuture<Void> created) {
    try {
      get(created);
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException("Kafka refused: " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IllegalStateException("Kafka did not answer within " + TIMEOUT_S + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking Kafka", e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
