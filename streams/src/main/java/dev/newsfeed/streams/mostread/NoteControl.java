package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Control;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Topics;
import java.util.Objects;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes what an editor has decided about an article. */
final class NoteControl implements Processor<String, byte[], Void, Void> {

  private static final Logger LOG = LoggerFactory.getLogger(NoteControl.class);

  private final Topics topics;
  private @Nullable CountStore counts;

  NoteControl(Topics topics) {
    this.topics = topics;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    counts = context.getStateStore(CountStore.NAME);
  }

  @Override
  public void process(Record<String, byte[]> consumed) {
    if (!ArticleRules.isArticleId(consumed.key())) {
      return; // a decision about a whole section
    }
    CountStore store = Objects.requireNonNull(counts);
    ArticleCount article = store.article(consumed.key());
    if (consumed.value() == null) {
      article.decide(false, null);
    } else {
      try {
        Control control =
            topics.controls.valueSerde().read(topics.controls.name(), consumed.value());
        article.decide(control.getExcluded(), control.getEvergreen());
      } catch (SerializationException e) {
        LOG.warn("passed over an undecodable control cause={}", e.getMessage());
        return;
      }
    }
    store.changed(article);
  }
}
