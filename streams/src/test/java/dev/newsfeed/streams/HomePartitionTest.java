package dev.newsfeed.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class HomePartitionTest {

  private static final int PARTITIONS = 8;

  private final HomePartition home = new HomePartition(PARTITIONS);
  private final Random random = new Random(20_261_128);

  @Test
  void whereJavaClientsPutAKeyItIsAtHomeAndNowhereElse() {
    for (int n = 0; n < 1_000; n++) {
      byte[] key = ("article-" + random.nextLong()).getBytes(StandardCharsets.UTF_8);
      int chosen = BuiltInPartitioner.partitionForKey(key, PARTITIONS);

      assertThat(home.problem(key, chosen)).isEmpty();
      assertThat(home.problem(key, (chosen + 1) % PARTITIONS)).hasValueSatisfying(problem -> {
        assertThat(problem.reason()).isEqualTo("wrong-partition");
        assertThat(problem.detail()).contains("partition " + chosen + ",");
      });
    }
  }

  @Test
  void onOnePartitionEverythingIsAtHome() {
    assertThat(new HomePartition(1).problem("bridge".getBytes(StandardCharsets.UTF_8), 0))
        .isEqualTo(Optional.empty());
  }

  @Test
  void mostOfWhatLibrdkafkaChoosesByItselfIsNot() {
    int elsewhere = 0;
    for (int n = 0; n < 1_000; n++) {
      byte[] key = ("article-" + n).getBytes(StandardCharsets.UTF_8);
      CRC32 crc = new CRC32();
      crc.update(key);
      elsewhere += home.problem(key, (int) (crc.getValue() % PARTITIONS)).isPresent() ? 1 : 0;
    }
    assertThat(elsewhere).isBetween(800, 950);
  }
}
