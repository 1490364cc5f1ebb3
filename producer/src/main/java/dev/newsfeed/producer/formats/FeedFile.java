package dev.newsfeed.producer.formats;

import dev.newsfeed.avro.Photo;
import dev.newsfeed.producer.PlainText;
import dev.newsfeed.schemas.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * News out of an RSS 2.0 (or 1.0) or Atom file, one item at a time.
 *
 * <pre>
 * RSS                    Atom               article
 * guid, or link          id                 articleId, hashed
 * title                  title              headline
 * description            summary            lead
 * content:encoded        content            bodyHtml, sanitised
 * link                   link               url
 * dc:creator             author/name        byline
 * category               category           topics
 * media:content          link[enclosure]    photos
 * pubDate                published          firstPublished
 * pubDate, atom:updated  updated            version
 *                        at:deleted-entry   withdrawal (RFC 6721)
 * </pre>
 *
 * Document types are refused, so no entity can be declared, fetched or unfolded; XInclude is not
 * followed, and ends the reading.
 */
final class FeedFile implements Iterator<NewsImport.Item> {

  private static final int MAX_ITEM_CHARACTERS = 1 << 20;
  private static final String ATOM = "http://www.w3.org/2005/Atom";
  private static final String MEDIA = "http://search.yahoo.com/mrss";
  private static final String XINCLUDE = "http://www.w3.org/2001/XInclude";
  private static final String XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

  /** After it nothing more can be read. */
  private static final String BROKEN = "malformed-xml";

  private final NewsImport settings;
  private final XMLStreamReader xml;
  private @Nullable String source;
  private @Nullable String language;
  private String site = "";
  private @Nullable Instant updated;
  private int number = 1;
  private NewsImport.@Nullable Item next;

  FeedFile(InputStream in, NewsImport settings) throws IOException {
    this.settings = settings;
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    // a text comes in pieces, so that one without end can be cut
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    try {
      this.xml = factory.createXMLStreamReader(in);
      toRoot();
    } catch (XMLStreamException e) {
      throw new IOException("not a file of news: not well-formed XML", e);
    }
    this.next = read();
  }

  private void toRoot() throws XMLStreamException, IOException {
    while (xml.next() != XMLStreamConstants.START_ELEMENT) {
      if (xml.getEventType() == XMLStreamConstants.DTD) {
        throw new IOException("not a file of news: has a document type");
      }
    }
    if (!List.of("rss", "RDF", "feed").contains(xml.getLocalName())) {
      throw new IOException("not a file of news: XML, but neither RSS nor Atom");
    }
    language = FeedItem.blankToNull(xml.getAttributeValue(XML_NAMESPACE, "lang"));
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public NewsImport.Item next() {
    NewsImport.Item item = next;
    if (item == null) {
      throw new NoSuchElementException();
    }
    number++;
    next = item instanceof NewsImport.Unusable bad && bad.problem().reason().equals(BROKEN)
        ? null
        : read();
    return item;
  }

  /** Something that is well-formed and read no further all the same. */
  private static final class Refused extends XMLStreamException {
    Refused(String message) {
      super(message);
    }
  }

  private NewsImport.@Nullable Item read() {
    try {
      while (xml.hasNext()) {
        if (advance() == XMLStreamConstants.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "item", "entry" -> {
              return item();
            }
            case "deleted-entry" -> {
              return deleted();
            }
            // the first of each: a channel's picture has a title and a link, too
            case "title" -> {
              String title = NewsText.ofHtml(text());
              source = source == null ? FeedItem.blankToNull(title) : source;
            }
            case "link" -> {
              String href = xml.getAttributeValue(null, "href");
              String text = text();
              site = site.isEmpty() ? (href == null ? text.strip() : href) : site;
            }
            case "language" -> language = FeedItem.blankToNull(text().strip());
            case "lastBuildDate", "pubDate", "updated", "date" -> {
              Instant date = NewsDates.parsed(text());
              updated = updated == null ? date : updated;
            }
            default -> {}
          }
        }
      }
      return null;
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
      String detail = e instanceof Refused
          ? String.valueOf(e.getMessage())
          : "the XML is not well-formed from here on";
      return new NewsImport.Unusable(number, line, new Problem(BROKEN, "item", detail));
    }
  }

  private int advance() throws XMLStreamException {
    int event = xml.next();
    if (event == XMLStreamConstants.START_ELEMENT && XINCLUDE.equals(xml.getNamespaceURI())) {
      throw new Refused("has an XInclude, which is never followed");
    }
    return event;
  }

  private FeedItem.Feed feed() {
    return new FeedItem.Feed(source, language, site, updated);
  }

  private NewsImport.Item deleted() throws XMLStreamException {
    int line = xml.getLocation().getLineNumber();
    String ref = xml.getAttributeValue(null, "ref");
    String when = xml.getAttributeValue(null, "when");
    text();
    if (ref == null || ref.isBlank()) {
      return FeedItem.unusable(number, line, "ref", "the deleted entry is not named");
    }
    Instant at = when == null ? null : NewsDates.parsed(when);
    return NewsImport.checked(number, line, FeedItem.withdrawal(settings, feed(), ref.strip(), at));
  }

  /** What an item says, by the local names of its elements; the first of each name counts. */
  private static final class Said {
    final FeedItem item;
    final Map<String, String> texts = new HashMap<>();
    int characters;

    Said(FeedItem item) {
      this.item = item;
    }

    String text(String... names) {
      for (String name : names) {
        String text = texts.getOrDefault(name, "").strip();
        if (!text.isEmpty()) {
          return text;
        }
      }
      return "";
    }
  }

  private NewsImport.Item item() throws XMLStreamException {
    int line = xml.getLocation().getLineNumber();
    Said said = new Said(new FeedItem(feed()));
    said.item.language = xml.getAttributeValue(XML_NAMESPACE, "lang");
    while (advance() != XMLStreamConstants.END_ELEMENT) {
      if (xml.getEventType() == XMLStreamConstants.START_ELEMENT) {
        element(said);
      }
    }
    if (said.characters > MAX_ITEM_CHARACTERS) {
      return FeedItem.unusable(
          number, line, "item", "has more than " + MAX_ITEM_CHARACTERS + " characters");
    }
    return article(said, line);
  }

  private void element(Said said) throws XMLStreamException {
    String name = xml.getLocalName();
    if (String.valueOf(xml.getNamespaceURI()).contains(MEDIA)) {
      media(said.item);
    } else if (name.equals("enclosure")) {
      picture(said.item, xml.getAttributeValue(null, "url"), null);
      skip();
    } else if (name.equals("category")) {
      String term = xml.getAttributeValue(null, "term");
      String label = xml.getAttributeValue(null, "label");
      String text = text();
      said.item.topic(label != null ? label : term != null ? term : text);
    } else if (name.equals("link") && xml.getAttributeValue(null, "href") != null) {
      link(said.item);
    } else if (name.equals("author")) {
      author(said);
    } else if (name.equals("source")) {
      skip(); // the name within would be taken for a title of the item
    } else {
      boolean atom = ATOM.equals(xml.getNamespaceURI());
      String type = Objects.requireNonNullElse(xml.getAttributeValue(null, "type"), "text");
      String text = type.equals("xhtml") ? markup() : text();
      said.characters += text.length();
      said.texts.putIfAbsent(name, atom && type.equals("text") ? NewsText.escaped(text) : text);
    }
  }

  private void link(FeedItem item) throws XMLStreamException {
    String href = xml.getAttributeValue(null, "href");
    String rel = xml.getAttributeValue(null, "rel");
    if (rel == null || rel.equals("alternate")) {
      item.link = String.valueOf(href);
    } else if (rel.equals("enclosure")) {
      picture(item, href, xml.getAttributeValue(null, "title"));
    }
    skip();
  }

  /** Atom has the name in an element of its own; RSS an e-mail address, which is nobody's business. */
  private void author(Said said) throws XMLStreamException {
    while (advance() != XMLStreamConstants.END_ELEMENT) {
      if (xml.getEventType() == XMLStreamConstants.START_ELEMENT) {
        boolean name = xml.getLocalName().equals("name");
        String text = text();
        if (name) {
          said.texts.putIfAbsent("creator", NewsText.escaped(text));
        }
      }
    }
  }

  private void picture(FeedItem item, @Nullable String url, @Nullable String caption) {
    String type = xml.getAttributeValue(null, "type");
    if (url != null && type != null && type.startsWith("image/")) {
      item.photo(Photo.newBuilder()
          .setUrl(url)
          .setWidth(pixels(xml.getAttributeValue(null, "width")))
          .setHeight(pixels(xml.getAttributeValue(null, "height")))
          .setCaption(caption == null ? null : FeedItem.blankToNull(PlainText.of(caption)))
          .build());
    }
  }

  /** An element of Media RSS: a group of pictures, or a picture with what is said of it. */
  private void media(FeedItem item) throws XMLStreamException {
    String url = xml.getAttributeValue(null, "url");
    String type = xml.getAttributeValue(null, "type");
    boolean image = type == null
        ? "image".equals(xml.getAttributeValue(null, "medium"))
        : type.startsWith("image/");
    int width = pixels(xml.getAttributeValue(null, "width"));
    int height = pixels(xml.getAttributeValue(null, "height"));
    Map<String, String> texts = new HashMap<>();
    while (advance() != XMLStreamConstants.END_ELEMENT) {
      if (xml.getEventType() == XMLStreamConstants.START_ELEMENT) {
        String name = xml.getLocalName();
        if (name.equals("content")) {
          media(item);
        } else {
          boolean html = "html".equals(xml.getAttributeValue(null, "type"));
          String text = text();
          texts.putIfAbsent(name, html ? NewsText.ofHtml(text) : PlainText.of(text));
        }
      }
    }
    if (url != null && image) {
      item.photo(Photo.newBuilder()
          .setUrl(url)
          .setWidth(width)
          .setHeight(height)
          .setCaption(FeedItem.blankToNull(texts.get("description")))
          .setCredit(FeedItem.blankToNull(texts.get("credit")))
          .build());
    }
  }

  private static int pixels(@Nullable String number) {
    return number != null && number.matches("[0-9]{1,5}") ? Integer.parseInt(number) : 0;
  }

  private NewsImport.Item article(Said said, int line) {
    FeedItem item = said.item;
    item.id = said.text("guid", "id");
    item.link = item.link.isEmpty() ? said.text("link") : item.link;
    item.title = said.text("title");
    item.description = said.text("description", "summary");
    item.content = said.text("encoded", "content");
    item.byline = said.text("creator");
    if (!item.isNamed()) {
      return FeedItem.unusable(number, line, "guid", "the item has neither id nor link nor title");
    }
    String published = said.text("pubDate", "published", "issued", "date");
    String changed = said.text("updated", "modified");
    item.published = NewsDates.parsed(published);
    item.updated = NewsDates.parsed(changed);
    if (item.published == null && !published.isEmpty()) {
      return FeedItem.unusable(
          number, line, "pubDate", "is neither an RFC 822 nor an ISO 8601 date");
    }
    if (item.updated == null && !changed.isEmpty()) {
      return FeedItem.unusable(number, line, "updated", "is no ISO 8601 date");
    }
    return NewsImport.checked(number, line, item.article(settings, number).build());
  }

  private void skip() throws XMLStreamException {
    text();
  }

  /** The text within the element, without its tags. */
  private String text() throws XMLStreamException {
    StringBuilder text = new StringBuilder();
    for (int depth = 1; depth > 0; ) {
      switch (advance()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (text.length() <= MAX_ITEM_CHARACTERS) { // what is longer is not taken anyway
            text.append(xml.getText());
          }
        }
        case XMLStreamConstants.ENTITY_REFERENCE ->
          throw new Refused("has an entity that XML does not know");
        default -> {}
      }
    }
    return text.toString();
  }

  /** What stands within the element as HTML, with the attributes that an article may have. */
  private String markup() throws XMLStreamException {
    StringBuilder html = new StringBuilder();
    for (int depth = 1; depth > 0; ) {
      switch (advance()) {
        case XMLStreamConstants.START_ELEMENT -> {
          depth++;
          html.append('<').append(xml.getLocalName());
          for (String attribute : List.of("href", "src", "alt")) {
            String value = xml.getAttributeValue(null, attribute);
            if (value != null) {
              html.append(' ').append(attribute).append("=\"");
              html.append(NewsText.escaped(value)).append('"');
            }
          }
          html.append('>');
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          if (depth > 0) {
            html.append("</").append(xml.getLocalName()).append('>');
          }
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (html.length() <= MAX_ITEM_CHARACTERS) {
            html.append(NewsText.escaped(xml.getText()));
          }
        }
        default -> {}
      }
    }
    return html.toString();
  }
}
