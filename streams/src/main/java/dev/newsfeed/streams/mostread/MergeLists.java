package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.mostread.MostRead.INTO_MOST_READ;

import dev.newsfeed.avro.MostReadEntry;
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
 * Merges the lists of all partitions into the list that is published.
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
      this.merging = new Merging(new Ranking(job.lists()), job.calendar());
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
      Objects.requireNonNull(timer).cancel();
      timer = null;
    }

    private void merge(String key) {
      KeyValueStore<String, RankHistory> history = Objects.requireNonNull(ranks);
      Instant now = job.clock().now(Objects.requireNonNull(initialised));
      Merging.Merged merged = merging.merge(parts(key), history.get(key), now);
      MostReadList list = merged.list();
      MostReadList last = written.get(key);
      if (last != null
          && merging.sameButForAge(last, list)
          && list.getAsOf().isBefore(last.getAsOf().plus(SHOW_AGE))) {
        return;
      }
      written.put(key, list);
      if (!merged.history().equals(history.get(key))) {
        history.put(key, merged.history());
      }
      Objects.requireNonNull(initialised)
          .forward(
              new Record<>(key, list, Objects.requireNonNull(initialised).currentSystemTimeMs()),
              INTO_MOST_READ);
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

  /** The merge itself, without Kafka. */
  static final class Merging {
    private static final Duration TRUSTED_FOR = Duration.ofMinutes(2);

    private final Ranking ranking;
    private final NewsroomCalendar calendar;

    Merging(Ranking ranking, NewsroomCalendar calendar) {
      this.ranking = ranking;
      this.calendar = calendar;
    }

    record Merged(MostReadList list, RankHistory history) {}

    /**
     * Merges one list's parts.
     *
     * @param parts at least one
     * @param before null when there was no such list yet
     */
    Merged merge(List<LocalList> parts, @Nullable RankHistory before, Instant now) {
      LocalList newest = parts.get(0);
      Instant asOf = newest.getAsOf();
      for (LocalList part : parts) {
        newest = part.getWindowEnd().isAfter(newest.getWindowEnd()) ? part : newest;
        asOf = part.getAsOf().isBefore(asOf) ? part.getAsOf() : asOf;
      }
      long reads = 0;
      Map<String, Long> refused = new HashMap<>();
      List<List<MostReadEntry>> lists = new ArrayList<>();
      for (LocalList part : parts) {
        // a partition that has not ticked yet still speaks of yesterday; its age shows in asOf
        if (part.getWindowEnd().isAfter(newest.getWindowStart())) {
          reads += part.getReads();
          part.getRefused().forEach((reason, count) -> refused.merge(reason, count, Long::sum));
          lists.add(part.getEntries());
        }
      }
      List<MostReadEntry> best = ranking.merged(lists);
      RankHistory history = history(before, window(newest.getWindow()), best, now);
      MostReadList list = MostReadList.newBuilder()
          .setScope(newest.getScope())
          .setWindow(newest.getWindow())
          .setAsOf(asOf)
          .setWindowStart(newest.getWindowStart())
          .setWindowEnd(newest.getWindowEnd())
          .setZone(calendar.zone().getId())
          .setStaleAfter(asOf.plus(TRUSTED_FOR))
          .setReads(reads)
          .setRefused(refused)
          .setEntries(ranked(best, history.getBefore()))
          .build();
      return new Merged(list, history);
    }

    /** Whether a reader would see the same, apart from how old it is. */
    boolean sameButForAge(MostReadList a, MostReadList b) {
      return a.getReads() == b.getReads()
          && a.getWindowStart().equals(b.getWindowStart())
          && a.getRefused().equals(b.getRefused())
          && a.getEntries().equals(b.getEntries());
    }

    private static List<MostReadEntry> ranked(
        List<MostReadEntry> best, Map<String, Integer> before) {
      List<MostReadEntry> ranked = new ArrayList<>(best.size());
      for (MostReadEntry entry : best) {
        ranked.add(MostReadEntry.newBuilder(entry)
            .setRank(ranked.size() + 1)
            .setPreviousRank(before.get(entry.getArticleId()))
            .build());
      }
      return ranked;
    }

    /** When a step of the clock ends, the ranks it ends with are what the next is compared with. */
    private static RankHistory history(
        @Nullable RankHistory before, ReadWindow window, List<MostReadEntry> best, Instant now) {
      Map<String, Integer> current = new HashMap<>();
      for (MostReadEntry entry : best) {
        current.put(entry.getArticleId(), current.size() + 1);
      }
      long step = Math.floorDiv(now.toEpochMilli(), window.step().toMillis());
      if (before == null) {
        return new RankHistory(step, current, current, null);
      }
      return new RankHistory(
          step, before.getStep() == step ? before.getBefore() : before.getCurrent(), current, null);
    }

    private static ReadWindow window(String label) {
      for (ReadWindow window : ReadWindow.values()) {
        if (window.label().equals(label)) {
          return window;
        }
      }
      throw new IllegalArgumentException("no such window: " + label);
    }
  }
}
