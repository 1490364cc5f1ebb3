package dev.newsfeed.gateway.feed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.RecordJson;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /feeds}, {@code /feeds/{feedId}}, by extension or by Accept, choices from several of them
 * ({@link FeedQuery}), and their archives ({@link FeedArchives}).
 *
 * <p>The first page of each feed is kept as bytes until the feed changes; pages further down are
 * written when they are asked for.
 */
public final class Feeds implements Resource {

  private static final String PATH = "/feeds/";
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 100;
  private static final int KEPT_BYTES = 64 << 20;

  private final News news;
  private final Addresses addresses;
  private final String newsroom;
  private final Clock clock;
  private final FeedArchives archives;
  private final RenderedFeeds rendered = new RenderedFeeds(KEPT_BYTES);

  public Feeds(News news, Addresses addresses, String newsroom, Clock clock) {
    this.news = news;
    this.addresses = addresses;
    this.newsroom = newsroom;
    this.clock = clock;
    this.archives = new FeedArchives(news);
    news.onChange(rendered::forget);
  }

  /** The feed whose document is at a path, if there is such a feed; empty: none can be there. */
  public static Optional<String> feedId(String path) {
    String asked = path.startsWith(PATH) ? path.substring(PATH.length()) : "";
    int dot = asked.lastIndexOf('.');
    boolean extension =
        dot >= 0 && FeedFormat.ofExtension(asked.substring(dot + 1)).isPresent();
    String feedId = extension ? asked.substring(0, dot) : asked;
    return feedId.isEmpty() ? Optional.empty() : Optional.of(feedId);
  }

  @Override
  public Answer answer(Ask ask) {
    String asked = ask.path().substring("/feeds".length());
    if (asked.equals(".opml") || (asked.isEmpty() && !FeedQuery.isIn(ask) && Opml.accepted(ask))) {
      return Answer.ok(Opml.of(news.feeds(), addresses, newsroom), Answer.REVALIDATE);
    }
    int dot = asked.lastIndexOf('.');
    Optional<FeedFormat> byExtension =
        dot < 0 ? Optional.empty() : FeedFormat.ofExtension(asked.substring(dot + 1));
    String path = byExtension.isPresent() ? asked.substring(0, dot) : asked;
    FeedFormat format = byExtension.orElseGet(() -> FeedFormat.accepted(ask));
    if (path.isEmpty() || path.equals("/")) {
      if (!FeedQuery.isIn(ask) && byExtension.orElse(FeedFormat.JSON) == FeedFormat.JSON) {
        return Answer.ok(list(), Answer.REVALIDATE);
      }
      path = "/" + FeedIds.ALL;
    } else if (!path.startsWith("/")) {
      throw noSuchFeed(path);
    }
    var archived = FeedArchives.parse(path);
    String feedId = archived.map(Map.Entry::getKey).orElse(path).substring(1);
    FeedSummary ofPath = news.feed(feedId).orElseThrow(() -> noSuchFeed(feedId));
    FeedQuery query = FeedQuery.of(feedId, ask, news);
    Cursor after = ask.parameter("after")
        .map(token -> Cursor.parse(token)
            .orElseThrow(() -> Refused.parameter("after", "is not a cursor of this feed")))
        .orElse(null);
    if (archived.isPresent()) {
      return archive(query, ofPath, archived.get().getValue(), after, format);
    }
    int limit = limit(ask, ofPath);
    if (after == null && query.isPlain()) {
      long generation = news.generation(feedId); // before reading: what changes meanwhile is newer
      Optional<Instant> modified = news.lastModified(feedId, clock.instant()); // before it is read
      String here = addresses.links(addresses.feed(feedId, format.extension()));
      Answer answer = answer(firstPage(query, format, limit, generation), here);
      return modified.map(answer::withLastModified).orElse(answer);
    }
    return answer(write(query, ofPath, format, after, limit), "");
  }

  /** {@code links}: those to tell in a header, beside that to the following page. */
  private static Answer answer(Content content, String links) {
    String next = content.next() == null ? "" : "<" + content.next() + ">; rel=\"next\"";
    String both = links + (links.isEmpty() || next.isEmpty() ? "" : ", ") + next;
    Answer answer = Answer.ok(content, Answer.MOMENT);
    return both.isEmpty() ? answer : answer.with("Link", both);
  }

  private Answer archive(
      FeedQuery query,
      FeedSummary ofPath,
      LocalDate day,
      @Nullable Cursor after,
      FeedFormat format) {
    if (ofPath.curated()) {
      throw Refused.notFound("an editor's list has no archive");
    }
    FeedPage page = archives.page(query.summary(news, ofPath), query, day, after);
    FeedLinks links = archives.links(query, day, after, page);
    Content content = format.write(new FeedDocument(page, addresses, newsroom, links, List.of()));
    return Answer.ok(content, Answer.REVALIDATE); // a withdrawn entry leaves it
  }

  private Content firstPage(FeedQuery query, FeedFormat format, int limit, long generation) {
    String feedId = query.feedId();
    String key = feedId + "." + format.extension() + "?" + limit;
    Content content = rendered.find(key, generation);
    if (content == null) {
      FeedSummary feed = news.feed(feedId).orElseThrow(() -> noSuchFeed(feedId));
      content = write(query, feed, format, null, limit)
          .asLongAs(() -> news.generation(feedId) == generation);
      rendered.keep(feedId, key, generation, content);
      if (news.generation(feedId) != generation) {
        rendered.forget(Set.of(feedId)); // it changed meanwhile, perhaps after all had been told
      }
    }
    return content;
  }

  private Content write(
      FeedQuery query, FeedSummary ofPath, FeedFormat format, @Nullable Cursor after, int limit) {
    // first the notices: what is withdrawn between the two is then in neither, and never in both
    List<PublishedArticle> withdrawn = after == null ? news.withdrawn() : List.of();
    FeedPage page = query.isPlain()
        ? news.page(query.feedId(), after, limit).orElseThrow(() -> noSuchFeed(query.feedId()))
        : news.page(query.summary(news, ofPath), query.choice(), after, limit);
    FeedLinks links =
        FeedLinks.ofPage(new FeedAddress(query.feedId(), query.text(), after, limit), page.next());
    if (after == null) {
      links = links.with("prev-archive", archives.behind(page, query));
    }
    return format.write(new FeedDocument(page, addresses, newsroom, links, withdrawn));
  }

  private static Refused noSuchFeed(String feedId) {
    return Refused.notFound("there is no feed " + feedId + "; /feeds lists those there are");
  }

  private static int limit(Ask ask, FeedSummary feed) {
    Optional<String> asked = ask.parameter("limit");
    if (asked.isEmpty()) {
      return feed.curated() ? MAX_LIMIT : DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(asked.get());
      if (limit >= 1 && limit <= MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw Refused.parameter("limit", "must be a number from 1 to " + MAX_LIMIT);
    }
    throw Refused.parameter("limit", "must be 1 to " + MAX_LIMIT);
  }

  private Content list() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode feeds = json.putArray("feeds");
    for (FeedSummary feed : news.feeds()) {
      ObjectNode one = feeds.addObject();
      one.put("feedId", feed.feedId())
          .put("title", feed.title())
          .put("total", feed.total())
          .put("updated", feed.updated().toString());
      for (FeedFormat format : FeedFormat.values()) {
        one.put(format.extension(), addresses.feed(feed.feedId(), format.extension()));
      }
    }
    return new Content("application/json", RecordJson.bytes(json));
  }
}
