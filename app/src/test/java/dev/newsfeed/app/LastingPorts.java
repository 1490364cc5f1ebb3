package dev.newsfeed.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are killed and come back: below those that the operating system gives to
 * outgoing connections, one of which might otherwise sit on the port meanwhile.
 */
final class LastingPorts {

  private static final int FIRST = 12_000;
  private static final int END = 30_000;

  private LastingPorts() {}

  /** Ports that nobody listens on now, all different. */
  static List<Integer> free(int count) {
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < count) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try {
        Ports.requireFree(KafkaNode.HOST, port, "taken");
      } catch (UnavailableException e) {
        continue;
      }
      if (!ports.contains(port)) {
        ports.add(port);
      }
    }
    return ports;
  }
}
