package dev.newsfeed.gateway.feed;

import dev.newsfeed.avro.Correction;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * How a reader of a feed is told that an article was corrected: reader software shows the content of
 * an entry and little else, so there it stands, above the text that it is about.
 */
final class Corrected {

  /** Our elements in RSS and Atom, for software that looks for the correction itself. */
  static final String NAMESPACE = "tag:newsfeed.dev,2026:feed";

  private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern(
          "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
      .withZone(ZoneOffset.UTC);

  private Corrected() {}

  static String html(Correction correction) {
    return "<p><strong>Correction, <time datetime=\"" + correction.getAt() + "\">"
        + AT.format(correction.getAt()) + "</time>:</strong> " + text(correction.getText())
        + "</p>";
  }

  /** Plain text as HTML. */
  static String text(String plain) {
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
