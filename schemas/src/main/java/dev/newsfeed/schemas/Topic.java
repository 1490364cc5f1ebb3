package dev.newsfeed.schemas;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * A topic: its name and what stands on it are one thing.
 *
 * @param name the name on the broker, prefix included
 * @param shortName the name in the documentation, without prefix
 * @param key what the key is; always a UTF-8 string
 * @param value the record class of its values
 * @param valueSerde reads and writes the values
 * @param partitions how many, for good: a key's partition depends on it
 * @param configs topic configs as the broker names them
 * @param purpose one sentence for the documentation
 * @param writer the role that writes it
 * @param reader the roles that read it
 */
public record Topic<V extends SpecificRecord>(
    String name,
    String shortName,
    String key,
    Class<V> value,
    AvroSerde<V> valueSerde,
    int partitions,
    Map<String, String> configs,
    String purpose,
    String writer,
    String reader) {

  /** Keys are plain UTF-8 strings on every topic. */
  public static final Serde<String> KEYS = Serdes.String();

  /** {@code compact} or {@code delete}. */
  public String policy() {
    return configs.getOrDefault("cleanup.policy", "delete");
  }
}
