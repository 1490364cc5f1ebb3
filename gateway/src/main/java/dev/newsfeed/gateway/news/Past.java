package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.push.EventLog;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what was last published before the gateway started, as far as the topic still has it, to
 * those who were connected before and come back.
 *
 * <pre>
 * published    a1 v1   a2 v1 │ a1 v2   a3 v1   a1 v3 │ from now on
 *                            └────── the past ───────┘
 * told                         a1 v2   a3 v1   a1 v3    where a1 stood before v2 is not known
 * </pre>
 */
public final class Past {

  private final News news;
  private final EventLog events;
  private final Map<String, Set<String>> stood = new HashMap<>();

  Past(News news, EventLog events) {
    this.news = news;
    this.events = events;
  }

  /** Takes the records of a partition in their order; null: the topic forgets the key. */
  public void take(
      int partition, long offset, String articleId, @Nullable PublishedArticle record) {
    if (record == null) {
      stood.put(articleId, Set.of());
    } else if (articleId.equals(record.getArticleId())) {
      PublishedArticle safe = SafeContent.of(withoutBody(record));
      Set<String> now = news.feeds(articleId, Optional.of(safe));
      boolean fresh = record.getChange() == Change.published; // and stood nowhere until then
      Set<String> before = stood.getOrDefault(articleId, fresh ? Set.of() : null);
      events.past(partition, offset, safe, before, now);
      stood.put(articleId, now);
    }
  }

  /** Events show no body, so it need not be cleaned. */
  private static PublishedArticle withoutBody(PublishedArticle record) {
    Article article = record.getArticle();
    return article == null
        ? record
        : PublishedArticle.newBuilder(record)
            .setArticle(Article.newBuilder(article).setBodyHtml(null).build())
            .build();
  }

  /**
   * Lets the events begin.
   *
   * @param from the first offset that was taken, by partition
   */
  public void begin(Map<Integer, Long> from) {
    events.begin(from);
  }
}
