package dev.newsfeed.gateway.feed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.Snapshots;
import dev.newsfeed.schemas.RecordJson;

/** The first page of feeds with the fields that events have, kept until a feed changes. */
public final class FeedSnapshots implements Snapshots {

  private static final int ENTRIES = 20;
  private static final int KEPT_BYTES = 8 << 20;

  private final News news;
  private final Addresses addresses;
  private final RenderedFeeds rendered = new RenderedFeeds(KEPT_BYTES);

  public FeedSnapshots(News news, Addresses addresses) {
    this.news = news;
    this.addresses = addresses;
    news.onChange(rendered::forget);
  }

  @Override
  public byte[] of(String feedId) {
    long generation = news.generation(feedId); // before reading: what changes meanwhile is newer
    Content kept = rendered.find(feedId, generation);
    if (kept == null) {
      kept = new Content("application/json", RecordJson.bytes(write(feedId)));
      rendered.keep(feedId, feedId, generation, kept);
    }
    return kept.bytes(false);
  }

  private ObjectNode write(String feedId) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("feedId", feedId);
    ArrayNode entries = json.putArray("entries");
    news.page(feedId, null, ENTRIES).ifPresent(page -> {
      json.put("title", page.feed().title())
          .put("total", page.feed().total())
          .put("updated", page.feed().updated().toString())
          .put("json", addresses.feed(feedId, "json"));
      for (FeedPage.Item item : page.items()) {
        entries.add(RecordJson.of(item.entry()));
      }
    });
    return json;
  }
}
