package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.feeds.Feeds.INTO_ARTICLES;
import static dev.newsfeed.streams.feeds.Feeds.INTO_LISTS;
import static dev.newsfeed.streams.feeds.Feeds.INTO_REJECTED;
import static dev.newsfeed.streams.feeds.Feeds.PICKS;

import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Picks;
import dev.newsfeed.schemas.CuratedRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
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
 * Takes editors' lists: refuses what is wrong, sends the list to its feed and asks the articles in
 * it for their entries. A list that differs from the one before in nothing that readers see has no
 * effect.
 */
record TakeLists(Topics topics, JobClock clock)
    implements ProcessorSupplier<String, byte[], String, SpecificRecord> {

  /** Lists that a newsroom can have; each may be remembered by any article. */
  static final int MAX_LISTS = 1_000;

  private static final String GONE = "";

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(PICKS), Topic.KEYS, topics.serde(Picks.class))
        .withCachingDisabled());
  }

  @Override
  public Processor<String, byte[], String, SpecificRecord> get() {
    return new Worker(topics, clock);
  }

  private static final class Worker implements Processor<String, byte[], String, SpecificRecord> {
    private final Topics topics;
    private final JobClock clock;
    private @Nullable ProcessorContext<String, SpecificRecord> initialised;
    private @Nullable KeyValueStore<String, Picks> picks;
    private int lists;

    Worker(Topics topics, JobClock clock) {
      this.topics = topics;
      this.clock = clock;
    }

    @Override
    public void init(ProcessorContext<String, SpecificRecord> context) {
      initialised = context;
      picks = context.getStateStore(PICKS);
      lists = count();
    }

    @Override
    public void process(Record<String, byte[]> consumed) {
      String key = consumed.key();
      byte[] bytes = consumed.value();
      if (bytes == null) {
        if (key != null && picks().get(key) != null) {
          take(key, null, GONE);
        }
        return;
      }
      CuratedFeed list;
      try {
        list = topics.curated.valueSerde().read(topics.curated.name(), bytes);
      } catch (SerializationException e) {
        String why = Objects.requireNonNullElse(e.getMessage(), "cannot be decoded");
        refuse(key, bytes, List.of(new Problem("not-a-list", "value", why)));
        return;
      }
      List<Problem> problems = problems(key, list);
      if (problems.isEmpty()) {
        take(list.getFeedId(), list, content(list));
      } else {
        refuse(key, bytes, problems);
      }
    }

    private List<Problem> problems(@Nullable String key, CuratedFeed list) {
      if (!list.getFeedId().equals(key)) {
        return List.of(
            new Problem("wrong-key", "feedId", "the record's key must be the id of the feed"));
      }
      List<Problem> problems = CuratedRules.problems(list);
      if (problems.isEmpty() && picks().get(key) == null && lists >= MAX_LISTS) {
        return List.of(new Problem(
            "too-many-lists", "feedId", "there are " + MAX_LISTS + " curated feeds, no more fit"));
      }
      return problems;
    }

    private int count() {
      int count = 0;
      try (KeyValueIterator<String, Picks> all = picks().all()) {
        while (all.hasNext()) {
          all.next();
          count++;
        }
      }
      return count;
    }

    private void take(String feedId, @Nullable CuratedFeed list, String content) {
      Picks before = picks().get(feedId);
      if (before != null && before.getContent().equals(content)) {
        return;
      }
      Instant now = clock.now(context());
      Picking.Step step = Picking.of(feedId, list, content, now, before);
      picks().put(feedId, step.picks());
      lists += before == null ? 1 : 0;
      long at = context().currentSystemTimeMs();
      EntryChange change =
          EntryChange.newBuilder().setArticleId("").setList(step.list()).build();
      context().forward(new Record<>(feedId, change, at), INTO_LISTS);
      step.asks()
          .forEach((articleId, pick) ->
              context().forward(new Record<>(articleId, pick, at), INTO_ARTICLES));
    }

    /** Who sent it, and when, makes no other list of it. */
    private String content(CuratedFeed list) {
      CuratedFeed shown =
          CuratedFeed.newBuilder(list).setBy("").setAt(Instant.EPOCH).build();
      return Refusals.sha256(topics.curated.valueSerde().write(topics.curated.name(), shown));
    }

    private void refuse(@Nullable String key, byte[] bytes, List<Problem> problems) {
      Wire.refuse(context(), INTO_REJECTED, "feeds", key, problems, bytes);
    }

    private ProcessorContext<String, SpecificRecord> context() {
      return Objects.requireNonNull(initialised);
    }

    private KeyValueStore<String, Picks> picks() {
      return Objects.requireNonNull(picks);
    }
  }
}
