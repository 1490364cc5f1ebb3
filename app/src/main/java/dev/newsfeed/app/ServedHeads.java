package dev.newsfeed.app;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/** What stands on {@code feeds} now, as far as a rebuild wants to know it. */
final class ServedHeads implements AutoCloseable {

  private record Head(String title, long revision, boolean empty) {}

  private final Topic<Feed> feeds;
  private final TopicScan scan;
  private final Map<String, Head> heads = new HashMap<>();

  ServedHeads(KafkaSettings kafka, Topics topics) {
    this.feeds = topics.feeds;
    this.scan = new TopicScan(kafka, topics.feeds.name());
  }

  /** Takes in what was written since. */
  void refresh() {
    scan.toEnd(this::take);
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      heads.remove(record.key());
      return;
    }
    try {
      Feed feed = feeds.valueSerde().read(record.topic(), record.value());
      heads.put(
          record.key(),
          new Head(feed.getTitle(), feed.getRevision(), feed.getEntries().isEmpty()));
    } catch (SerializationException e) {
      heads.put(record.key(), new Head(record.key(), -1, false)); // to be replaced all the more
    }
  }

  /** How many of these feeds have no head of a revision beyond this one yet. */
  long missing(Set<String> feedIds, long revision) {
    return feedIds.stream()
        .filter(feedId -> {
          Head head = heads.get(feedId);
          return head == null || head.revision() <= revision;
        })
        .count();
  }

  /**
   * Empty heads for all feeds that are served but not known: their last article left them, and nobody
   * else would say so.
   *
   * @param revision of these heads
   */
  Map<String, Feed> emptyOnesBeside(Set<String> known, long revision, Instant at) {
    Map<String, Feed> empty = new HashMap<>();
    heads.forEach((feedId, head) -> {
      if (!known.contains(feedId) && (!head.empty() || head.revision() < revision)) {
        empty.put(feedId, new Feed(feedId, head.title(), revision, at, 0L, List.of()));
      }
    });
    return empty;
  }

  @Override
  public void close() {
    scan.close();
  }
}
