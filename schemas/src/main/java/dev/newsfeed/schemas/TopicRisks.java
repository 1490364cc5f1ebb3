package dev.newsfeed.schemas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/**
 * By what a cluster of several brokers could lose what was confirmed, or cannot take or give it now. The
 * catalogue leaves it to the cluster how many copies there are, so nothing of this differs from it.
 */
final class TopicRisks {

  private static final String MIN_IN_SYNC = "min.insync.replicas";
  private static final String UNCLEAN = "unclean.leader.election.enable";
  private static final int NAMED = 3;

  private final Map<String, List<String>> topicsByRisk = new LinkedHashMap<>();

  private TopicRisks() {}

  /**
   * A line for each risk with the topics that run it, the present ones first.
   *
   * @param brokers how many there are; one alone keeps what it keeps
   * @param configs of each topic, by its name
   */
  static List<String> of(
      int brokers, Collection<TopicDescription> topics, Map<String, Config> configs) {
    TopicRisks risks = new TopicRisks();
    topics.forEach(risks::now);
    if (brokers > 1) {
      topics.forEach(topic -> risks.always(topic, configs.get(topic.name())));
    }
    List<String> lines = new ArrayList<>();
    risks.topicsByRisk.forEach((risk, names) -> lines.add(risk + ": " + names(names)));
    return lines;
  }

  private void now(TopicDescription topic) {
    if (topic.partitions().stream().anyMatch(TopicRisks::hasNoLeader)) {
      add("cannot be read or written in whole, brokers are away", topic);
    } else if (topic.partitions().stream()
        .anyMatch(p -> p.isr().size() < p.replicas().size())) {
      add("copies are missing, a broker is away or behind", topic);
    }
  }

  private static boolean hasNoLeader(TopicPartitionInfo partition) {
    return partition.leader() == null || partition.leader().isEmpty();
  }

  private void always(TopicDescription topic, @Nullable Config config) {
    if (topic.partitions().stream().anyMatch(p -> p.replicas().size() < 2)) {
      add("one copy, which is lost with its broker", topic);
    } else if (value(config, MIN_IN_SYNC).equals("1")) {
      add("confirmed by one broker alone (" + MIN_IN_SYNC + " is 1)", topic);
    }
    if (value(config, UNCLEAN).equals("true")) {
      add("may go on from a copy without what was confirmed (" + UNCLEAN + ")", topic);
    }
  }

  private static String value(@Nullable Config config, String name) {
    ConfigEntry entry = config == null ? null : config.get(name);
    return entry == null || entry.value() == null ? "" : entry.value();
  }

  private void add(String risk, TopicDescription topic) {
    topicsByRisk.computeIfAbsent(risk, r -> new ArrayList<>()).add(topic.name());
  }

  private static String names(List<String> all) {
    String first = String.join(", ", all.subList(0, Math.min(NAMED, all.size())));
    return all.size() <= NAMED ? first : first + " and " + (all.size() - NAMED) + " more";
  }
}
