package dev.newsfeed.app;

import dev.newsfeed.producer.clicks.PublishedPages;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import java.net.URI;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** Reads which pages show what is published now. */
final class PublishedScan {

  private PublishedScan() {}

  /**
   * Reads the topic.
   *
   * @param site whose pages; null: those of any
   * @throws UnavailableException when Kafka does not answer
   */
  static PublishedPages pages(KafkaSettings kafka, Topics topics, @Nullable URI site) {
    PublishedPages pages = new PublishedPages(site);
    try (TopicScan scan = new TopicScan(kafka, topics.published.name())) {
      scan.toEnd(record -> {
        if (record.value() != null) {
          try {
            pages.learn(topics.published.valueSerde().read(record.topic(), record.value()));
          } catch (SerializationException e) {
            throw new UnavailableException(
                record.topic() + " has what cannot be read, at partition " + record.partition()
                    + " offset " + record.offset(),
                e);
          }
        }
      });
    }
    return pages;
  }
}
