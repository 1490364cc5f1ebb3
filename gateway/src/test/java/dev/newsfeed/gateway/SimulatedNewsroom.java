package dev.newsfeed.gateway;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.schemas.FeedEntries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A newsroom and its jobs without Kafka: says what becomes of its articles, at random, as the records
 * that the jobs would write, and knows what feeds show then.
 */
final class SimulatedNewsroom {

  static final String PREFIX = "v";
  private static final int HEAD = 100;

  /** A record of {@code published} (feed null) or of {@code feeds} (article null). */
  record Told(PublishedArticle article, Feed feed) {
    Instant at() {
      return article == null ? feed.getUpdated() : article.getChangedAt();
    }

    String key() {
      return article == null ? feed.getFeedId() : article.getArticleId();
    }
  }

  final Map<String, PublishedArticle> articles = new TreeMap<>();
  private final Map<String, Long> revisions = new HashMap<>();
  private final Random random;
  Instant now;
  private int count;

  SimulatedNewsroom(Random random, Instant now) {
    this.random = random;
    this.now = now;
  }

  Article.Builder article(String id, String section) {
    return Samples.article(id)
        .setSection(new Label(section, section.toUpperCase(java.util.Locale.ROOT)))
        .setKind(id.hashCode() % 3 == 0 ? "gallery" : "article");
  }

  Told publish(String id, String section, Instant feedTime) {
    return tell(Samples.published(article(id, section).build(), feedTime), Change.published);
  }

  /** One thing happens to one article; articles whose ids begin otherwise are left alone. */
  Told anything() {
    List<PublishedArticle> mine = articles.values().stream()
        .filter(a -> a.getArticleId().startsWith(PREFIX))
        .toList();
    int what = random.nextInt(12);
    if (mine.size() < 20 || what < 2) {
      long age = what == 0 ? random.nextInt(100_000) : 0; // some are found late
      return publish(PREFIX + count++, section(), now.minusMillis(age));
    }
    PublishedArticle known = mine.get(random.nextInt(mine.size()));
    Article article = known.getArticle();
    if (article == null) {
      Article again = article(known.getArticleId(), section())
          .setVersion(known.getVersion() + 1)
          .build();
      return tell(Samples.published(again, known.getFirstPublished()), Change.published);
    }
    Article.Builder next = Article.newBuilder(article).setVersion(known.getVersion() + 1);
    switch (what) {
      case 2, 3 -> {
        return withdraw(known);
      }
      case 4, 5 -> next.setSection(new Label(section(), "MOVED"));
      case 6 -> next.setHeadline("Headline " + count++);
      case 7 -> next.setBodyHtml("<p>Body " + count++ + "</p>");
      case 8 -> next.setPhotos(List.of());
      case 9 -> next.setVersionCreated(now);
      default -> next.setTopics(List.of(new Label("trade", "Trade " + count++)));
    }
    PublishedArticle.Builder record = PublishedArticle.newBuilder(known)
        .setVersion(next.getVersion())
        .setArticle(next.build())
        .setExpired(what == 11 && !known.getExpired());
    if (what == 10) {
      record.setFeedTime(now); // republished
    }
    return tell(record.build(), Change.updated);
  }

  private Told withdraw(PublishedArticle known) {
    return tell(
        PublishedArticle.newBuilder(known)
            .setVersion(known.getVersion() + 1)
            .setStatus(Status.canceled)
            .setWithdrawal(Withdrawal.newBuilder().setReason("wrong").build())
            .setArticle(null)
            .build(),
        Change.withdrawn);
  }

  private Told tell(PublishedArticle record, Change change) {
    PublishedArticle told =
        PublishedArticle.newBuilder(record).setChange(change).setChangedAt(now).build();
    articles.put(told.getArticleId(), told);
    return new Told(told, null);
  }

  private String section() {
    return random.nextBoolean() ? "world" : "sport";
  }

  /** What a feed shows, in its order, when these are all the articles there are. */
  static List<PublishedArticle> inFeed(Map<String, PublishedArticle> articles, String feedId) {
    return articles.values().stream()
        .filter(a -> FeedEntries.feedsOf(a).contains(feedId))
        .sorted(Comparator.comparing(Cursor::of))
        .toList();
  }

  Told head(String feedId) {
    return head(articles, feedId);
  }

  /** The head as the feeds job writes it now, having heard of these. */
  Told head(Map<String, PublishedArticle> known, String feedId) {
    List<PublishedArticle> all = inFeed(known, feedId);
    List<FeedEntry> entries = new ArrayList<>();
    all.stream().limit(HEAD).forEach(a -> entries.add(Samples.entry(a)));
    long revision = revisions.merge(feedId, 1L, Long::sum);
    return new Told(
        null, new Feed(feedId, "Feed " + feedId, revision, now, (long) all.size(), entries));
  }
}
