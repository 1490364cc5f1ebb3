package dev.newsfeed.app;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an embedded Kafka listens and where it keeps its data.
 *
 * @param dataDir kept over restarts; null: a temporary one, removed on close
 * @param port of the first node; 0: any free one
 * @param nodes 1, or 3 for tests of fail-over
 * @param more broker settings that win over all others, for tests
 */
public record EmbeddedKafkaSettings(
    @Nullable Path dataDir, int port, int nodes, Map<String, String> more) {

  public EmbeddedKafkaSettings {
    more = Map.copyOf(more);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("the broker's port must be 0 to 65535, is " + port);
    }
    if (nodes != 1 && nodes != 3) {
      throw new IllegalArgumentException("an embedded Kafka has 1 node or 3, not " + nodes);
    }
  }

  /** One node on a free port, whose data goes when it is closed. */
  public static EmbeddedKafkaSettings temporary() {
    return new EmbeddedKafkaSettings(null, 0, 1, Map.of());
  }

  /** One node on a free port, whose data stays. */
  public static EmbeddedKafkaSettings in(Path dataDir) {
    return new EmbeddedKafkaSettings(dataDir, 0, 1, Map.of());
  }

  /** The same on another port. */
  public EmbeddedKafkaSettings onPort(int otherPort) {
    return new EmbeddedKafkaSettings(dataDir, otherPort, nodes, more);
  }

  /** The same with another number of nodes. */
  public EmbeddedKafkaSettings withNodes(int otherNodes) {
    return new EmbeddedKafkaSettings(dataDir, port, otherNodes, more);
  }

  /** The same with other broker settings of one's own. */
  public EmbeddedKafkaSettings with(Map<String, String> otherSettings) {
    return new EmbeddedKafkaSettings(dataDir, port, nodes, otherSettings);
  }
}
