package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.news.FeedSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

/**
 * All feeds as a subscription list, OPML 2.0, which reader software imports as folders.
 *
 * <pre>
 * All news
 * Sections ─── Sport, World
 * Topics ───── Trade
 * </pre>
 */
final class Opml {

  private static final String TYPE = "text/x-opml";

  private Opml() {}

  static boolean accepted(Ask ask) {
    return ask.preferred(List.of("application/json", TYPE)).equals(TYPE);
  }

  static Content of(List<FeedSummary> feeds, Addresses addresses, String newsroom) {
    Map<String, List<FeedSummary>> folders = new LinkedHashMap<>();
    for (FeedSummary feed : feeds) {
      folders.computeIfAbsent(folder(feed), name -> new ArrayList<>()).add(feed);
    }
    Optional<Instant> updated =
        feeds.stream().map(FeedSummary::updated).max(Comparator.naturalOrder());
    byte[] bytes = Xml.document(xml -> {
      xml.open("opml", "version", "2.0");
      xml.open("head").text("title", newsroom);
      xml.text("dateModified", updated.map(Rss::date).orElse(null));
      xml.text("ownerName", newsroom).close();
      xml.open("body");
      for (var folder : folders.entrySet()) {
        if (!folder.getKey().isEmpty()) {
          xml.open("outline", "text", folder.getKey(), "title", folder.getKey());
        }
        for (FeedSummary feed : folder.getValue()) {
          outline(xml, feed, addresses);
        }
        if (!folder.getKey().isEmpty()) {
          xml.close();
        }
      }
      xml.close().close();
    });
    return new Content(TYPE + "; charset=utf-8", bytes);
  }

  private static void outline(Xml xml, FeedSummary feed, Addresses addresses)
      throws XMLStreamException {
    xml.empty(
        "outline",
        "type",
        "rss",
        "version",
        "RSS2",
        "text",
        feed.title(),
        "title",
        feed.title(),
        "xmlUrl",
        addresses.feed(feed.feedId(), FeedFormat.RSS.extension()),
        "htmlUrl",
        addresses.page(feed.feedId()));
  }

  /** Empty: it stands beside the folders. */
  private static String folder(FeedSummary feed) {
    int slash = feed.feedId().indexOf('/');
    return switch (slash < 0 ? "" : feed.feedId().substring(0, slash)) {
      case "section" -> "Sections";
      case "topic" -> "Topics";
      case "person" -> "Persons";
      case "kind" -> "Kinds";
      case "curated" -> "Chosen by editors";
      default -> "";
    };
  }
}
