package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.feeds.Feeds.MEMBERSHIPS;
import static dev.newsfeed.streams.feeds.Feeds.PICKERS;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Memberships;
import dev.newsfeed.avro.state.Pickers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Tells each feed of an article's change: those it is in now, those it has just left, which only the
 * memberships remembered from before can name, and the editors' lists that asked for it.
 *
 * <p>All of them are computed before the first is told, and all are told in one transaction.
 */
final class TrackMemberships implements Processor<String, PublishedArticle, String, EntryChange> {

  private @Nullable ProcessorContext<String, EntryChange> context;
  private @Nullable KeyValueStore<String, Memberships> memberships;
  private @Nullable KeyValueStore<String, Pickers> pickers;

  @Override
  public void init(ProcessorContext<String, EntryChange> context) {
    this.context = context;
    this.memberships = context.getStateStore(MEMBERSHIPS);
    this.pickers = context.getStateStore(PICKERS);
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
    Map<String, EntryChange> changes = new LinkedHashMap<>(places.changes());
    changes.putAll(Placing.answers(
        articleId, places.memberships(), Objects.requireNonNull(pickers).get(articleId)));
    if (places.memberships() != null || before != null) {
      store.put(articleId, places.memberships());
    }
    changes.forEach((feedId, change) ->
        Objects.requireNonNull(context).forward(consumed.withKey(feedId).withValue(change)));
  }
}
