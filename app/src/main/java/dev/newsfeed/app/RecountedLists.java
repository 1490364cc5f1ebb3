package dev.newsfeed.app;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.mostread.MostRead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Every most-read list, counted anew from the clicks that the log holds.
 *
 * @param counting which of them; null: what is usual
 */
record RecountedLists(
    KafkaSettings kafka, Topics topics, @Nullable Counting counting) implements Rebuildable {

  @Override
  public String job() {
    return MostRead.NAME;
  }

  @Override
  public Words words() {
    return new Words("newsfeed recount", "recount", "lists", "lists");
  }

  /** Controls have no position: each instance reads all of them before it counts anything. */
  @Override
  public Set<String> inputs() {
    return Set.of(topics.clicks.name(), topics.published.name());
  }

  @Override
  public List<String> parts() {
    return List.of("local-lists");
  }

  /** A time that was given as "two days ago" is another one when the command is repeated. */
  @Override
  public boolean isAlso(@Nullable Counting under) {
    Counting asked = orUsual(counting);
    Counting other = orUsual(under);
    return asked.getSuspects() == other.getSuspects()
        && (asked.getFrom() == null) == (other.getFrom() == null);
  }

  private static Counting orUsual(@Nullable Counting asked) {
    return Objects.requireNonNullElse(asked, Generation.AS_USUAL);
  }

  @Override
  public void prepare(GenerationGroup next) {
    Instant from = orUsual(counting).getFrom();
    if (from != null) {
      next.beginAt(topics.clicks.name(), from);
    }
  }

  @Override
  public Outputs outputs(JobGeneration said) {
    return new Lists(kafka, topics, said.getGeneration());
  }

  private static final class Lists implements Outputs {

    private final Topic<MostReadList> mostRead;
    private final long generation;
    private final Set<String> known;
    private final TopicScan scan;
    private final Map<String, MostReadList> lists = new HashMap<>();
    private final Set<String> unreadable = new HashSet<>();

    Lists(KafkaSettings kafka, Topics topics, long generation) {
      this.mostRead = topics.mostRead;
      this.generation = generation;
      String application = Jobs.applicationId(MostRead.NAME, generation, topics);
      Set<String> parts = new HashSet<>();
      try (TopicScan all = new TopicScan(kafka, MostRead.knownParts(application))) {
        all.toEnd(record -> parts.add(record.key()));
      }
      known = MostRead.lists(parts);
      scan = new TopicScan(kafka, mostRead.name());
    }

    @Override
    public void refresh() {
      scan.toEnd(this::take);
    }

    private void take(ConsumerRecord<String, byte[]> record) {
      lists.remove(record.key());
      unreadable.remove(record.key());
      if (record.value() != null) {
        try {
          lists.put(record.key(), mostRead.valueSerde().read(record.topic(), record.value()));
        } catch (SerializationException e) {
          unreadable.add(record.key()); // to be replaced all the more
        }
      }
    }

    @Override
    public int known() {
      return known.size();
    }

    @Override
    public long missing() {
      return known.stream()
          .filter(key -> !lists.containsKey(key) || lists.get(key).getGeneration() != generation)
          .count();
    }

    /**
     * Empties them, so that whoever shows one takes its articles off, and deletes them: an empty list
     * that nobody keeps up would look like one that is stuck.
     */
    @Override
    public int retireOthers(GenerationLog log, Instant at) {
      List<ProducerRecord<String, byte[]>> last = new ArrayList<>();
      Set<String> retired = new HashSet<>(lists.keySet());
      retired.addAll(unreadable);
      retired.removeAll(known);
      for (String key : retired) {
        MostReadList list = lists.get(key);
        if (list != null) {
          last.add(GenerationLog.record(mostRead, key, emptied(list, at)));
        }
        last.add(GenerationLog.record(mostRead, key, null));
      }
      log.write(last);
      return retired.size();
    }

    private MostReadList emptied(MostReadList list, Instant at) {
      return MostReadList.newBuilder(list)
          .setReads(0)
          .setRefused(Map.of())
          .setEntries(List.of())
          .setStaleAfter(at)
          .setGeneration(generation)
          .build();
    }

    @Override
    public void close() {
      scan.close();
    }
  }
}
