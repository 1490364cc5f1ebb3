package dev.newsfeed.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;

class StateFaultTest {

  @Test
  void storeThatCannotBeOpenedIsOneAndSaysWhy() {
    Throwable full =
        new ProcessorStateException("Error opening store", new RocksDBException("No space left"));

    assertThat(StateFault.of(full)).isEqualTo("No space left");
    assertThat(StateFault.of(new StreamsException(full))).isEqualTo("No space left");
  }

  @Test
  void directoryThatCannotBeMadeOrWrittenIsOne() {
    assertThat(StateFault.of(new ProcessorStateException("couldn't be created")))
        .isEqualTo("couldn't be created");
    assertThat(StateFault.of(
            new ProcessorStateException("Failed to lock", new IOException("Read-only"))))
        .isEqualTo("Read-only");
  }

  @Test
  void bugAndBrokerThatIsAwayAreNone() {
    assertThat(StateFault.of(new IllegalStateException("a bug"))).isNull();
    assertThat(
            StateFault.of(new ProcessorStateException("flush", new IllegalStateException("bug"))))
        .isNull();
    assertThat(StateFault.of(new StreamsException(new TimeoutException("broker"))))
        .isNull();
    assertThat(StateFault.of(new ProcessorStateException("flush", new TimeoutException("broker"))))
        .isNull();
  }
}
