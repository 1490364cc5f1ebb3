package dev.newsfeed.app;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * One node of an embedded cluster, broker and controller in one: its storage, its settings, its server.
 *
 * @param id from 1
 * @param logs its directory, which exists
 * @param brokerPorts of all nodes, in the order of their ids; so are the controllers'
 * @param more settings that win over all others
 */
record KafkaNode(
    String clusterId,
    int id,
    Path logs,
    List<Integer> brokerPorts,
    List<Integer> controllerPorts,
    Map<String, String> more) {

  static final String HOST = "127.0.0.1";

  /** A server that is not started yet, on formatted storage. */
  KafkaRaftServer server() {
    format();
    Properties configs = configs();
    if (brokerPorts.size() == 1) {
      FormerSelf.giveUp(configs, logs);
    }
    return new KafkaRaftServer(KafkaConfig.fromProps(configs, false), Time.SYSTEM);
  }

  /** What {@code kafka-storage format} does; storage that was formatted before is left as it is. */
  private void format() {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setClusterId(clusterId)
          .setNodeId(id)
          .setDirectories(List.of(logs.toString()))
          .setMetadataLogDirectory(logs.toString())
          .setControllerListenerName("CONTROLLER")
          // the voters' ports are chosen anew at each start, so they must not be stored
          .setHasDynamicQuorum(false)
          .setIgnoreFormatted(true)
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("storage in " + logs + " cannot be formatted", e);
    }
  }

  private Properties configs() {
    int count = brokerPorts.size();
    String replicas = String.valueOf(count);
    String inSync = count == 1 ? "1" : "2";
    Properties p = new Properties();
    p.put("node.id", String.valueOf(id));
    p.put("process.roles", "broker,controller");
    p.put("log.dirs", logs.toString());
    p.put(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d"
            .formatted(HOST, brokerPorts.get(id - 1), HOST, controllerPorts.get(id - 1)));
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.listener.names", "CONTROLLER");
    p.put(
        "controller.quorum.voters",
        IntStream.rangeClosed(1, count)
            .mapToObj(n -> n + "@" + HOST + ":" + controllerPorts.get(n - 1))
            .collect(Collectors.joining(",")));
    // topics come from the catalogue only
    p.put("auto.create.topics.enable", "false");
    p.put("default.replication.factor", replicas);
    p.put("min.insync.replicas", inSync);
    for (String internal : List.of("offsets.topic", "transaction.state.log")) {
      p.put(internal + ".replication.factor", replicas);
      p.put(internal + ".num.partitions", "3");
    }
    p.put("transaction.state.log.min.isr", inSync);
    p.put("share.coordinator.state.topic.replication.factor", replicas);
    p.put("share.coordinator.state.topic.min.isr", inSync);
    p.put("share.coordinator.state.topic.num.partitions", "3");
    // jobs begin at once; nobody else is going to join their groups
    p.put("group.initial.rebalance.delay.ms", "0");
    // what a killed process left open must not hold up readers of committed records
    p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    // a restart after a kill waits this long for the broker's former self
    p.put("broker.session.timeout.ms", count == 1 ? "2000" : "9000");
    p.put("broker.heartbeat.interval.ms", count == 1 ? "500" : "2000");
    // nodes that go down together lose their quorum, and would wait for it for minutes
    p.put("controlled.shutdown.enable", String.valueOf(count == 1));
    // sized for a laptop: the defaults are for a machine of its own
    p.put("num.network.threads", "1");
    p.put("num.io.threads", "2");
    p.put("background.threads", "2");
    p.put("group.coordinator.threads", "1");
    p.put("share.coordinator.threads", "1");
    p.put("num.recovery.threads.per.data.dir", "1");
    p.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
    p.put("log.index.size.max.bytes", String.valueOf(1 << 20));
    p.putAll(more);
    return p;
  }
}
