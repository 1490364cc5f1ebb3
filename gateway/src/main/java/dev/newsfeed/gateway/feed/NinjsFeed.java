package dev.newsfeed.gateway.feed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.RecordJson;
import java.util.List;

/**
 * A list of ninjs news objects, each of them valid by itself: the articles in the order of the feed,
 * then what was withdrawn, as objects with another {@code pubStatus} and no text.
 *
 * <p>It is the shape that {@code newsfeed import} takes. IPTC describes one news object and leaves
 * lists to whoever sends them.
 */
public final class NinjsFeed {

  private NinjsFeed() {}

  static byte[] write(FeedDocument document) {
    Addresses addresses = document.addresses();
    Ninjs ninjs = new Ninjs(addresses::tag, addresses::uri);
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (FeedPage.Item item : document.page().items()) {
      list.add(item(ninjs, addresses, item));
    }
    document.withdrawn().forEach(notice -> list.add(ninjs.of(notice(notice))));
    return RecordJson.bytes(list);
  }

  private static ObjectNode item(Ninjs ninjs, Addresses addresses, FeedPage.Item item) {
    FeedEntry entry = item.entry();
    Article article = item.article();
    if (entry.getLink() != null) {
      return ninjs.of(entry.getLink(), addresses.tag(entry));
    }
    return article == null
        ? ninjs.of(known(entry)).put("representationType", "partial")
        : ninjs.of(shown(addresses, entry, article, List.of()));
  }

  /**
   * An article without the instructions to the publication job, dated as readers see it.
   *
   * @param readAlso those of its articles that may be named
   */
  public static Article shown(
      Addresses addresses, FeedEntry entry, Article article, List<String> readAlso) {
    String body = article.getBodyHtml();
    return Article.newBuilder(article)
        .setVersion(entry.getVersion())
        .setFirstPublished(entry.getFirstPublished())
        .setRepublish(false)
        .setRestore(false)
        .setEmbargoedUntil(null)
        .setReadAlso(readAlso)
        .setBodyHtml(body == null ? null : addresses.absoluteLinks(body))
        .build();
  }

  /** What an entry says of an article that the archive does not have yet. */
  private static Article known(FeedEntry entry) {
    return Article.newBuilder()
        .setArticleId(entry.getArticleId())
        .setVersion(entry.getVersion())
        .setKind(entry.getKind())
        .setHeadline(entry.getHeadline())
        .setShortHeadline(entry.getShortHeadline())
        .setLead(entry.getLead())
        .setUrl(entry.getUrl())
        .setSection(entry.getSection())
        .setExtraSections(entry.getExtraSections())
        .setTopics(entry.getTopics())
        .setPersons(entry.getPersons())
        .setUrgency(entry.getUrgency())
        .setLanguage(entry.getLanguage())
        .setByline(entry.getByline())
        .setSource(entry.getSource())
        .setPhotos(entry.getPhoto() == null ? List.of() : List.of(entry.getPhoto()))
        .setPhotoCount(entry.getPhotoCount())
        .setFirstPublished(entry.getFirstPublished())
        .setVersionCreated(entry.getUpdated())
        .setCorrection(entry.getCorrection())
        .build();
  }

  private static Article notice(PublishedArticle notice) {
    return Article.newBuilder()
        .setArticleId(notice.getArticleId())
        .setVersion(notice.getVersion())
        .setStatus(notice.getStatus())
        .setHeadline("")
        .setVersionCreated(notice.getChangedAt())
        .setWithdrawal(notice.getWithdrawal())
        .build();
  }
}
