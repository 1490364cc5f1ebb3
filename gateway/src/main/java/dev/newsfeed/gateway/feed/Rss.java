package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLStreamException;

/**
 * RSS 2.0 with full content, authors, Media RSS photos and RFC 5005 links. It has no way to say that
 * an item was withdrawn: it is just no longer there.
 */
final class Rss {

  private static final DateTimeFormatter RFC_822 = DateTimeFormatter.ofPattern(
          "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
      .withZone(ZoneOffset.UTC);

  private Rss() {}

  static byte[] write(FeedDocument document) {
    return Xml.document(xml -> {
      xml.open(
          "rss",
          "version",
          "2.0",
          "xmlns:atom",
          "http://www.w3.org/2005/Atom",
          "xmlns:content",
          "http://purl.org/rss/1.0/modules/content/",
          "xmlns:fh",
          FeedFormat.HISTORY,
          "xmlns:dc",
          "http://purl.org/dc/elements/1.1/",
          "xmlns:media",
          MediaRss.NAMESPACE,
          "xmlns:newsfeed",
          Corrected.NAMESPACE);
      xml.open("channel");
      xml.text("title", document.title());
      xml.text("link", document.home());
      xml.text("description", document.title());
      xml.text("lastBuildDate", date(document.updated()));
      xml.text("generator", "newsfeed");
      link(xml, "self", document.self(FeedFormat.RSS));
      if (document.links().isOfFeed()) {
        xml.empty("atom:link", "rel", "hub", "href", document.addresses().hub());
      }
      for (var around : document.around(FeedFormat.RSS).entrySet()) {
        link(xml, around.getKey(), around.getValue());
      }
      if (document.links().archive()) {
        xml.empty("fh:archive");
      }
      for (FeedPage.Item item : document.page().items()) {
        item(xml, document, item);
      }
      xml.close().close();
    });
  }

  private static void link(Xml xml, String rel, String url) throws XMLStreamException {
    xml.empty("atom:link", "rel", rel, "type", FeedFormat.RSS.type(), "href", url);
  }

  private static void item(Xml xml, FeedDocument document, FeedPage.Item item)
      throws XMLStreamException {
    FeedEntry entry = item.entry();
    Addresses addresses = document.addresses();
    xml.open("item");
    xml.text("title", entry.getHeadline());
    xml.text("link", addresses.uri(addresses.article(entry)));
    xml.text("guid", addresses.tag(entry), "isPermaLink", "false");
    xml.text("pubDate", date(entry.getFirstPublished()));
    xml.text("atom:updated", entry.getUpdated().toString());
    xml.text("dc:creator", entry.getByline());
    if (entry.getLink() != null) {
      // <source> wants the address of the other medium's feed, which nobody has told us
      xml.text("dc:publisher", entry.getLink().getSource());
    }
    xml.text("dc:language", FeedDocument.language(entry));
    for (String category : FeedDocument.categories(entry)) {
      xml.text("category", category);
    }
    xml.text("description", entry.getLead());
    xml.text("content:encoded", FeedDocument.html(addresses, item).orElse(null));
    if (item.article() != null) {
      xml.text("dc:rights", item.article().getCopyright());
    }
    Correction correction = entry.getCorrection();
    if (correction != null) {
      xml.text(
          "newsfeed:correction", correction.getText(), "at", correction.getAt().toString());
    }
    List<Photo> photos = FeedDocument.photos(item);
    if (!photos.isEmpty()) {
      String url = photos.get(0).getUrl();
      // the format asks for a length; 0 is what it gives those who do not know it
      xml.empty(
          "enclosure",
          "url",
          addresses.uri(url),
          "length",
          "0",
          "type",
          FeedDocument.mediaType(url));
    }
    for (Photo photo : photos) {
      MediaRss.write(xml, addresses, photo);
    }
    xml.close();
  }

  static String date(Instant at) {
    return RFC_822.format(at);
  }
}
