package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.news.FeedPage;
import javax.xml.stream.XMLStreamException;

/** Atom (RFC 4287) with RFC 5005 links, deleted entries (RFC 6721) and Media RSS photos. */
final class Atom {

  private Atom() {}

  static byte[] write(FeedDocument document) {
    return Xml.document(xml -> {
      xml.open(
          "feed",
          "xmlns",
          "http://www.w3.org/2005/Atom",
          "xmlns:at",
          "http://purl.org/atompub/tombstones/1.0",
          "xmlns:fh",
          FeedFormat.HISTORY,
          "xmlns:media",
          MediaRss.NAMESPACE,
          "xmlns:newsfeed",
          Corrected.NAMESPACE);
      xml.text("id", document.addresses().tag("feed/" + document.feedId()));
      xml.text("title", document.title());
      xml.text("updated", document.updated().toString());
      link(xml, "self", FeedFormat.ATOM.type(), document.self(FeedFormat.ATOM));
      if (document.links().isOfFeed()) {
        xml.empty("link", "rel", "hub", "href", document.addresses().hub());
      }
      link(xml, "alternate", "text/html", document.home());
      for (var around : document.around(FeedFormat.ATOM).entrySet()) {
        link(xml, around.getKey(), FeedFormat.ATOM.type(), around.getValue());
      }
      if (document.links().archive()) {
        xml.empty("fh:archive");
      }
      xml.open("author").text("name", document.newsroom()).close();
      xml.text("generator", "newsfeed");
      for (PublishedArticle notice : document.withdrawn()) {
        deleted(xml, document.addresses(), notice);
      }
      for (FeedPage.Item item : document.page().items()) {
        entry(xml, document, item);
      }
      xml.close();
    });
  }

  private static void link(Xml xml, String rel, String type, String url) throws XMLStreamException {
    xml.empty("link", "rel", rel, "type", type, "href", url);
  }

  private static void deleted(Xml xml, Addresses addresses, PublishedArticle notice)
      throws XMLStreamException {
    xml.open(
        "at:deleted-entry",
        "ref",
        addresses.tag(notice.getArticleId()),
        "when",
        notice.getChangedAt().toString());
    if (notice.getWithdrawal() != null) {
      xml.text("at:comment", notice.getWithdrawal().getReason());
    }
    xml.close();
  }

  private static void entry(Xml xml, FeedDocument document, FeedPage.Item item)
      throws XMLStreamException {
    FeedEntry entry = item.entry();
    Addresses addresses = document.addresses();
    xml.open("entry", "xml:lang", FeedDocument.language(entry));
    xml.text("id", addresses.tag(entry));
    xml.text("title", entry.getHeadline(), "type", "text");
    link(xml, "alternate", "text/html", addresses.uri(addresses.article(entry)));
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
    if (item.article() != null) {
      xml.text("rights", item.article().getCopyright(), "type", "text");
    }
    Correction correction = entry.getCorrection();
    if (correction != null) {
      xml.text(
          "newsfeed:correction", correction.getText(), "at", correction.getAt().toString());
    }
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
          addresses.uri(photo.getUrl()));
      MediaRss.write(xml, addresses, photo);
    }
    xml.close();
  }
}
