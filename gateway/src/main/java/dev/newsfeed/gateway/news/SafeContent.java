package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MediaLink;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.ArticleRules;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * Takes out of records what must not reach a page: anyone who may write to a topic could have put it
 * there. The intake has done the same; here it is done once more, once per record.
 */
final class SafeContent {

  /** The kind of an entry that is a link to another medium. */
  private static final String LINK = "link";

  private static final PolicyFactory BODY = new HtmlPolicyBuilder()
      .allowElements(
          "p",
          "br",
          "hr",
          "h2",
          "h3",
          "h4",
          "ul",
          "ol",
          "li",
          "dl",
          "dt",
          "dd",
          "blockquote",
          "q",
          "cite",
          "em",
          "i",
          "strong",
          "b",
          "small",
          "sub",
          "sup",
          "code",
          "pre",
          "figure",
          "figcaption",
          "table",
          "caption",
          "thead",
          "tbody",
          "tr",
          "th",
          "td",
          "a",
          "img",
          "time")
      .allowUrlProtocols("https", "http")
      .allowAttributes("href")
      .onElements("a")
      .requireRelsOnLinks("noopener")
      .allowAttributes("src", "alt", "width", "height")
      .onElements("img")
      .allowAttributes("colspan", "rowspan", "scope")
      .onElements("th", "td")
      .allowAttributes("datetime")
      .onElements("time")
      .toFactory();

  private SafeContent() {}

  static PublishedArticle of(PublishedArticle published) {
    Article article = published.getArticle();
    if (article == null) {
      return published;
    }
    String body = article.getBodyHtml();
    return PublishedArticle.newBuilder(published)
        .setArticle(Article.newBuilder(article)
            .setKind(kind(article.getKind()))
            .setBodyHtml(body == null ? null : BODY.sanitize(body))
            .setUrl(address(article.getUrl()))
            .setSection(label(article.getSection()))
            .setExtraSections(labels(article.getExtraSections()))
            .setTopics(labels(article.getTopics()))
            .setPersons(labels(article.getPersons()))
            .setPlaces(labels(article.getPlaces()))
            .setPhotos(
                article.getPhotos().stream().filter(p -> isAddress(p.getUrl())).toList())
            .setReadAlso(
                article.getReadAlso().stream().filter(ArticleRules::isArticleId).toList())
            .setInOtherMedia(
                article.getInOtherMedia().stream().filter(SafeContent::isSafe).toList())
            .build())
        .build();
  }

  /** The entry as it may be shown; empty: it leads nowhere that a reader should go. */
  static Optional<FeedEntry> of(FeedEntry entry) {
    MediaLink link = entry.getLink();
    if (link != null) {
      boolean elsewhere = isAddress(link.getUrl()) && !link.getUrl().startsWith("/");
      return elsewhere ? Optional.of(ofLink(entry, link)) : Optional.empty();
    }
    return ArticleRules.isArticleId(entry.getArticleId())
        ? Optional.of(ofArticle(entry))
        : Optional.empty();
  }

  private static FeedEntry ofLink(FeedEntry entry, MediaLink link) {
    return FeedEntry.newBuilder()
        .setArticleId("")
        .setVersion(entry.getVersion())
        .setKind(LINK)
        .setHeadline(link.getTitle())
        .setUrl(link.getUrl())
        .setSource(link.getSource())
        .setFeedTime(entry.getFeedTime())
        .setFirstPublished(entry.getFirstPublished())
        .setUpdated(entry.getUpdated())
        .setLink(link)
        .build();
  }

  private static FeedEntry ofArticle(FeedEntry entry) {
    Photo photo = entry.getPhoto();
    return FeedEntry.newBuilder(entry)
        .setKind(kind(entry.getKind()))
        .setUrl(address(entry.getUrl()))
        .setSection(label(entry.getSection()))
        .setExtraSections(labels(entry.getExtraSections()))
        .setTopics(labels(entry.getTopics()))
        .setPersons(labels(entry.getPersons()))
        .setPhoto(photo != null && isAddress(photo.getUrl()) ? photo : null)
        .build();
  }

  /** Whether a browser may follow it: a web address, or a path on this site. */
  static boolean isAddress(String url) {
    String start = url.toLowerCase(Locale.ROOT);
    boolean ownPath = url.startsWith("/") && !url.startsWith("//") && !url.startsWith("/\\");
    return (start.startsWith("https://") || start.startsWith("http://") || ownPath)
        && url.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '<' || c == '>');
  }

  private static boolean isSafe(MediaLink link) {
    return isAddress(link.getUrl());
  }

  private static String kind(String kind) {
    return ArticleRules.isKind(kind) ? kind : "article";
  }

  private static @Nullable String address(@Nullable String url) {
    return url != null && isAddress(url) ? url : null;
  }

  private static @Nullable Label label(@Nullable Label label) {
    return label != null && ArticleRules.isSlug(label.getSlug()) ? label : null;
  }

  private static List<Label> labels(List<Label> labels) {
    return labels.stream().filter(l -> ArticleRules.isSlug(l.getSlug())).toList();
  }
}
