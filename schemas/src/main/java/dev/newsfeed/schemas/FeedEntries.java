package dev.newsfeed.schemas;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Published articles as feeds show them: what stands in an entry, and in which feeds it stands. */
public final class FeedEntries {

  private FeedEntries() {}

  /** The entry of a published article; empty for a notice. */
  public static Optional<FeedEntry> of(PublishedArticle published) {
    Article article = published.getArticle();
    if (article == null || published.getStatus() != Status.usable) {
      return Optional.empty();
    }
    Instant versionCreated = article.getVersionCreated();
    List<Correction> corrections = published.getCorrections();
    return Optional.of(FeedEntry.newBuilder()
        .setArticleId(published.getArticleId())
        .setVersion(published.getVersion())
        .setKind(article.getKind())
        .setHeadline(article.getHeadline())
        .setShortHeadline(article.getShortHeadline())
        .setLead(article.getLead())
        .setUrl(article.getUrl())
        .setSection(article.getSection())
        .setExtraSections(article.getExtraSections())
        .setTopics(article.getTopics())
        .setPersons(article.getPersons())
        .setUrgency(article.getUrgency())
        .setLanguage(article.getLanguage())
        .setByline(article.getByline())
        .setSource(article.getSource())
        .setPhoto(article.getPhotos().isEmpty() ? null : article.getPhotos().get(0))
        .setPhotoCount(Math.max(article.getPhotoCount(), article.getPhotos().size()))
        .setFeedTime(feedTime(published))
        .setFirstPublished(firstPublished(published))
        .setUpdated(versionCreated == null ? published.getChangedAt() : versionCreated)
        .setCorrection(corrections.isEmpty() ? null : corrections.get(corrections.size() - 1))
        .build());
  }

  /** The feeds it stands in: none for a notice or an expired article. */
  public static Set<String> feedsOf(PublishedArticle published) {
    Article article = published.getArticle();
    boolean listed =
        article != null && published.getStatus() == Status.usable && !published.getExpired();
    return listed ? FeedIds.of(article) : Set.of();
  }

  /** Its place in feeds. */
  public static Instant feedTime(PublishedArticle published) {
    Instant feedTime = published.getFeedTime();
    return feedTime == null ? firstPublished(published) : feedTime;
  }

  private static Instant firstPublished(PublishedArticle published) {
    Instant first = published.getFirstPublished();
    return first == null ? published.getChangedAt() : first;
  }
}
