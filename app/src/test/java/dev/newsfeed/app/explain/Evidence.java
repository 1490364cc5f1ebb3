package dev.newsfeed.app.explain;

import dev.newsfeed.app.explain.Findings.Arrival;
import dev.newsfeed.app.explain.Findings.Place;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What stands on the topics about the article "a1" in a test. Each record comes a second later. */
final class Evidence {

  static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<CuratedFeed> lists = new ArrayList<>();
  private final Map<String, Feed> heads = new HashMap<>();
  private @Nullable PublishedArticle published;
  private @Nullable Long readUpTo;
  private Instant now = NOON.plusSeconds(600);

  /** A version as a CMS writes it, in the section "world" with the topic "floods". */
  static Article.Builder version(long version) {
    return Article.newBuilder()
        .setArticleId("a1")
        .setVersion(version)
        .setHeadline("Secret headline " + version)
        .setSection(new Label("world", "World"))
        .setTopics(List.of(new Label("floods", "Floods")));
  }

  static Article.Builder withdrawal(long version) {
    return Article.newBuilder()
        .setArticleId("a1")
        .setVersion(version)
        .setStatus(Status.canceled)
        .setWithdrawal(new Withdrawal("Not true", null, null));
  }

  Evidence arrived(Article.Builder... articles) {
    for (Article.Builder article : articles) {
      arrive(article.build());
    }
    return this;
  }

  Evidence arrivedGarbage() {
    arrive(null);
    return this;
  }

  /** Arrived and was refused by the publication job. */
  Evidence arrivedRefused(Article.Builder article, String reason, String detail) {
    arrive(article.build());
    Arrival last = arrivals.get(arrivals.size() - 1);
    refusals.add(new Refusal(last.at(), "publication", reason, "version", detail, last.place()));
    return this;
  }

  Evidence refusedByTheIntake(String field, String detail) {
    refusals.add(new Refusal(
        NOON.plusSeconds(refusals.size()), "intake", "invalid-field", field, detail, null));
    return this;
  }

  /** This version is what the public sees. */
  Evidence published(Article.Builder article) {
    published = published(article.build()).build();
    return this;
  }

  Evidence expired(Article.Builder article) {
    published =
        published(article.build()).setChange(Change.expired).setExpired(true).build();
    return this;
  }

  /** The public sees nothing. */
  Evidence notice(long version, Status status) {
    published = PublishedArticle.newBuilder()
        .setArticleId("a1")
        .setVersion(version)
        .setStatus(status)
        .setChange(Change.withdrawn)
        .setChangedAt(NOON.plusSeconds(30))
        .setWithdrawal(status == Status.canceled ? new Withdrawal("Not true", null, null) : null)
        .build();
    return this;
  }

  /** A head with these entries, as {@code id:version}, the first the newest. */
  Evidence head(String feedId, long total, String... entries) {
    List<FeedEntry> list = new ArrayList<>();
    for (String entry : entries) {
      String[] idAndVersion = entry.split(":", -1);
      Instant feedTime = NOON.minusSeconds(list.size());
      list.add(FeedEntry.newBuilder()
          .setArticleId(idAndVersion[0])
          .setVersion(Long.parseLong(idAndVersion[1]))
          .setKind("article")
          .setHeadline("h")
          .setFeedTime(feedTime)
          .setFirstPublished(feedTime)
          .setUpdated(feedTime)
          .build());
    }
    heads.put(feedId, new Feed(feedId, "t", 1L, NOON, total, list));
    return this;
  }

  Evidence list(String feedId, String... articleIds) {
    lists.add(new CuratedFeed(
        feedId,
        "t",
        List.of(articleIds).stream().map(id -> new CuratedEntry(id, null)).toList(),
        "mara",
        NOON));
    return this;
  }

  Evidence readUpTo(long offset) {
    readUpTo = offset;
    return this;
  }

  Evidence at(Instant moment) {
    now = moment;
    return this;
  }

  Explanation explained() {
    return Explanation.of(
        new Findings("a1", now, arrivals, readUpTo, published, lists, heads, refusals),
        TOPICS,
        new Moments(ZoneOffset.UTC, now));
  }

  private void arrive(@Nullable Article article) {
    int offset = arrivals.size();
    Place place = new Place(TOPICS.articles.name(), 3, offset);
    arrivals.add(new Arrival(place, NOON.plusSeconds(offset), article));
  }

  private static PublishedArticle.Builder published(Article article) {
    Instant first = Objects.requireNonNullElse(article.getFirstPublished(), NOON);
    return PublishedArticle.newBuilder()
        .setArticleId("a1")
        .setVersion(article.getVersion())
        .setStatus(Status.usable)
        .setChange(Change.updated)
        .setChangedAt(NOON.plusSeconds(30))
        .setFirstPublished(first)
        .setFeedTime(first)
        .setArticle(article);
  }
}
