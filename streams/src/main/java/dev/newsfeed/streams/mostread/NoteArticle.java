package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.state.Listing;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Notes how an article would be listed. Nothing of a withdrawn article's text is kept; its reads are,
 * and they go on counting should it come back.
 */
final class NoteArticle implements Processor<String, PublishedArticle, Void, Void> {

  private @Nullable CountStore counts;

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    counts = context.getStateStore(CountStore.NAME);
  }

  @Override
  public void process(Record<String, PublishedArticle> consumed) {
    PublishedArticle published = consumed.value();
    if (published == null) {
      return;
    }
    CountStore store = Objects.requireNonNull(counts);
    Listing listing = listing(published);
    store.list(published.getArticleId(), listing);
    Ranking.scopes(listing).forEach(store::scope);
  }

  /** How it would be listed; null: it is withdrawn, or only its notice is there. */
  static @Nullable Listing listing(PublishedArticle published) {
    Article article = published.getArticle();
    if (article == null) {
      return null;
    }
    Instant first =
        Objects.requireNonNullElse(published.getFirstPublished(), published.getChangedAt());
    return new Listing(
        article.getHeadline(),
        article.getUrl(),
        article.getKind(),
        article.getSection(),
        article.getExtraSections(),
        first,
        Objects.requireNonNullElse(published.getFeedTime(), first),
        published.getStatus() == Status.usable && !published.getExpired(),
        article.getMostReadEligible(),
        article.getEvergreen());
  }
}
