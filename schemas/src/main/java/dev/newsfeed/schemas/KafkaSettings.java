package dev.newsfeed.schemas;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How to reach Kafka, from the environment: every variable {@code KAFKA_…} is passed to every client
 * under the client's own name, so {@code KAFKA_SECURITY_PROTOCOL} becomes {@code security.protocol}.
 *
 * @param client settings as Kafka clients name them; always has {@code bootstrap.servers}
 */
public record KafkaSettings(Map<String, String> client) {

  private static final String PREFIX = "KAFKA_";
  private static final String BOOTSTRAP = "bootstrap.servers";

  public KafkaSettings {
    client = Map.copyOf(client);
    if (client.getOrDefault(BOOTSTRAP, "").isBlank()) {
      throw new IllegalArgumentException("KAFKA_BOOTSTRAP_SERVERS must name a broker: host:port");
    }
  }

  /** Reads the environment; {@code defaultBootstrap} holds where it names no broker. */
  public static KafkaSettings from(Map<String, String> environment, String defaultBootstrap) {
    Map<String, String> client = new HashMap<>();
    client.put(BOOTSTRAP, defaultBootstrap);
    environment.forEach((name, value) -> {
      if (name.startsWith(PREFIX) && name.length() > PREFIX.length()) {
        client.put(
            name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
      }
    });
    return new KafkaSettings(client);
  }

  /** Plain settings for a broker without security. */
  public static KafkaSettings of(String bootstrapServers) {
    return new KafkaSettings(Map.of(BOOTSTRAP, bootstrapServers));
  }

  /** {@code host:port,…} */
  public String bootstrapServers() {
    return client.getOrDefault(BOOTSTRAP, "");
  }

  /** These settings and some more, the latter winning: what a client's constructor takes. */
  public Map<String, Object> with(Map<String, ?> more) {
    Map<String, Object> all = new HashMap<>(client);
    all.putAll(more);
    return all;
  }

  /** The same for clients of which each call ends within this time, with an answer or without. */
  public KafkaSettings within(Duration atMost) {
    Map<String, String> all = new HashMap<>(client);
    all.put("default.api.timeout.ms", String.valueOf(atMost.toMillis()));
    all.put("request.timeout.ms", String.valueOf(atMost.toMillis()));
    return new KafkaSettings(all);
  }

  /** For start-up lines: secrets are masked. */
  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(client);
    shown.replaceAll(
        (name, value) -> name.matches(".*(password|jaas|secret|key).*") ? "***" : value);
    return shown.toString();
  }
}
