package dev.newsfeed.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import kafka.server.KafkaRaftServer;

/**
 * One node of a cluster in a process of its own.
 *
 * <p>Arguments: the cluster's id, the node's, its directory, the ports of all brokers, those of all
 * controllers (with commas), then settings as {@code name=value}.
 */
final class KafkaNodeMain {

  private KafkaNodeMain() {}

  public static void main(String[] args) {
    Map<String, String> more = new TreeMap<>();
    Stream.of(args).skip(5).forEach(setting -> {
      int equals = setting.indexOf('=');
      more.put(setting.substring(0, equals), setting.substring(equals + 1));
    });
    KafkaRaftServer server = new KafkaNode(
            args[0],
            Integer.parseInt(args[1]),
            Path.of(args[2]),
            ports(args[3]),
            ports(args[4]),
            more)
        .server();
    server.startup();
    System.out.println("node " + args[1] + " started");
    server.awaitShutdown();
  }

  private static List<Integer> ports(String joined) {
    return Stream.of(joined.split(",")).map(Integer::valueOf).toList();
  }
}
