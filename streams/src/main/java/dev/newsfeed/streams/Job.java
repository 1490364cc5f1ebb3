package dev.newsfeed.streams;

import java.time.Duration;
import java.util.Set;
import org.apache.kafka.streams.StreamsBuilder;

/**
 * One Kafka Streams application: its settings are its components, adding itself to a topology is its
 * only work. What it decides is decided by classes that know nothing of Kafka.
 */
public interface Job {

  /** Its {@code application.id} ends with this name. */
  String name();

  /**
   * How long results may wait for their transaction to be committed. Short where readers wait,
   * longer where the work of many records shares one commit.
   */
  Duration commitInterval();

  /** Topics whose records it takes in batches, each a {@link RecordBatch}. */
  default Set<String> batched() {
    return Set.of();
  }

  /** Adds sources, processors, stores and sinks, every one of them named. */
  void addTo(StreamsBuilder streams);
}
