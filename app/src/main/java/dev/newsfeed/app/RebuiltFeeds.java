package dev.newsfeed.app;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.feeds.Feeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** Every feed, built anew from the archive and the editors' lists. */
record RebuiltFeeds(KafkaSettings kafka, Topics topics) implements Rebuildable {

  @Override
  public String job() {
    return Feeds.NAME;
  }

  @Override
  public Words words() {
    return new Words("newsfeed rebuild feeds", "rebuild of the feeds", "feeds", "heads");
  }

  @Override
  public Set<String> inputs() {
    return Set.of(topics.published.name(), topics.curated.name());
  }

  @Override
  public List<String> parts() {
    return List.of("by-article", "by-feed");
  }

  @Override
  public @Nullable Counting counting() {
    return null;
  }

  @Override
  public boolean isAlso(@Nullable Counting under) {
    return true;
  }

  @Override
  public void prepare(GenerationGroup next) {
    // it reads everything from the beginning
  }

  @Override
  public Outputs outputs(JobGeneration said) {
    return new Heads(kafka, topics, said.getGeneration());
  }

  private static final class Heads implements Outputs {

    private record Head(String title, long revision, boolean empty) {}

    private final Topic<Feed> feeds;
    private final Set<String> known = new HashSet<>();
    private final long revisionsAfter;
    private final TopicScan scan;
    private final Map<String, Head> heads = new HashMap<>();

    Heads(KafkaSettings kafka, Topics topics, long generation) {
      feeds = topics.feeds;
      String application = Jobs.applicationId(Feeds.NAME, generation, topics);
      try (TopicScan all = new TopicScan(kafka, Feeds.knownFeeds(application))) {
        all.toEnd(record -> known.add(record.key()));
      }
      revisionsAfter = Generation.revisionsAfter(generation);
      scan = new TopicScan(kafka, feeds.name());
    }

    @Override
    public void refresh() {
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

    @Override
    public int known() {
      return known.size();
    }

    @Override
    public long missing() {
      return known.stream()
          .filter(feedId -> {
            Head head = heads.get(feedId);
            return head == null || head.revision() <= revisionsAfter;
          })
          .count();
    }

    /** Empties them: their last article has left them. */
    @Override
    public int retireOthers(GenerationLog log, Instant at) {
      List<ProducerRecord<String, byte[]>> empty = new ArrayList<>();
      heads.forEach((feedId, head) -> {
        if (!known.contains(feedId) && (!head.empty() || head.revision() < revisionsAfter)) {
          empty.add(GenerationLog.record(
              feeds, feedId, new Feed(feedId, head.title(), revisionsAfter, at, 0L, List.of())));
        }
      });
      log.write(empty);
      return empty.size();
    }

    @Override
    public void close() {
      scan.close();
    }
  }
}
