package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import javax.xml.stream.XMLStreamException;

/** Atom (RFC 4287) with RFC 5005 links. */
final class Atom {

  private Atom() {}

  static byte[] write(FeedDocument document) {
    return Xml.document(xml -> {
      xml.open("feed", "xmlns", "http://www.w3.org/2005/Atom");
      xml.text("id", document.addresses().tag("feed/" + document.feedId()));
      xml.text("title", document.title());
      xml.text("updated", document.page().feed().updated().toString());
      link(xml, "self", FeedFormat.ATOM.type(), document.self(FeedFormat.ATOM));
      xml.empty("link", "rel", "hub", "href", document.addresses().hub());
      link(xml, "alternate", "text/html", document.home());
      if (document.next(FeedFormat.ATOM).isPresent()) {
        link(xml, "next", FeedFormat.ATOM.type(), document.next(FeedFormat.ATOM).get());
      }
      xml.open("author").text("name", document.newsroom()).close();
      xml.text("generator", "newsfeed");
      for (FeedPage.Item item : document.page().items()) {
        entry(xml, document, item);
      }
      xml.close();
    });
  }

  private static void link(Xml xml, String rel, String type, String url) throws XMLStreamException {
    xml.empty("link", "rel", rel, "type", type, "href", url);
  }

  private static void entry(Xml xml, FeedDocument document, FeedPage.Item item)
      throws XMLStreamException {
    FeedEntry entry = item.entry();
    Addresses addresses = document.addresses();
    xml.open("entry", "xml:lang", entry.getLanguage());
    xml.text("id", addresses.tag(entry));
    xml.text("title", entry.getHeadline(), "type", "text");
    link(xml, "alternate", "text/html", addresses.article(entry));
    xml.text("published", entry.getFirstPublished().toString());
    xml.text("updated", entry.getUpdated().toString());
    String author = FeedDocument.author(entry);
    if (author != null) { // without one the feed's author, the newsroom, is the entry's
      xml.open("author").text("name", author).close();
    }
    for (String category : FeedDocument.categories(entry)) {
      xml.empty("category", "term", category);
    }
    xml.text("summary", entry.getLead(), "type", "text");
    xml.text("content", FeedDocument.html(addresses, item).orElse(null), "type", "html");
    for (Photo photo : FeedDocument.photos(item)) {
      xml.empty(
          "link",
          "rel",
          "enclosure",
          "type",
          FeedDocument.mediaType(photo.getUrl()),
          "title",
          photo.getCaption(),
          "href",
          addresses.absolute(photo.getUrl()));
    }
    xml.close();
  }
}
