package dev.newsfeed.streams.feeds;

import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Wire;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * Keeps the newest entries of every feed.
 *
 * <pre>
 * published ──▶ memberships ──▶ by-feed ──────────▶ newest ──▶ feeds
 *  a1 world      a1 → world      world  + a1         world      world → [a1]
 *  a1 sport      a1 → sport      world  − a1         (heads     world → []
 *                                sport  + a1          coalesced) sport → [a1]
 *  a1 notice     a1 → –          sport  − a1                    sport → []
 * </pre>
 *
 * @param headSize entries shown of each feed
 * @param coalesce a feed that changes more often than this is written once per this time
 */
public record Feeds(Topics topics, JobClock clock, int headSize, Duration coalesce) implements Job {

  static final String MEMBERSHIPS = "memberships";
  static final String ENTRIES = "entries";
  static final String HEADS = "heads";
  static final String INTO_FEEDS = "into-feeds";

  @Override
  public String name() {
    return "feeds";
  }

  @Override
  public Duration commitInterval() {
    return Duration.ofMillis(10);
  }

  @Override
  public void addTo(StreamsBuilder streams) {
    KStream<String, EntryChange> changes = streams.stream(
            topics.published.name(), Wire.values("from-published", topics.published))
        .process(new TrackMemberships(topics), Named.as("track-memberships"))
        .repartition(Repartitioned.with(Topic.KEYS, topics.serde(EntryChange.class))
            .withName("by-feed")
            .withNumberOfPartitions(topics.feeds.partitions()));
    KStream<String, SpecificRecord> outputs =
        changes.process(new KeepNewest(topics, clock, headSize, coalesce), Named.as("keep-newest"));
    Wire.into(outputs, topics.feeds, INTO_FEEDS);
  }
}
