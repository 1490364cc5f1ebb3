package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.feeds.Feeds.MEMBERSHIPS;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Memberships;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Tells each feed of an article's change: those it is in now, and those it has just left, which only
 * the memberships remembered from before can name.
 */
record TrackMemberships(Topics topics)
    implements ProcessorSupplier<String, PublishedArticle, String, EntryChange> {

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(MEMBERSHIPS),
            Topic.KEYS,
            topics.serde(Memberships.class))
        .withCachingDisabled());
  }

  @Override
  public Processor<String, PublishedArticle, String, EntryChange> get() {
    return new Worker();
  }

  private static final class Worker
      implements Processor<String, PublishedArticle, String, EntryChange> {
    private @Nullable ProcessorContext<String, EntryChange> context;
    private @Nullable KeyValueStore<String, Memberships> memberships;

    @Override
    public void init(ProcessorContext<String, EntryChange> context) {
      this.context = context;
      this.memberships = context.getStateStore(MEMBERSHIPS);
    }

    @Override
    public void process(Record<String, PublishedArticle> consumed) {
      PublishedArticle published = consumed.value();
      if (published == null) {
        return; // never written for a withdrawal; nothing is known of it
      }
      KeyValueStore<String, Memberships> store = Objects.requireNonNull(memberships);
      String articleId = published.getArticleId();
      Memberships before = store.get(articleId);
      Placing.Places places = Placing.of(published, before);
      if (places.memberships() != null || before != null) {
        store.put(articleId, places.memberships());
      }
      for (Map.Entry<String, EntryChange> change : places.changes().entrySet()) {
        Objects.requireNonNull(context)
            .forward(consumed.withKey(change.getKey()).withValue(change.getValue()));
      }
    }
  }
}
