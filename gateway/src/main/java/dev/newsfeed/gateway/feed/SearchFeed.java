package dev.newsfeed.gateway.feed;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.gateway.archive.Highlight;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.news.FeedPage;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.gateway.news.SearchPage;
import dev.newsfeed.schemas.RecordJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a search finds, as a feed: the same in every format in which feeds are served, so that whoever
 * subscribes to a section can subscribe to a search.
 *
 * @param newsroom the name above everything
 * @param title of the search
 * @param asked the parameters of its address
 * @param following the parameters of the following page; null: this is the last one
 */
public record SearchFeed(
    Addresses addresses,
    String newsroom,
    String title,
    Map<String, String> asked,
    @Nullable Map<String, String> following,
    SearchPage page) {

  /** When something was last changed in a feed in which nothing is. */
  private static final Instant NEVER = Instant.EPOCH;

  /** Ready to be sent. */
  public Content content(FeedFormat format) {
    return format == FeedFormat.JSON
        ? new Content(format.type(), json())
        : format.write(document());
  }

  private FeedDocument document() {
    FeedPage feed =
        new FeedPage(new FeedSummary(id(), title, page.total(), 0, updated()), page.items(), null);
    Map<String, FeedLinks.Link> others =
        following == null ? Map.of() : Map.of("next", (format, of) -> address(format, following));
    FeedLinks links = new FeedLinks((format, of) -> address(format, asked), others, false);
    return new FeedDocument(feed, addresses, newsroom, links, home(), List.of());
  }

  /** The same for the same search, whatever it finds. */
  private String id() {
    String address = Addresses.path("/search", asked);
    return "search/" + Content.hash(address.getBytes(StandardCharsets.UTF_8));
  }

  private Instant updated() {
    return page.hits().stream()
        .map(hit -> hit.item().entry().getUpdated())
        .max(Instant::compareTo)
        .orElse(NEVER);
  }

  private String home() {
    return addresses.absolute(Addresses.path("/search", asked));
  }

  private String address(FeedFormat format, Map<String, String> parameters) {
    return addresses.absolute(Addresses.path("/search." + format.extension(), parameters));
  }

  private byte[] json() {
    ObjectNode json = JsonFeed.head(
        newsroom + ": " + title,
        home(),
        address(FeedFormat.JSON, asked),
        following == null ? "" : address(FeedFormat.JSON, following));
    json.putObject("_newsfeed").put("total", page.total()).put("totalIsExact", page.exact());
    JsonFeed.items(json, addresses, page.items());
    for (int i = 0; i < page.hits().size(); i++) {
      List<Highlight> highlights = page.hits().get(i).highlights();
      ObjectNode own = (ObjectNode) json.at("/items/" + i + "/_newsfeed");
      highlights(own.putArray("highlights"), highlights);
    }
    return RecordJson.bytes(json);
  }

  /** Text, and where in it the marked parts begin and end, in UTF-16 units as scripts count them. */
  private static void highlights(ArrayNode json, List<Highlight> highlights) {
    for (Highlight highlight : highlights) {
      ObjectNode one = json.addObject();
      one.put("in", highlight.in()).put("text", highlight.text());
      ArrayNode marks = one.putArray("marks");
      int at = 0;
      for (Highlight.Part part : highlight.parts()) {
        if (part.mark()) {
          marks.addArray().add(at).add(at + part.text().length());
        }
        at += part.text().length();
      }
    }
  }
}
