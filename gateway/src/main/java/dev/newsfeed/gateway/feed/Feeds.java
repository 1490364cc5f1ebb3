package dev.newsfeed.gateway.feed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.newsfeed.schemas.RecordJson;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /feeds} and {@code /feeds/{feedId}}, by extension or by Accept.
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
  private final RenderedFeeds rendered = new RenderedFeeds(KEPT_BYTES);

  public Feeds(News news, Addresses addresses, String newsroom) {
    this.news = news;
    this.addresses = addresses;
    this.newsroom = newsroom;
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
    String asked = ask.pathAfter(PATH);
    if (asked.isEmpty()) {
      return Answer.ok(list(), Answer.REVALIDATE);
    }
    String feedId = feedId(ask.path()).orElse(asked);
    FeedFormat format = FeedFormat.ofExtension(asked.substring(asked.lastIndexOf('.') + 1))
        .orElseGet(() -> FeedFormat.accepted(ask));
    FeedSummary feed = news.feed(feedId).orElseThrow(() -> noSuchFeed(feedId));
    int limit = limit(ask, feed);
    Cursor after = ask.parameter("after")
        .map(token -> Cursor.parse(token)
            .orElseThrow(() -> Refused.parameter("after", "is not a cursor of this feed")))
        .orElse(null);
    Content content =
        after == null ? firstPage(feedId, format, limit) : write(feedId, format, after, limit);
    return Answer.ok(content, Answer.MOMENT)
        .withLastModified(feed.updated())
        .with("Link", addresses.links(addresses.feed(feedId, format.extension())));
  }

  private Content firstPage(String feedId, FeedFormat format, int limit) {
    String key = feedId + "." + format.extension() + "?" + limit;
    long generation = news.generation(feedId); // before reading: what changes meanwhile is newer
    Content content = rendered.find(key, generation);
    if (content == null) {
      content = write(feedId, format, null, limit);
      rendered.keep(feedId, key, generation, content);
      if (news.generation(feedId) != generation) {
        rendered.forget(Set.of(feedId)); // it changed meanwhile, perhaps after all had been told
      }
    }
    return content;
  }

  private Content write(String feedId, FeedFormat format, @Nullable Cursor after, int limit) {
    FeedPage page = news.page(feedId, after, limit).orElseThrow(() -> noSuchFeed(feedId));
    return format.write(new FeedDocument(page, addresses, newsroom, after, limit));
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
