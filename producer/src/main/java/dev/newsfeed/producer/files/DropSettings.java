package dev.newsfeed.producer.files;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * What a drop folder needs to know.
 *
 * @param dir where agencies deliver to; made where it is missing
 * @param settle how long a file must be unchanged to be taken for whole
 * @param clock says when something was refused
 */
public record DropSettings(
    KafkaSettings kafka, Topics topics, Path dir, Duration settle, Clock clock) {

  public DropSettings {
    if (settle.isNegative()) {
      throw new IllegalArgumentException("a file cannot settle in less than no time");
    }
  }
}
