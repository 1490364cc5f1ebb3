package dev.newsfeed.streams.feeds;

import static dev.newsfeed.streams.feeds.Feeds.MEMBERSHIPS;
import static dev.newsfeed.streams.feeds.Feeds.PICKERS;

import dev.newsfeed.avro.state.EntryChange;
import dev.newsfeed.avro.state.Memberships;
import dev.newsfeed.avro.state.Pick;
import dev.newsfeed.avro.state.Pickers;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which editors' lists asked for an article, and answers at once; {@link TrackMemberships}
 * goes on telling them.
 */
final class AnswerPicks implements Processor<String, Pick, String, EntryChange> {

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
  public void process(Record<String, Pick> consumed) {
    String articleId = consumed.key();
    Pick pick = consumed.value();
    KeyValueStore<String, Pickers> store = Objects.requireNonNull(pickers);
    Pickers after = Placing.pickers(pick, store.get(articleId));
    store.put(articleId, after);
    EntryChange answer = Placing.answers(
            articleId, Objects.requireNonNull(memberships).get(articleId), after)
        .get(pick.getFeedId());
    if (answer != null) {
      Objects.requireNonNull(context).forward(consumed.withKey(pick.getFeedId()).withValue(answer));
    }
  }
}
