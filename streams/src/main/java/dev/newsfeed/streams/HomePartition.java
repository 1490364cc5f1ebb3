package dev.newsfeed.streams;

import dev.newsfeed.schemas.Problem;
import java.util.Optional;
import org.apache.kafka.common.utils.Utils;

/**
 * Where the records of a key belong: in the partition that Java clients and Kafka Streams choose for it,
 * by murmur2. Clients on librdkafka choose by CRC32 unless they are told otherwise, and what is known of
 * an article stands with the task of its home: elsewhere its first version would overtake its third, a
 * withdrawn one would come back, and its reader would count twice.
 *
 * @param partitions of the topic; of one, every record is at home
 */
public record HomePartition(int partitions) {

  private static final String REASON = "wrong-partition";

  /** What is wrong where a record of this key stands in this partition; empty: nothing. */
  public Optional<Problem> problem(byte[] key, int partition) {
    int home = Utils.toPositive(Utils.murmur2(key)) % partitions;
    return home == partition
        ? Optional.empty()
        : Optional.of(new Problem(
            REASON,
            "key",
            "the key belongs into partition " + home + ", as murmur2 has it, not into " + partition
                + "; set partitioner=murmur2_random in clients on librdkafka"));
  }
}
