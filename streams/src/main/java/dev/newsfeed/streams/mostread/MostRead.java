package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Wire;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;

/**
 * Keeps the most-read lists.
 *
 * <pre>
 * clicks    ──▶ count-reads ─────────▶ local-lists ──────▶ merge-lists ──▶ most-read
 *  a1 10:04      a1 now 3               now/all 0: a1 3     now/all         now/all
 *  a1 10:04      (repeat)               now/all 5: b1 7     a1 3, b1 7      1 b1 7
 * published ──▶ note-article                                                2 a1 3
 *  a1 notice     a1 not listed
 * controls  ──▶ (all, in every instance)
 *  b1 exclude    b1 not listed
 * </pre>
 *
 * Clicks and articles are partitioned alike, so all that is counted of an article meets in one task,
 * in one store. Each second each task ranks its own articles by what editors have decided; an
 * article's counts live in exactly one task, so merging their lists is exact. What reaches the merge
 * is bounded by ticks, not by clicks.
 *
 * @param calendar of the newsroom's own edition
 * @param generation counts and ranks all the time, and writes lists when it serves
 */
public record MostRead(
    Topics topics,
    JobClock clock,
    NewsroomCalendar calendar,
    ReadRules reads,
    ListRules lists,
    Generation generation)
    implements Job {

  /** In its first generation. */
  public static final String NAME = "most-read";

  static final String INTO_LOCAL_LISTS = "into-local-lists";
  static final String INTO_REJECTED = "into-rejected";
  static final String INTO_MOST_READ = "into-most-read";
  private static final String COUNT_READS = "count-reads";

  /** The topic whose keys are the parts of all lists that an application knows. */
  public static String knownParts(String applicationId) {
    return applicationId + '-' + MergeLists.LOCAL_LISTS + "-changelog";
  }

  /** The keys of the lists that are merged from these parts. */
  public static Set<String> lists(Collection<String> parts) {
    Set<String> keys = new TreeSet<>();
    Set<String> editions = new TreeSet<>();
    for (String part : parts) {
      String key = part.substring(0, part.lastIndexOf('|'));
      keys.add(key);
      editions.add(Edition.suffix(key));
    }
    for (String key : List.copyOf(keys)) {
      if (key.startsWith(ReadWindow.NOW.label() + '/')) { // the same in every edition
        editions.forEach(edition -> keys.add(key + edition));
      }
    }
    return keys;
  }

  /** Whether clicks that the collector takes for no reader's are reads. */
  boolean countsSuspects() {
    return generation.counting().getSuspects();
  }

  @Override
  public String name() {
    return generation.nameOf(NAME);
  }

  @Override
  public Duration commitInterval() {
    return Duration.ofSeconds(3);
  }

  @Override
  public Set<String> batched() {
    return Set.of(topics.clicks.name());
  }

  @Override
  public void addTo(StreamsBuilder streams) {
    streams.addStateStore(new CountStore.Builder(topics, reads));
    KStream<String, SpecificRecord> counted = streams.stream(
            topics.clicks.name(), Wire.batches("from-clicks"))
        .process(new CountReads(this), Named.as(COUNT_READS), CountStore.NAME);
    Wire.into(counted, topics.rejected, INTO_REJECTED);
    streams.stream(topics.published.name(), Wire.values("from-published", topics.published))
        .process(NoteArticle::new, Named.as("note-article"), CountStore.NAME);
    streams.addGlobalStore(
        new ControlStore.Builder(),
        topics.controls.name(),
        Wire.bytes("from-controls"),
        new ControlStore.TakeControls(topics));

    KStream<String, SpecificRecord> merged = counted
        .mapValues(LocalList.class::cast, Named.as(INTO_LOCAL_LISTS))
        .repartition(Repartitioned.with(Topic.KEYS, topics.serde(LocalList.class))
            .withName("local-lists")
            .withNumberOfPartitions(topics.mostRead.partitions()))
        .process(new MergeLists(this), Named.as("merge-lists"));
    Wire.into(merged, topics.mostRead, INTO_MOST_READ);
  }
}
