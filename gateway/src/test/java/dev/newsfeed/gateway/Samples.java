package dev.newsfeed.gateway;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Records as the jobs would write them. */
public final class Samples {

  public static final Topics TOPICS = new Topics("test.", SchemaCatalogue.shipped());
  public static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");

  private Samples() {}

  /** An article to build on: in section world, published at nine. */
  public static Article.Builder article(String id) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setHeadline("Headline of " + id)
        .setLead("Lead of " + id)
        .setBodyHtml("<p>Body of " + id + "</p>")
        .setByline("A. Writer")
        .setSection(new Label("world", "World"))
        .setTopics(List.of(new Label("trade", "Trade")))
        .setPhotos(List.of(Photo.newBuilder()
            .setUrl("/media/demo/" + id + ".jpg")
            .setWidth(1200)
            .setHeight(800)
            .setCaption("Caption of " + id)
            .setCredit("P. Grapher")
            .build()));
  }

  public static PublishedArticle published(String id) {
    return published(article(id).build(), NINE);
  }

  public static PublishedArticle published(Article article, Instant feedTime) {
    return PublishedArticle.newBuilder()
        .setArticleId(article.getArticleId())
        .setVersion(article.getVersion())
        .setStatus(Status.usable)
        .setChange(article.getVersion() == 1 ? Change.published : Change.updated)
        .setChangedAt(feedTime)
        .setFirstPublished(feedTime)
        .setFeedTime(feedTime)
        .setArticle(article)
        .build();
  }

  public static PublishedArticle withdrawn(String id, String reason) {
    return PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(9)
        .setStatus(Status.canceled)
        .setChange(Change.withdrawn)
        .setChangedAt(NINE)
        .setWithdrawal(Withdrawal.newBuilder().setReason(reason).build())
        .build();
  }

  /** The head of a feed in which these articles are all there is. */
  public static Feed feed(String feedId, String title, PublishedArticle... articles) {
    return feed(feedId, title, articles.length, articles);
  }

  public static Feed feed(String feedId, String title, long total, PublishedArticle... articles) {
    List<FeedEntry> entries = new ArrayList<>();
    for (PublishedArticle article : articles) {
      entries.add(FeedEntries.of(article).orElseThrow());
    }
    return new Feed(feedId, title, 1L, NINE, total, entries);
  }

  /** An editor's list in her order. */
  public static Feed curated(String feedId, String title, FeedEntry... entries) {
    return new Feed(feedId, title, 1L, NINE, (long) entries.length, List.of(entries));
  }

  /** An entry that is a link to another medium. */
  public static FeedEntry link(String title, String url) {
    return FeedEntry.newBuilder()
        .setArticleId("")
        .setVersion(0)
        .setKind("link")
        .setHeadline(title)
        .setUrl(url)
        .setSource("The Other Paper")
        .setFeedTime(NINE)
        .setFirstPublished(NINE)
        .setUpdated(NINE)
        .setLink(new MediaLink(title, url, "The Other Paper"))
        .build();
  }

  public static FeedEntry entry(PublishedArticle article) {
    return FeedEntries.of(article).orElseThrow();
  }

  public static MostReadList mostRead(String window, String scope, String... articleIds) {
    List<MostReadEntry> entries = new ArrayList<>();
    for (String id : articleIds) {
      entries.add(MostReadEntry.newBuilder()
          .setRank(entries.size() + 1)
          .setArticleId(id)
          .setHeadline("Headline of " + id)
          .setKind("article")
          .setFirstPublished(NINE)
          .setReads(100 - entries.size())
          .build());
    }
    return MostReadList.newBuilder()
        .setScope(scope)
        .setWindow(window)
        .setAsOf(NINE)
        .setWindowStart(NINE.minusSeconds(3600))
        .setWindowEnd(NINE)
        .setZone("UTC")
        .setStaleAfter(NINE.plusSeconds(120))
        .setReads(1_000L)
        .setRefused(Map.of("bot", 3L))
        .setEntries(entries)
        .build();
  }
}
