package dev.newsfeed.gateway.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.feed.NinjsFeed;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Problems;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.RecordJson;
import java.util.List;

/**
 * {@code /articles/{id}}: a page for people, JSON or ninjs for programs. Withdrawn for good: 410 with the
 * reason. Withheld for the moment: 404, because it may come back.
 */
public final class Articles implements Resource {

  /** What a program can have an article as. */
  private enum Format {
    JSON(".json", "application/json"),
    NINJS(".ninjs", Ninjs.MEDIA_TYPE);

    private final String extension;
    private final String type;

    Format(String extension, String type) {
      this.extension = extension;
      this.type = type;
    }

    static Format accepted(Ask ask) {
      return ask.preferred(List.of(JSON.type, NINJS.type)).equals(NINJS.type) ? NINJS : JSON;
    }
  }

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
    PublishedArticle published = news.article(asked).orElse(null);
    Format format = Format.accepted(ask);
    boolean page = ask.wantsPage(Ninjs.MEDIA_TYPE);
    for (Format named : Format.values()) {
      // an id may itself end in .json
      if (published == null && asked.endsWith(named.extension)) {
        String id = asked.substring(0, asked.length() - named.extension.length());
        published = news.article(id).orElse(null);
        format = named;
        page = false;
      }
    }
    if (published == null) {
      throw Refused.notFound("there is no such article");
    }
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
        : Answer.ok(
            format == Format.NINJS ? ninjs(entry, article) : json(published, article),
            Answer.REVALIDATE);
    return answer.dated(published.getChangedAt()); // read also changes without it
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

  /** As in feeds, and with what may be read also, naming no other article that is gone. */
  private Content ninjs(FeedEntry entry, Article article) {
    List<String> readAlso =
        article.getReadAlso().stream().filter(id -> news.entry(id).isPresent()).toList();
    Ninjs ninjs = new Ninjs(addresses::tag, addresses::uri);
    Article shown = NinjsFeed.shown(addresses, entry, article, readAlso);
    return new Content(Ninjs.MEDIA_TYPE, RecordJson.bytes(ninjs.of(shown)));
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
