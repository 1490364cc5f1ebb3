package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.mostread.MostRead.INTO_MOST_READ;

import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.avro.state.RankHistory;
import dev.newsfeed.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Merges the lists of all partitions into the list that is published; not before all of them come
 * from a generation that serves.
 *
 * <p>A list is written when it differs from the last one, and otherwise when its age has moved on by
 * {@link #SHOW_AGE}, so that a frozen one can be told from a quiet one.
 */
record MergeLists(MostRead job)
    implements ProcessorSupplier<String, LocalList, String, SpecificRecord> {

  static final String LOCAL_LISTS = "local-lists-by-part";
  static final String RANKS = "ranks";
  private static final Duration MERGE = Duration.ofMillis(250);
  private static final Duration SHOW_AGE = Duration.ofSeconds(15);

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(LOCAL_LISTS),
                Topic.KEYS,
                job.topics().serde(LocalList.class))
            .withCachingDisabled(),
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(RANKS),
                Topic.KEYS,
                job.topics().serde(RankHistory.class))
            .withCachingDisabled());
  }

  @Override
  public Processor<String, LocalList, String, SpecificRecord> get() {
    return new Worker(job);
  }

  private static final class Worker
      implements Processor<String, LocalList, String, SpecificRecord> {
    private final MostRead job;
    private final Merging merging;
    private final Set<String> toMerge = new LinkedHashSet<>();
    private final Map<String, MostReadList> written = new HashMap<>();
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable KeyValueStore<String, LocalList> localLists;
    private @Nullable KeyValueStore<String, RankHistory> ranks;
    private @Nullable Cancellable timer;

    Worker(MostRead job) {
      this.job = job;
      this.merging = new Merging(job.calendar(), job.lists());
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
      initialised = context;
      localLists = context.getStateStore(LOCAL_LISTS);
      ranks = context.getStateStore(RANKS);
    }

    @Override
    public void process(Record<String, LocalList> consumed) {
      LocalList local = consumed.value();
      if (!merging.knows(local)) {
        return; // from an instance with other settings
      }
      Objects.requireNonNull(localLists).put(consumed.key() + '|' + local.getPartition(), local);
      toMerge.add(consumed.key());
      if (timer == null) {
        timer = Objects.requireNonNull(initialised)
            .schedule(MERGE, PunctuationType.WALL_CLOCK_TIME, t -> merge());
      }
    }

    /** Once for all lists that came since the first: partitions tick at about the same time. */
    private void merge() {
      for (String key : toMerge) {
        merge(key);
      }
      toMerge.clear();
      Objects.requireNonNull(initialised).commit(); // readers see what is committed
      Objects.requireNonNull(timer).cancel();
      timer = null;
    }

    private void merge(String key) {
      List<LocalList> parts = parts(key);
      if (!parts.stream().allMatch(LocalList::getServing)) {
        return; // some may know less than readers have seen; what is missing comes at the next tick
      }
      KeyValueStore<String, RankHistory> history = Objects.requireNonNull(ranks);
      Instant now = job.clock().now(Objects.requireNonNull(initialised));
      Merging.Merged merged = merging.merge(parts, history.get(key), now);
      MostReadList list = merged.list();
      MostReadList last = written.get(key);
      if (last != null
          && Merging.sameButForAge(last, list)
          && list.getAsOf().isBefore(last.getAsOf().plus(SHOW_AGE))) {
        return;
      }
      written.put(key, list);
      if (!merged.history().equals(history.get(key))) {
        history.put(key, merged.history());
      }
      ProcessorContext<String, SpecificRecord> context = Objects.requireNonNull(initialised);
      long atMs = context.currentSystemTimeMs();
      merged
          .byKey()
          .forEach((edition, of) ->
              context.forward(new Record<>(edition, signed(of), atMs), INTO_MOST_READ));
    }

    /** Says which generation has counted it, and which clicks that counts. */
    private MostReadList signed(MostReadList list) {
      Instant from = job.generation().counting().getFrom();
      return MostReadList.newBuilder(list)
          .setGeneration(job.generation().number())
          .setCountsSuspects(job.countsSuspects())
          .setCountedFrom(from != null && from.isAfter(list.getWindowStart()) ? from : null)
          .build();
    }

    private List<LocalList> parts(String key) {
      List<LocalList> parts = new ArrayList<>();
      // '}' is the character after '|'
      try (KeyValueIterator<String, LocalList> scan =
          Objects.requireNonNull(localLists).range(key + '|', key + '}')) {
        while (scan.hasNext()) {
          parts.add(scan.next().value);
        }
      }
      return parts;
    }
  }
}
