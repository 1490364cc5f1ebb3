package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Content;
import javax.xml.stream.XMLStreamException;

/** The OpenSearch 1.1 description by which browsers and readers learn how to search here. */
public final class OpenSearch {

  /** Its media type. */
  public static final String TYPE = "application/opensearchdescription+xml";

  private static final int SHORT_NAME = 16;
  private static final int LONG_NAME = 48;

  private OpenSearch() {}

  /** The description of a newsroom's search. */
  public static Content description(Addresses addresses, String newsroom) {
    return new Content(TYPE + "; charset=utf-8", Xml.document(xml -> {
      xml.open("OpenSearchDescription", "xmlns", "http://a9.com/-/spec/opensearch/1.1/");
      xml.text("ShortName", first(SHORT_NAME, newsroom));
      xml.text("LongName", first(LONG_NAME, newsroom + ": search"));
      xml.text("Description", "Everything that " + newsroom + " has published");
      template(xml, addresses, "text/html", "");
      for (FeedFormat format : FeedFormat.values()) {
        template(xml, addresses, format.type(), "." + format.extension());
      }
      xml.empty(
          "Url", "type", TYPE, "rel", "self", "template", addresses.absolute("/search.opensearch"));
      xml.text("Language", "*");
      xml.text("InputEncoding", "UTF-8");
      xml.text("OutputEncoding", "UTF-8");
      xml.close();
    }));
  }

  private static void template(Xml xml, Addresses addresses, String type, String extension)
      throws XMLStreamException {
    String template = addresses.absolute("/search" + extension + "?q={searchTerms}");
    xml.empty("Url", "type", type, "template", template);
  }

  /** The format allows no more characters. */
  private static String first(int most, String text) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most)).strip();
  }
}
