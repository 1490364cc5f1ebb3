package dev.newsfeed.gateway.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.news.ReadAlso;
import dev.newsfeed.gateway.push.ReadAlsoWatch;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.RecordJson;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lists "read also" as pages, programs and event streams show them. Always computed from what
 * is known now, so an article that changes changes in every list at once.
 */
public final class ReadAlsoLists implements ReadAlsoWatch.Lists {

  /**
   * The list below an article on its page.
   *
   * @param etag the same as the event's as long as both show the same
   */
  public record Box(String etag, List<Group> groups) {}

  /**
   * Entries under a heading: what the editors chose, then what is related, day by day.
   *
   * @param dated whether the heading is a day
   */
  public record Group(String heading, boolean dated, List<FeedEntry> entries) {}

  private final News news;
  private final Addresses addresses;
  private final Clock clock;
  private final Days days;

  /** {@code zone}: in which the newsroom's days begin. */
  public ReadAlsoLists(News news, Addresses addresses, Clock clock, ZoneId zone) {
    this.news = news;
    this.addresses = addresses;
    this.clock = clock;
    this.days = new Days(zone, clock);
  }

  Box box(Article article) {
    List<ReadAlso> list = news.readAlso(article, clock.instant());
    List<Group> groups = new ArrayList<>();
    for (ReadAlso other : list) {
      String heading = other.chosen() ? "Chosen by the editors" : days.heading(date(other));
      Group last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
      if (last == null || !last.heading().equals(heading)) {
        last = new Group(heading, !other.chosen(), new ArrayList<>());
        groups.add(last);
      }
      last.entries().add(other.entry());
    }
    return new Box(etag(json(list)), groups);
  }

  private LocalDate date(ReadAlso other) {
    return days.of(other.entry().getFeedTime());
  }

  ArrayNode json(Article article) {
    return json(news.readAlso(article, clock.instant()));
  }

  private ArrayNode json(List<ReadAlso> list) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (ReadAlso other : list) {
      FeedEntry entry = other.entry();
      ObjectNode one = array.addObject();
      one.put("articleId", entry.getArticleId())
          .put("headline", entry.getHeadline())
          .put("url", addresses.article(entry))
          .put("feedTime", entry.getFeedTime().toString())
          .put("date", date(other).toString());
      other.why().forEach(one.putArray("why")::add);
    }
    return array;
  }

  private static String etag(ArrayNode list) {
    return Content.hash(RecordJson.bytes(list));
  }

  @Override
  public ReadAlsoWatch.Current of(String articleId) {
    Optional<PublishedArticle> published =
        news.article(articleId).filter(found -> FeedEntries.of(found).isPresent());
    Article article = published.map(PublishedArticle::getArticle).orElse(null);
    List<ReadAlso> list = article == null ? List.of() : news.readAlso(article, clock.instant());
    Set<String> shown = new HashSet<>();
    list.forEach(other -> shown.add(other.entry().getArticleId()));
    Set<String> concerned = new HashSet<>(shown);
    if (article != null) {
      concerned.addAll(article.getReadAlso());
      article.getPersons().forEach(person -> concerned.add("person/" + person.getSlug()));
      article.getTopics().forEach(topic -> concerned.add("topic/" + topic.getSlug()));
    }
    ArrayNode entries = json(list);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("articleId", articleId).put("etag", etag(entries)).set("readAlso", entries);
    return new ReadAlsoWatch.Current(shown, concerned, RecordJson.bytes(json));
  }
}
