package dev.newsfeed.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Stops a job of a {@code streams} process between sending and committing: as soon as the brokers have a
 * record of a topic that is named in a file, and as long as the file is there. It says so in a line, and
 * can be killed or frozen.
 */
public final class StopsInTransaction implements ProducerInterceptor<byte[], byte[]> {

  private static final String FILE = "newsfeed.test.stop";
  private static final long LOOK_EVERY_MS = 20;

  private @Nullable Path file;

  /**
   * What makes it work in a process.
   *
   * @param file named when it is to stop: what the topic ends with
   */
  static Map<String, String> environment(Path file) {
    return Map.of(
        "KAFKA_PRODUCER_INTERCEPTOR_CLASSES",
        StopsInTransaction.class.getName(),
        "KAFKA_PRODUCER_NEWSFEED_TEST_STOP",
        file.toString());
  }

  @Override
  public void configure(Map<String, ?> configs) {
    file = Path.of(String.valueOf(configs.get(FILE)));
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
    return sent;
  }

  @Override
  public void onAcknowledgement(@Nullable RecordMetadata place, @Nullable Exception exception) {
    if (file == null || exception != null || place == null || !Files.exists(file)) {
      return;
    }
    try {
      if (place.topic().endsWith(Files.readString(file).strip())) {
        System.out.println("in a transaction: " + place);
        while (Files.exists(file)) {
          TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
      }
    } catch (IOException e) {
      System.out.println("cannot be told where to stop: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    // holds nothing
  }
}
