package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.feeds.Feeds.ENTRIES;
import static dev.newsfeed.streams.feeds.Feeds.HEADS;
import static dev.newsfeed.streams.feeds.Feeds.INTO_FEEDS;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.FeedHead;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.JobClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
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
 * Keeps all entries of all feeds, and writes a feed's head when it changed.
 *
 * <p>The whole feed is kept, not a bounded list, so a removal brings the next entry in. The head is
 * a scan over the first entries of the feed: it costs the same in a feed of 200,000 as in one of 200.
 *
 * <p>A head is written at once when the feed was quiet, and at most once per {@code coalesce} in a
 * burst. That a head is still owed is part of the state, so a crash in between loses none.
 */
record KeepNewest(Topics topics, JobClock clock, int headSize, Duration coalesce)
    implements ProcessorSupplier<String, EntryChange, String, SpecificRecord> {

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        // no cache: scans would have to merge it with what lies below
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(ENTRIES),
                Serdes.Bytes(),
                topics.serde(FeedEntry.class))
            .withCachingDisabled(),
        // changed with every entry, so the changelog gets only what stands at the commit
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(HEADS), Topic.KEYS, topics.serde(FeedHead.class))
            .withCachingEnabled());
  }

  @Override
  public Processor<String, EntryChange, String, SpecificRecord> get() {
    return new Worker(this);
  }

  private static final class Worker
      implements Processor<String, EntryChange, String, SpecificRecord> {
    private final KeepNewest settings;
    private final Set<String> owed = new LinkedHashSet<>();
    private final Map<String, Long> writtenAtMs = new HashMap<>();
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable KeyValueStore<Bytes, FeedEntry> entries;
    private @Nullable KeyValueStore<String, FeedHead> heads;
    private @Nullable Cancellable timer;
    private boolean debtsUnknown;

    Worker(KeepNewest settings) {
      this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
      initialised = context;
      entries = context.getStateStore(ENTRIES);
      heads = context.getStateStore(HEADS);
      startTimer(); // a crash may have left debts
      debtsUnknown = true;
    }

    @Override
    public void process(Record<String, EntryChange> consumed) {
      String feedId = consumed.key();
      EntryChange change = consumed.value();
      long total = total(feedId) + leave(feedId, change) + enter(feedId, change);
      FeedHead before = heads().get(feedId);
      String title = change.getTitle();
      heads()
          .put(
              feedId,
              FeedHead.newBuilder()
                  .setTitle(title != null ? title : before == null ? feedId : before.getTitle())
                  .setTotal(total)
                  .setRevision(before == null ? 0 : before.getRevision())
                  .setDirty(true)
                  .build());
      long now = context().currentSystemTimeMs();
      Long written = writtenAtMs.get(feedId);
      if (written == null || now - written >= settings.coalesce.toMillis()) {
        write(feedId, now);
      } else {
        owed.add(feedId);
      }
      startTimer();
    }

    /** Runs only while heads are fresh or owed: a timer makes transactions also when idle. */
    private void startTimer() {
      if (timer == null) {
        timer =
            context().schedule(settings.coalesce, PunctuationType.WALL_CLOCK_TIME, this::writeOwed);
      }
    }

    private long total(String feedId) {
      FeedHead head = heads().get(feedId);
      return head == null ? 0 : head.getTotal();
    }

    /** Takes the entry from its former place; how many that makes fewer, as a negative number. */
    private int leave(String feedId, EntryChange change) {
      if (change.getLeaves() == null) {
        return 0;
      }
      Bytes key = EntryKey.of(feedId, change.getLeaves(), change.getArticleId());
      return entries().delete(key) == null ? 0 : -1;
    }

    private int enter(String feedId, EntryChange change) {
      FeedEntry entry = change.getEnters();
      if (entry == null) {
        return 0;
      }
      Bytes key = EntryKey.of(feedId, entry.getFeedTime(), change.getArticleId());
      int more = entries().get(key) == null ? 1 : 0;
      entries().put(key, entry);
      return more;
    }

    private void writeOwed(long now) {
      if (debtsUnknown) {
        readDebts();
      }
      for (String feedId : List.copyOf(owed)) {
        write(feedId, now);
      }
      // what was written a while ago needs no remembering
      writtenAtMs.values().removeIf(written -> now - written >= settings.coalesce.toMillis());
      if (writtenAtMs.isEmpty() && timer != null) {
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
      Feed feed = new Feed(
          feedId,
          head.getTitle(),
          revision,
          settings.clock.now(context()),
          head.getTotal(),
          newest(feedId));
      context().forward(new Record<>(feedId, feed, now), INTO_FEEDS);
    }

    private List<FeedEntry> newest(String feedId) {
      List<FeedEntry> newest = new ArrayList<>(settings.headSize);
      try (KeyValueIterator<Bytes, FeedEntry> scan =
          entries().range(EntryKey.first(feedId), EntryKey.last(feedId))) {
        while (scan.hasNext() && newest.size() < settings.headSize) {
          newest.add(scan.next().value);
        }
      }
      return newest;
    }

    private ProcessorContext<String, SpecificRecord> context() {
      return Objects.requireNonNull(initialised);
    }

    private KeyValueStore<Bytes, FeedEntry> entries() {
      return Objects.requireNonNull(entries);
    }

    private KeyValueStore<String, FeedHead> heads() {
      return Objects.requireNonNull(heads);
    }
  }
}
