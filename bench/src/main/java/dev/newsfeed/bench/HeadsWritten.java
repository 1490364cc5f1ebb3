package dev.newsfeed.bench;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Counts the records on {@code feeds} as they come, feed by feed and second by second, and keeps each
 * feed's last one undecoded: counting should cost the job that is measured as little as it can.
 */
final class HeadsWritten implements AutoCloseable {

  private static final Duration QUIET = Duration.ofSeconds(2);

  private final Topic<Feed> topic;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<String, byte[]> last = new HashMap<>();
  private final Map<String, Map<Long, Integer>> bySecond = new HashMap<>();
  private long count;
  private long bytes;
  private long lastAtNanos = System.nanoTime();

  HeadsWritten(KafkaSettings kafka, Topic<Feed> topic) {
    this.topic = topic;
    consumer = new KafkaConsumer<>(
        kafka.with(Map.of("isolation.level", "read_committed", "enable.auto.commit", false)),
        new StringDeserializer(),
        new ByteArrayDeserializer());
    consumer.assign(IntStream.range(0, topic.partitions())
        .mapToObj(partition -> new TopicPartition(topic.name(), partition))
        .toList());
    consumer.seekToBeginning(consumer.assignment());
  }

  /** What has been counted so far. */
  record Counted(long heads, long bytes, int atMostPerFeedAndSecond) {}

  /**
   * Reads until every feed shows what it must.
   *
   * @return the moment, in {@link System#nanoTime}, at which the last head came; 0: they never did
   */
  long awaitHeads(FeedsOnHeap expected, int entries, Duration atMost) {
    Map<String, List<String>> heads = expected.heads(entries);
    Map<String, Long> totals = expected.totals();
    long deadline = System.nanoTime() + atMost.toNanos();
    boolean looked = false;
    while (System.nanoTime() < deadline) {
      if (read()) {
        looked = false;
      } else if (!looked && System.nanoTime() - lastAtNanos > QUIET.toNanos()) {
        looked = true;
        if (show(heads, totals)) {
          return lastAtNanos;
        }
      }
    }
    return 0;
  }

  /** Whether anything came. */
  private boolean read() {
    boolean some = false;
    for (ConsumerRecord<String, byte[]> consumed : consumer.poll(Duration.ofMillis(100))) {
      some = true;
      count++;
      bytes += consumed.serializedValueSize();
      last.put(consumed.key(), consumed.value());
      bySecond
          .computeIfAbsent(consumed.key(), feed -> new HashMap<>())
          .merge(consumed.timestamp() / 1_000, 1, Integer::sum);
    }
    if (some) {
      lastAtNanos = System.nanoTime();
    }
    return some;
  }

  private boolean show(Map<String, List<String>> heads, Map<String, Long> totals) {
    Map<String, List<String>> shown = new TreeMap<>();
    Map<String, Long> shownTotals = new TreeMap<>();
    last.forEach((feedId, value) -> {
      Feed feed = topic.valueSerde().read(topic.name(), value);
      shown.put(
          feedId,
          feed.getEntries().stream()
              .map((FeedEntry entry) -> entry.getArticleId() + " v" + entry.getVersion())
              .toList());
      shownTotals.put(feedId, feed.getTotal());
    });
    return shown.equals(heads) && shownTotals.equals(totals);
  }

  Counted counted() {
    int atMost = bySecond.values().stream()
        .flatMap(seconds -> seconds.values().stream())
        .mapToInt(Integer::intValue)
        .max()
        .orElse(0);
    return new Counted(count, bytes, atMost);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
