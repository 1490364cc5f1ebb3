package dev.newsfeed.streams;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Articles and clicks for tests, in the words of the newsroom. */
public final class News {

  static {
    // builders work only for classes that Avro was told to trust, which the serde does
    Objects.requireNonNull(TestPipeline.TOPICS);
  }

  private News() {}

  public static Article.Builder article(String id, long version) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setHeadline("Headline of " + id + " v" + version)
        .setBodyHtml("<p>Body of " + id + " v" + version + "</p>")
        .setSection(label("world"));
  }

  public static Article withdrawal(String id, long version) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setStatus(Status.canceled)
        .setWithdrawal(new Withdrawal("legal", null, null))
        .build();
  }

  public static Label label(String slug) {
    return new Label(slug, slug.toUpperCase(Locale.ROOT));
  }

  public static PublishedArticle published(Article article, Instant at) {
    return PublishedArticle.newBuilder()
        .setArticleId(article.getArticleId())
        .setVersion(article.getVersion())
        .setStatus(Status.usable)
        .setChange(Change.published)
        .setChangedAt(at)
        .setFirstPublished(at)
        .setFeedTime(at)
        .setCorrections(List.of())
        .setArticle(article)
        .build();
  }

  public static PublishedArticle notice(String id, long version, Instant at) {
    return PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setStatus(Status.canceled)
        .setChange(Change.withdrawn)
        .setChangedAt(at)
        .setWithdrawal(new Withdrawal("legal", null, null))
        .build();
  }

  public static Click click(String articleId, Instant at, long visitor) {
    return Click.newBuilder()
        .setArticleId(articleId)
        .setReceivedAtMs(at.toEpochMilli())
        .setVisitor(visitor)
        .build();
  }
}
