package dev.newsfeed.gateway.feed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.news.SearchPage;
import dev.newsfeed.schemas.RecordJson;

/**
 * What a search found, as JSON Feed.
 *
 * @param home the page for people that shows the same
 * @param self its own address
 * @param next address of the following page; empty: this is the last one
 */
public record SearchFeed(
    String title, String home, String self, String next, Addresses addresses, SearchPage page) {

  /** Ready to be sent. */
  public Content content() {
    ObjectNode json = JsonFeed.head(title, home, self, next);
    json.putObject("_newsfeed").put("total", page.total()).put("totalIsExact", page.exact());
    JsonFeed.items(json, addresses, page.items());
    return new Content(FeedFormat.JSON.type(), RecordJson.bytes(json));
  }
}
