package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.feeds.Feeds.ANSWERS;
import static dev.newsfeed.streams.feeds.Feeds.ENTRIES;
import static dev.newsfeed.streams.feeds.Feeds.HEADS;
import static dev.newsfeed.streams.feeds.Feeds.INTO_FEEDS;
import static dev.newsfeed.streams.feeds.Feeds.LISTS;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.state.Answer;
import dev.newsfeed.avro.state.CuratedState;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.FeedHead;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
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
 * Keeps all feeds, and writes a feed's head when it changed.
 *
 * <p>A head is written at once when the feed was quiet, and at most once per {@code coalesce} in a
 * burst. That a head is still owed is part of the state, so a crash in between loses none, and a
 * generation that does not serve yet writes them all when it does.
 */
record KeepFeeds(
    Topics topics, JobClock clock, HeadSize headSize, Duration coalesce, Generation generation)
    implements ProcessorSupplier<String, EntryChange, String, SpecificRecord> {

  /** Heads written before others get their turn: a transaction must end before its time is out. */
  private static final int WRITTEN_AT_ONCE = 500;

  /** How often it is looked in that time whether an owed head may be written. */
  private static final int LOOKS = 4;

  /** Only editors give their lists a title; other feeds are called as their newest entry calls them. */
  private static final String UNTITLED = "";

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        // no cache: scans would have to merge it with what lies below
        store(ENTRIES, Serdes.Bytes(), topics.serde(FeedEntry.class)).withCachingDisabled(),
        store(ANSWERS, Serdes.Bytes(), topics.serde(Answer.class)).withCachingDisabled(),
        store(LISTS, Topic.KEYS, topics.serde(CuratedState.class)).withCachingDisabled(),
        // changed with every entry, so the changelog gets only what stands at the commit
        store(HEADS, Topic.KEYS, topics.serde(FeedHead.class)).withCachingEnabled());
  }

  private static <K, V> StoreBuilder<KeyValueStore<K, V>> store(
      String name, Serde<K> keys, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values);
  }

  @Override
  public Processor<String, EntryChange, String, SpecificRecord> get() {
    return new Worker(this);
  }

  private static final class Worker
      implements Processor<String, EntryChange, String, SpecificRecord> {
    private final KeepFeeds settings;
    private final Set<String> owed = new LinkedHashSet<>();
    private final Map<String, Long> writtenAtMs = new HashMap<>();
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable NewestFirst newestFirst;
    private @Nullable EditorsLists editorsLists;
    private @Nullable KeyValueStore<String, FeedHead> heads;
    private @Nullable Cancellable timer;
    private boolean debtsUnknown;

    Worker(KeepFeeds settings) {
      this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
      initialised = context;
      newestFirst = new NewestFirst(context.getStateStore(ENTRIES));
      editorsLists = new EditorsLists(context.getStateStore(LISTS), context.getStateStore(ANSWERS));
      heads = context.getStateStore(HEADS);
      startTimer(); // a crash may have left debts
      debtsUnknown = true;
    }

    @Override
    public void process(Record<String, EntryChange> consumed) {
      String feedId = consumed.key();
      FeedHead before = heads().get(feedId);
      FeedHead after = FeedIds.isCurated(feedId)
          ? afterEditing(feedId, before, consumed.value())
          : afterNews(feedId, before, consumed.value());
      if (after == null) {
        return;
      }
      heads().put(feedId, after);
      long now = context().currentSystemTimeMs();
      if (!settings.generation.isServing()) {
        debtsUnknown = true; // the state remembers it
      } else if (isQuiet(feedId, now)) {
        write(feedId, now);
      } else {
        owed.add(feedId);
      }
      startTimer();
    }

    private FeedHead afterNews(String feedId, @Nullable FeedHead before, EntryChange change) {
      long total = before == null ? 0 : before.getTotal();
      return owing(before, UNTITLED, total + newestFirst().apply(feedId, change));
    }

    /** Null where readers see no difference: the list is not complete, or nobody is shown it. */
    private @Nullable FeedHead afterEditing(
        String feedId, @Nullable FeedHead before, EntryChange change) {
      Curation former = editorsLists().of(feedId);
      Curation curation = editorsLists().apply(feedId, former, change);
      if (curation.shown() == null) {
        return null;
      }
      List<FeedEntry> entries = curation.entries();
      FeedHead after = owing(
          before,
          Objects.requireNonNullElse(curation.shown().getTitle(), UNTITLED),
          entries.size());
      boolean same = before != null
          && before.getTitle().equals(after.getTitle())
          && former.entries().equals(entries);
      return same ? null : after;
    }

    private FeedHead owing(@Nullable FeedHead before, String title, long total) {
      return FeedHead.newBuilder()
          .setTitle(title)
          .setTotal(total)
          .setRevision(before == null ? settings.generation.revisionsAfter() : before.getRevision())
          .setDirty(true)
          .build();
    }

    /** Whether the head was not written a moment ago. */
    private boolean isQuiet(String feedId, long now) {
      Long written = writtenAtMs.get(feedId);
      return written == null || now - written >= settings.coalesce.toMillis();
    }

    /** Runs only while heads are fresh or owed: a timer makes transactions also when idle. */
    private void startTimer() {
      if (timer == null) {
        Duration look = settings.coalesce.dividedBy(LOOKS);
        timer = context().schedule(look, PunctuationType.WALL_CLOCK_TIME, this::writeOwed);
      }
    }

    private void writeOwed(long now) {
      if (!settings.generation.isServing()) {
        return;
      }
      if (debtsUnknown) {
        readDebts();
      }
      List<String> due = owed.stream()
          .filter(feedId -> isQuiet(feedId, now))
          .limit(WRITTEN_AT_ONCE)
          .toList();
      due.forEach(feedId -> write(feedId, now));
      // what was written a while ago needs no remembering
      writtenAtMs.values().removeIf(written -> now - written >= settings.coalesce.toMillis());
      if (owed.isEmpty() && writtenAtMs.isEmpty() && timer != null) {
        timer.cancel();
        timer = null;
      }
    }

    /** After a crash the state tells which heads were still to be written. */
    private void readDebts() {
      try (KeyValueIterator<String, FeedHead> all = heads().all()) {
        while (all.hasNext()) {
          KeyValue<String, FeedHead> head = all.next();
          if (head.value.getDirty()) {
            owed.add(head.key);
          }
        }
      }
      debtsUnknown = false;
    }

    private void write(String feedId, long now) {
      owed.remove(feedId);
      writtenAtMs.put(feedId, now);
      FeedHead head = Objects.requireNonNull(heads().get(feedId));
      long revision = head.getRevision() + 1;
      heads()
          .put(
              feedId,
              FeedHead.newBuilder(head).setRevision(revision).setDirty(false).build());
      List<FeedEntry> entries = entries(feedId);
      Feed feed = new Feed(
          feedId,
          head.getTitle().isEmpty()
              ? FeedIds.titleOf(feedId, entries.isEmpty() ? null : entries.get(0))
              : head.getTitle(),
          revision,
          settings.clock.now(context()),
          head.getTotal(),
          entries);
      context().forward(new Record<>(feedId, feed, now), INTO_FEEDS);
    }

    private List<FeedEntry> entries(String feedId) {
      return FeedIds.isCurated(feedId)
          ? settings.headSize.fitting(editorsLists().of(feedId).entries().iterator())
          : newestFirst().first(feedId, settings.headSize);
    }

    private ProcessorContext<String, SpecificRecord> context() {
      return Objects.requireNonNull(initialised);
    }

    private NewestFirst newestFirst() {
      return Objects.requireNonNull(newestFirst);
    }

    private EditorsLists editorsLists() {
      return Objects.requireNonNull(editorsLists);
    }

    private KeyValueStore<String, FeedHead> heads() {
      return Objects.requireNonNull(heads);
    }
  }
}
