package dev.newsfeed.gateway.feed;

import java.io.ByteArrayOutputStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/** Writes XML 1.0 that every parser takes: escaped, and without the characters XML cannot hold. */
final class Xml {

  private static final XMLOutputFactory FACTORY = XMLOutputFactory.newFactory();

  /** Writes into a document. */
  interface Body {
    void write(Xml xml) throws XMLStreamException;
  }

  private final XMLStreamWriter out;

  private Xml(XMLStreamWriter out) {
    this.out = out;
  }

  /** A whole document as UTF-8. */
  static byte[] document(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 << 10);
    try {
      XMLStreamWriter writer = FACTORY.createXMLStreamWriter(bytes, "UTF-8");
      writer.writeStartDocument("UTF-8", "1.0");
      body.write(new Xml(writer));
      writer.writeEndDocument();
      writer.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("cannot write XML to memory", e);
    }
    return bytes.toByteArray();
  }

  /** {@code attributes}: names and values in turn; a null value leaves the attribute out. */
  Xml open(String name, @Nullable String... attributes) throws XMLStreamException {
    out.writeStartElement(name);
    attributes(attributes);
    return this;
  }

  Xml close() throws XMLStreamException {
    out.writeEndElement();
    return this;
  }

  Xml empty(String name, @Nullable String... attributes) throws XMLStreamException {
    out.writeEmptyElement(name);
    attributes(attributes);
    return this;
  }

  /** An element of text; nothing at all where the text is null. */
  Xml text(String name, @Nullable String text, @Nullable String... attributes)
      throws XMLStreamException {
    if (text != null) {
      open(name, attributes);
      out.writeCharacters(legal(text));
      close();
    }
    return this;
  }

  private void attributes(@Nullable String[] namesAndValues) throws XMLStreamException {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String name = namesAndValues[i];
      String value = namesAndValues[i + 1];
      if (name != null && value != null) {
        out.writeAttribute(name, legal(value));
      }
    }
  }

  /** XML 1.0 knows no control characters but tab and line ends, no half surrogates, no FFFE. */
  static String legal(String text) {
    if (text.codePoints().allMatch(Xml::isLegal)) {
      return text;
    }
    StringBuilder kept = new StringBuilder(text.length());
    text.codePoints().filter(Xml::isLegal).forEach(kept::appendCodePoint);
    return kept.toString();
  }

  private static boolean isLegal(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
