package dev.newsfeed.streams.feeds;

import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Memberships;
import dev.newsfeed.avro.state.Pick;
import dev.newsfeed.avro.state.Pickers;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Wire;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Keeps every feed: those in order of time, and those in the order that an editor gives.
 *
 * <pre>
 * published ──▶ memberships ──▶ by-feed ────────────▶ entries ───▶ feeds
 *  a1 world      a1 → world      world  + a1           world        world → [a1]
 *  a1 sport      a1 → sport      world  − a1           (heads       world → []
 *                                sport  + a1            coalesced)  sport → [a1]
 *  a1 notice     a1 → –          sport  − a1                        sport → []
 *                                top    a1: none                    top   → [b1]
 *                pickers ──────▶ top    a1: entry      answers      top   → [a1 b1]
 *                a1 ← top        top    b1: entry
 *                b1 ← top
 *                   ▲
 *               by-article  a1 ← top, b1 ← top
 *                   │
 * curated ──────▶ picks ───────▶ lists-by-feed ──────▶ lists
 *  top [a1 b1]    top: a1 b1     top [a1 b1]           top [a1 b1]
 *  ?!%           ──▶ rejected
 * </pre>
 *
 * An editor's list asks its articles for their entries, and is shown when all have answered.
 *
 * @param headSize what is shown of each feed
 * @param coalesce a feed that changes more often than this is written once per this time
 * @param generation keeps everything, and writes heads when it serves
 */
public record Feeds(
    Topics topics, JobClock clock, HeadSize headSize, Duration coalesce, Generation generation)
    implements Job {

  /** In its first generation. */
  public static final String NAME = "feeds";

  static final String MEMBERSHIPS = "memberships";
  static final String PICKERS = "pickers";
  static final String PICKS = "picks";
  static final String ENTRIES = "entries";
  static final String HEADS = "heads";
  static final String LISTS = "lists";
  static final String ANSWERS = "answers";
  static final String INTO_FEEDS = "into-feeds";
  static final String INTO_LISTS = "into-lists";
  static final String INTO_ARTICLES = "into-articles";
  static final String INTO_REJECTED = "into-rejected";

  /** The topic whose keys are all feeds that an application knows. */
  public static String knownFeeds(String applicationId) {
    return applicationId + '-' + HEADS + "-changelog";
  }

  @Override
  public String name() {
    return generation.nameOf(NAME);
  }

  @Override
  public Duration commitInterval() {
    return Duration.ofMillis(10);
  }

  @Override
  public void addTo(StreamsBuilder streams) {
    KStream<String, SpecificRecord> taken = streams.stream(
            topics.curated.name(), Wire.bytes("from-curated"))
        .process(new TakeLists(topics, clock), Named.as("take-lists"));
    Wire.into(taken, topics.rejected, INTO_REJECTED);

    streams.addStateStore(byArticle(MEMBERSHIPS, Memberships.class));
    streams.addStateStore(byArticle(PICKERS, Pickers.class));
    KStream<String, EntryChange> changes = streams.stream(
            topics.published.name(), Wire.values("from-published", topics.published))
        .process(TrackMemberships::new, Named.as("track-memberships"), MEMBERSHIPS, PICKERS);
    KStream<String, EntryChange> answers = Wire.part(taken, Pick.class, INTO_ARTICLES)
        .repartition(through("by-article", Pick.class, topics.published.partitions()))
        .process(AnswerPicks::new, Named.as("answer-picks"), MEMBERSHIPS, PICKERS);

    int feeds = topics.feeds.partitions();
    KStream<String, EntryChange> lists = Wire.part(taken, EntryChange.class, INTO_LISTS)
        .repartition(through("lists-by-feed", EntryChange.class, feeds));
    KStream<String, SpecificRecord> outputs = changes
        .merge(answers, Named.as("changes-and-answers"))
        .repartition(through("by-feed", EntryChange.class, feeds))
        .merge(lists, Named.as("changes-and-lists"))
        .process(
            new KeepFeeds(topics, clock, headSize, coalesce, generation), Named.as("keep-feeds"));
    Wire.into(outputs, topics.feeds, INTO_FEEDS);
  }

  private <V extends SpecificRecord> StoreBuilder<?> byArticle(String name, Class<V> type) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Topic.KEYS, topics.serde(type))
        .withCachingDisabled();
  }

  private <V extends SpecificRecord> Repartitioned<String, V> through(
      String name, Class<V> type, int partitions) {
    return Repartitioned.with(Topic.KEYS, topics.serde(type))
        .withName(name)
        .withNumberOfPartitions(partitions);
  }
}
