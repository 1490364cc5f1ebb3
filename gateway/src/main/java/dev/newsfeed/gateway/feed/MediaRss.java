package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Photo;
import dev.newsfeed.gateway.http.Addresses;
import javax.xml.stream.XMLStreamException;

/** Photos as Media RSS has them, in RSS and in Atom: with size, caption and credit. */
final class MediaRss {

  static final String NAMESPACE = "http://search.yahoo.com/mrss/";

  private MediaRss() {}

  static void write(Xml xml, Addresses addresses, Photo photo) throws XMLStreamException {
    xml.open(
        "media:content",
        "url",
        addresses.uri(photo.getUrl()),
        "type",
        FeedDocument.mediaType(photo.getUrl()),
        "medium",
        "image",
        "width",
        photo.getWidth() > 0 ? Integer.toString(photo.getWidth()) : null,
        "height",
        photo.getHeight() > 0 ? Integer.toString(photo.getHeight()) : null);
    xml.text("media:description", photo.getCaption(), "type", "plain");
    xml.text("media:credit", photo.getCredit());
    xml.close();
  }
}
