package dev.newsfeed.gateway.http;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.FeedEntries;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Paths under which an article stands at the newsroom, or stood before: they lead to where it is
 * now. Asked only when nothing else of the site is there.
 */
public final class Moved {

  private final News news;
  private final Addresses addresses;
  private final Resource articles;

  /** {@code articles}: answers for an article that was withdrawn. */
  public Moved(News news, Addresses addresses, Resource articles) {
    this.news = news;
    this.addresses = addresses;
    this.articles = articles;
  }

  /** 301 to the article, 410 where it was withdrawn; empty: there is no article. */
  Optional<Answer> answer(Ask ask) {
    return news.articleAt(addresses.site(), ask.path(), ask.rawQuery())
        .flatMap(found -> found.getStatus() == Status.canceled
            ? Optional.of(articles.answer(ask.at("/articles/" + found.getArticleId())))
            : FeedEntries.of(found).map(entry -> to(entry.getUrl(), found)));
  }

  private Answer to(@Nullable String url, PublishedArticle article) {
    // the article's own path on this site would lead here again: our page of it is meant
    String page = addresses.articlePage(article.getArticleId());
    String target = url == null || addresses.isOurs(url) ? page : addresses.uri(url);
    return Answer.ok(Content.text("text/plain", target + "\n"), Answer.REVALIDATE)
        .withStatus(301)
        .with("Location", target);
  }
}
