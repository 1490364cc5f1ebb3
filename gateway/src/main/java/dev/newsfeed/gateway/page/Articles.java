package dev.newsfeed.gateway.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Problems;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.RecordJson;
import java.util.List;
import java.util.Optional;

/**
 * {@code /articles/{id}}: a page for people, JSON for programs. Withdrawn for good: 410 with the
 * reason. Withheld for the moment: 404, because it may come back.
 */
public final class Articles implements Resource {

  private static final String JSON_EXTENSION = ".json";

  private final News news;
  private final Addresses addresses;
  private final ReadAlsoLists readAlso;
  private final Pages pages;

  public Articles(News news, Addresses addresses, ReadAlsoLists readAlso, Pages pages) {
    this.news = news;
    this.addresses = addresses;
    this.readAlso = readAlso;
    this.pages = pages;
  }

  @Override
  public Answer answer(Ask ask) {
    String asked = ask.pathAfter("/articles/");
    Optional<PublishedArticle> exact = news.article(asked);
    // an id may itself end in .json
    boolean extension = exact.isEmpty() && asked.endsWith(JSON_EXTENSION);
    PublishedArticle published = (extension
            ? news.article(asked.substring(0, asked.length() - JSON_EXTENSION.length()))
            : exact)
        .orElseThrow(() -> Refused.notFound("there is no such article"));
    boolean page = !extension && ask.wantsPage();
    if (published.getStatus() == Status.canceled) {
      return page ? pages.withdrawn(published) : gone(published);
    }
    Article article = published.getArticle();
    FeedEntry entry = FeedEntries.of(published).orElse(null);
    if (article == null || entry == null) {
      throw Refused.notFound("this article is withheld for the moment");
    }
    Answer answer = page
        ? pages.article(published, article, entry)
        : Answer.ok(json(published, article), Answer.REVALIDATE);
    return answer.withLastModified(published.getChangedAt());
  }

  private Content json(PublishedArticle published, Article article) {
    ObjectNode json = RecordJson.of(article);
    // instructions to the publication job, not news
    json.remove(List.of("republish", "restore", "embargoedUntil"));
    ObjectNode outer = RecordJson.of(published);
    json.setAll(outer.retain(
        "version", "change", "changedAt", "firstPublished", "feedTime", "corrections", "expired"));
    ArrayNode feeds = json.putArray("feeds");
    FeedEntries.feedsOf(published).forEach(feeds::add);
    json.set("readAlso", readAlso.json(article));
    json.put("page", addresses.articlePage(published.getArticleId()));
    return new Content("application/json", RecordJson.bytes(json));
  }

  private Answer gone(PublishedArticle notice) {
    Withdrawal withdrawal = notice.getWithdrawal();
    String reason = withdrawal == null ? "" : withdrawal.getReason();
    ObjectNode problem = Problems.fields(410, "Withdrawn", "this article was withdrawn: " + reason);
    problem
        .put("articleId", notice.getArticleId())
        .put("reason", reason)
        .put("withdrawnAt", notice.getChangedAt().toString());
    if (withdrawal != null && withdrawal.getNote() != null) {
      problem.put("note", withdrawal.getNote());
    }
    if (withdrawal != null && withdrawal.getSuccessorId() != null) {
      problem.put("successorId", withdrawal.getSuccessorId());
      problem.put("successor", addresses.articlePage(withdrawal.getSuccessorId()));
    }
    return Problems.answer(problem);
  }
}
