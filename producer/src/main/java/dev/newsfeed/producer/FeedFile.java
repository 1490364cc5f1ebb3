package dev.newsfeed.producer;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Photo;
import dev.newsfeed.schemas.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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
 * category               category           topics
 * pubDate                published          firstPublished
 * </pre>
 *
 * Document types are refused, so no entity can be declared, fetched or unfolded.
 */
final class FeedFile implements Iterator<NewsImport.Item> {

  private static final int LEAD_CHARACTERS = 600;
  private static final int MAX_ITEM_CHARACTERS = 1 << 20;

  private final NewsImport settings;
  private final XMLStreamReader xml;
  private @Nullable String source;
  private @Nullable String language;
  private int number = 1;
  private NewsImport.@Nullable Item next;

  FeedFile(InputStream in, NewsImport settings) throws IOException {
    this.settings = settings;
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
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

  /** After it nothing more can be read. */
  private static final String BROKEN = "malformed-xml";

  private NewsImport.@Nullable Item read() {
    try {
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamConstants.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "item", "entry" -> {
              return item();
            }
            // the first: a channel's picture has a title, too
            case "title" -> {
              String title = NewsText.ofHtml(text());
              source = source == null ? blankToNull(title) : source;
            }
            case "language" -> language = blankToNull(text().strip());
            default -> {}
          }
        }
      }
      return null;
    } catch (XMLStreamException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
      return new NewsImport.Unusable(
          number, line, new Problem(BROKEN, "item", "the XML is not well-formed from here on"));
    }
  }

  /** What an item says, by the local names of its elements; the first of each name counts. */
  private static final class Said {
    final Map<String, String> texts = new HashMap<>();
    final Map<String, Label> topics = new LinkedHashMap<>();
    final List<Photo> photos = new ArrayList<>();

    @Nullable
    String link;

    int characters;

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
    Said said = new Said();
    while (xml.next() != XMLStreamConstants.END_ELEMENT) {
      if (xml.getEventType() == XMLStreamConstants.START_ELEMENT) {
        element(said);
      }
    }
    if (said.characters > MAX_ITEM_CHARACTERS) {
      return unusable(line, "item", "has more than " + MAX_ITEM_CHARACTERS + " characters");
    }
    return article(said, line);
  }

  private void element(Said said) throws XMLStreamException {
    String name = xml.getLocalName();
    boolean media = String.valueOf(xml.getNamespaceURI()).contains("search.yahoo.com/mrss");
    if (name.equals("enclosure") || media) {
      photo(said);
      skip();
    } else if (name.equals("category")) {
      String term = xml.getAttributeValue(null, "term");
      String label = xml.getAttributeValue(null, "label");
      String text = text();
      topic(said, label != null ? label : term != null ? term : text);
    } else if (name.equals("link") && xml.getAttributeValue(null, "href") != null) {
      String rel = xml.getAttributeValue(null, "rel");
      if (rel == null || rel.equals("alternate")) {
        said.link = xml.getAttributeValue(null, "href");
      }
      skip();
    } else if (name.equals("author") || name.equals("source")) {
      skip(); // the name within would be taken for a title of the item
    } else {
      boolean xhtml = "xhtml".equals(xml.getAttributeValue(null, "type"));
      String text = xhtml ? markup() : text();
      said.characters += text.length();
      said.texts.putIfAbsent(name, text);
    }
  }

  private void photo(Said said) {
    String type = xml.getAttributeValue(null, "type");
    String url = xml.getAttributeValue(null, "url");
    if (url != null && type != null && type.startsWith("image/")) {
      said.photos.add(Photo.newBuilder()
          .setUrl(url)
          .setWidth(pixels(xml.getAttributeValue(null, "width")))
          .setHeight(pixels(xml.getAttributeValue(null, "height")))
          .build());
    }
  }

  private static int pixels(@Nullable String number) {
    return number != null && number.matches("[0-9]{1,5}") ? Integer.parseInt(number) : 0;
  }

  private static void topic(Said said, String category) {
    String title = NewsText.ofHtml(category);
    String slug = NewsText.slug(title);
    if (!slug.isEmpty()) {
      said.topics.putIfAbsent(slug, new Label(slug, title));
    }
  }

  private NewsImport.Item article(Said said, int line) {
    String link = said.link == null ? said.text("link") : said.link;
    String own = said.text("guid", "id");
    String title = said.text("title");
    String identity = !own.isEmpty() ? own : !link.isEmpty() ? link : title;
    if (identity.isEmpty()) {
      return unusable(line, "guid", "the item has neither id nor link nor title");
    }
    String date = said.text("pubDate", "published", "date", "updated");
    Instant published = date.isEmpty() ? settings.dated(number) : NewsDates.parsed(date);
    if (published == null) {
      return unusable(line, "pubDate", "is neither an RFC 822 nor an ISO 8601 date");
    }
    String description = said.text("description", "summary");
    String content = said.text("encoded", "content");
    String body = content.isEmpty() ? description : content;
    String lead = NewsText.ofHtml(description.isEmpty() ? content : description);
    return NewsImport.checked(
        number,
        line,
        Article.newBuilder()
            .setArticleId(NewsImport.articleId("feed-", identity))
            .setVersion(settings.version())
            .setHeadline(NewsText.ofHtml(title))
            .setLead(blankToNull(NewsText.shortened(lead, LEAD_CHARACTERS)))
            .setBodyHtml(blankToNull(BodyHtml.sanitised(body)))
            .setUrl(blankToNull(link))
            .setByline(blankToNull(NewsText.ofHtml(said.text("creator"))))
            .setSource(source)
            .setLanguage(language)
            .setTopics(List.copyOf(said.topics.values()))
            .setPhotos(said.photos)
            .setPhotoCount(said.photos.size())
            .setFirstPublished(published)
            .setVersionCreated(published)
            .build());
  }

  private NewsImport.Item unusable(int line, String field, String detail) {
    return new NewsImport.Unusable(number, line, new Problem("invalid-field", field, detail));
  }

  private static @Nullable String blankToNull(String text) {
    return text.isBlank() ? null : text;
  }

  private void skip() throws XMLStreamException {
    text();
  }

  /** The text within the element, without its tags. */
  private String text() throws XMLStreamException {
    StringBuilder text = new StringBuilder();
    for (int depth = 1; depth > 0; ) {
      switch (xml.next()) {
        case XMLStreamConstants.START_ELEMENT -> depth++;
        case XMLStreamConstants.END_ELEMENT -> depth--;
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
        default -> {}
      }
    }
    return text.toString();
  }

  /** What stands within the element as HTML, with the attributes that an article may have. */
  private String markup() throws XMLStreamException {
    StringBuilder html = new StringBuilder();
    for (int depth = 1; depth > 0; ) {
      switch (xml.next()) {
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
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
          html.append(NewsText.escaped(xml.getText()));
        default -> {}
      }
    }
    return html.toString();
  }
}
