package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.TestPipeline;
import dev.newsfeed.streams.Wire;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.junit.jupiter.api.Test;

/** The feed's side of the job alone: changes go straight into its stores. */
class KeepFeedsTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final int MAX_BYTES =
      Integer.parseInt(TOPICS.feeds.configs().get("max.message.bytes"));
  private static final Topic<EntryChange> CHANGES = new Topic<>(
      "changes",
      "changes",
      "feed id",
      EntryChange.class,
      TOPICS.serde(EntryChange.class),
      4,
      Map.of(),
      "",
      "",
      "");

  private static final KeepFeeds KEEP_FEEDS = new KeepFeeds(
      TOPICS, JobClock.REAL, HeadSize.USUAL, Duration.ofMillis(200), Generation.FIRST);

  private record FeedsSide(ProcessorSupplier<String, EntryChange, String, SpecificRecord> side)
      implements Job {
    @Override
    public String name() {
      return "feeds-side";
    }

    @Override
    public Duration commitInterval() {
      return Duration.ofMillis(10);
    }

    @Override
    public void addTo(StreamsBuilder streams) {
      KStream<String, SpecificRecord> outputs = streams.stream(
              CHANGES.name(), Wire.values("from-changes", CHANGES))
          .process(side, Named.as("keep-feeds"));
      Wire.into(outputs, TOPICS.feeds, Feeds.INTO_FEEDS);
    }
  }

  private static EntryChange entering(FeedEntry entry) {
    return EntryChange.newBuilder()
        .setArticleId(entry.getArticleId())
        .setEnters(entry)
        .build();
  }

  private static FeedEntry largest(String id) {
    return FeedEntries.of(FeedSizesTest.shown(id)).orElseThrow();
  }

  @Test
  void headOfTheLargestEntriesEndsBeforeItsTopicOverflows() {
    try (TestPipeline pipeline = new TestPipeline(new FeedsSide(KEEP_FEEDS), NOON)) {
      for (int i = 0; i < 20; i++) {
        pipeline.pipe(CHANGES, "all", entering(largest("a" + i)));
      }
      pipeline.advance(Duration.ofSeconds(1));

      Feed head = pipeline.table(TOPICS.feeds).get("all");
      assertThat(head.getEntries()).hasSizeBetween(2, 19);
      assertThat(head.getTotal()).isEqualTo(20);
      assertThat(pipeline.sizes(TOPICS.feeds).get("all"))
          .isBetween(MAX_BYTES / 2, MAX_BYTES - 1024);
    }
  }

  @Test
  void editorsListOfTheLargestEntriesEndsBeforeItsTopicOverflows() {
    String feedId = "curated/top-stories";
    List<CuratedEntry> entries =
        IntStream.range(0, 20).mapToObj(i -> new CuratedEntry("a" + i, null)).toList();
    CuratedFeed list = new CuratedFeed(feedId, "Top stories", entries, "mara", NOON);
    try (TestPipeline pipeline = new TestPipeline(new FeedsSide(KEEP_FEEDS), NOON)) {
      EntryChange change = EntryChange.newBuilder()
          .setArticleId("")
          .setList(Picking.of(feedId, list, "1", NOON, null).list())
          .build();
      pipeline.pipe(CHANGES, feedId, change);
      for (int i = 0; i < 20; i++) {
        EntryChange answer =
            EntryChange.newBuilder(entering(largest("a" + i))).setAsked(1).build();
        pipeline.pipe(CHANGES, feedId, answer);
      }
      pipeline.advance(Duration.ofSeconds(1));

      assertThat(pipeline.table(TOPICS.feeds).get(feedId).getEntries()).hasSizeBetween(2, 19);
      assertThat(pipeline.sizes(TOPICS.feeds).get(feedId)).isLessThan(MAX_BYTES - 1024);
    }
  }

  @Test
  void eventCostsTheSameInAFeedOfTwentyThousandAsInOneOfTwoHundred() {
    long small = entriesReadForOneEventInAFeedOf(200);
    long large = entriesReadForOneEventInAFeedOf(20_000);

    assertThat(small).isBetween(100L, 110L); // the head, and the place that is entered
    assertThat(large).isEqualTo(small);
  }

  private static long entriesReadForOneEventInAFeedOf(int size) {
    AtomicLong reads = new AtomicLong();
    try (TestPipeline pipeline =
        new TestPipeline(new FeedsSide(new Counting(KEEP_FEEDS, reads)), NOON)) {
      for (int i = 0; i < size; i++) {
        pipeline.pipe(CHANGES, "all", entering(entry("a" + i, NOON.plusSeconds(i))));
      }
      pipeline.advance(Duration.ofSeconds(1));
      int headsBefore = pipeline.all(TOPICS.feeds).size();
      reads.set(0);

      pipeline.pipe(CHANGES, "all", entering(entry("b", NOON)));

      assertThat(pipeline.all(TOPICS.feeds)).hasSize(headsBefore + 1);
      assertThat(pipeline.table(TOPICS.feeds).get("all").getTotal()).isEqualTo(size + 1);
      return reads.get();
    }
  }

  private static FeedEntry entry(String id, Instant at) {
    return FeedEntries.of(published(article(id, 1).build(), at)).orElseThrow();
  }

  private static KeepFeeds second(AtomicBoolean serves) {
    return new KeepFeeds(
        TOPICS,
        JobClock.REAL,
        HeadSize.USUAL,
        Duration.ofMillis(200),
        new Generation(2, Generation.AS_USUAL, serves::get));
  }

  @Test
  void generationThatDoesNotServeYetOwesItsHeadsAndWritesThemWhenItDoes() {
    AtomicBoolean serves = new AtomicBoolean();
    try (TestPipeline pipeline = new TestPipeline(new FeedsSide(second(serves)), NOON)) {
      for (int i = 0; i < 3; i++) {
        pipeline.pipe(CHANGES, "section/s" + i, entering(entry("a" + i, NOON)));
        pipeline.advance(Duration.ofSeconds(1));
      }
      assertThat(pipeline.table(TOPICS.feeds)).isEmpty();

      serves.set(true);
      pipeline.advance(Duration.ofSeconds(1));

      assertThat(pipeline.table(TOPICS.feeds))
          .containsOnlyKeys("section/s0", "section/s1", "section/s2");
      assertThat(pipeline.all(TOPICS.feeds))
          .extracting(Feed::getRevision)
          .containsOnly((2L << 40) + 1);
    }
  }

  @Test
  void thousandsOfOwedHeadsAreWrittenALimitedNumberAtOnce() {
    AtomicBoolean serves = new AtomicBoolean();
    try (TestPipeline pipeline = new TestPipeline(new FeedsSide(second(serves)), NOON)) {
      for (int i = 0; i < 1_200; i++) {
        pipeline.pipe(CHANGES, "topic/t" + i, entering(entry("a", NOON)));
      }
      serves.set(true);

      pipeline.advance(Duration.ofMillis(200));
      assertThat(pipeline.all(TOPICS.feeds)).hasSize(500);

      pipeline.advance(Duration.ofSeconds(1));
      assertThat(pipeline.table(TOPICS.feeds)).hasSize(1_200);
      assertThat(pipeline.all(TOPICS.feeds)).hasSize(1_200);
    }
  }

  /** Counts the entries that are read from the store, one by one or by a scan. */
  private record Counting(KeepFeeds counted, AtomicLong reads)
      implements ProcessorSupplier<String, EntryChange, String, SpecificRecord> {

    @Override
    public Processor<String, EntryChange, String, SpecificRecord> get() {
      return counted.get();
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
      Set<StoreBuilder<?>> stores = new HashSet<>();
      for (StoreBuilder<?> store : counted.stores()) {
        boolean entries = store.name().equals(Feeds.ENTRIES);
        stores.add(entries ? observed(StoreBuilder.class, store) : store);
      }
      return stores;
    }

    private <T> T observed(Class<T> type, Object real) {
      return type.cast(Proxy.newProxyInstance(
          getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            Object result;
            try {
              result = method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
            return switch (method.getName()) {
              case "build" -> observed(KeyValueStore.class, result);
              case "range", "all", "reverseRange", "prefixScan" ->
                observed(KeyValueIterator.class, result);
              case "get", "delete", "next" -> {
                reads.incrementAndGet();
                yield result;
              }
              default -> result;
            };
          }));
    }
  }
}
