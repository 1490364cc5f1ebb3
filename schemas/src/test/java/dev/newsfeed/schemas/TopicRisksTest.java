package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class TopicRisksTest {

  private static final List<Node> NODES =
      IntStream.range(0, 3).mapToObj(id -> new Node(id, "localhost", 9092 + id)).toList();
  private static final Config SAFE = config("2", "false");

  private static Config config(String minInSync, String unclean) {
    return new Config(List.of(
        new ConfigEntry("min.insync.replicas", minInSync),
        new ConfigEntry("unclean.leader.election.enable", unclean)));
  }

  private static TopicDescription topic(String name, TopicPartitionInfo... partitions) {
    return new TopicDescription(name, false, List.of(partitions));
  }

  private static TopicPartitionInfo partition(int copies, int inSync) {
    Node leader = inSync == 0 ? Node.noNode() : NODES.get(0);
    return new TopicPartitionInfo(0, leader, NODES.subList(0, copies), NODES.subList(0, inSync));
  }

  @Test
  void nothingWhereThreeBrokersHaveEverything() {
    assertThat(TopicRisks.of(3, List.of(topic("a", partition(3, 3))), Map.of("a", SAFE)))
        .isEmpty();
  }

  @Test
  void oneBrokerAloneCanHaveOneCopyOnly() {
    assertThat(TopicRisks.of(
            1, List.of(topic("a", partition(1, 1))), Map.of("a", config("1", "false"))))
        .isEmpty();
  }

  @Test
  void whatIsNowStandsBeforeWhatMayCome() {
    List<TopicDescription> topics = List.of(
        topic("a", partition(3, 3)),
        topic("b", partition(1, 1)),
        topic("c", partition(3, 3), partition(3, 2)),
        topic("d", partition(3, 2), partition(3, 0)));
    Map<String, Config> configs = Map.of("a", config("1", "true"), "b", SAFE, "c", SAFE, "d", SAFE);

    assertThat(TopicRisks.of(3, topics, configs))
        .containsExactly(
            "copies are missing, a broker is away or behind: c",
            "cannot be read or written in whole, brokers are away: d",
            "confirmed by one broker alone (min.insync.replicas is 1): a",
            "may go on from a copy without what was confirmed (unclean.leader.election.enable): a",
            "one copy, which is lost with its broker: b");
  }

  @Test
  void topicsOfOneRiskStandInOneLine() {
    List<TopicDescription> topics =
        IntStream.range(0, 5).mapToObj(i -> topic("t" + i, partition(1, 1))).toList();

    assertThat(TopicRisks.of(3, topics, Map.of()))
        .containsExactly("one copy, which is lost with its broker: t0, t1, t2 and 2 more");
  }
}
