package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.schemas.Ninjs;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The formats in which feeds are served. */
public enum FeedFormat {
  JSON("json", "application/feed+json"),
  RSS("rss", "application/rss+xml"),
  ATOM("atom", "application/atom+xml"),
  NINJS("ninjs", Ninjs.MEDIA_TYPE);

  /** The namespace of RFC 5005. */
  static final String HISTORY = "http://purl.org/syndication/history/1.0";

  private final String extension;
  private final String type;

  FeedFormat(String extension, String type) {
    this.extension = extension;
    this.type = type;
  }

  /** Behind the dot in addresses. */
  String extension() {
    return extension;
  }

  String type() {
    return type;
  }

  /** The format of an extension. */
  public static Optional<FeedFormat> ofExtension(String extension) {
    return Arrays.stream(values()).filter(f -> f.extension.equals(extension)).findAny();
  }

  /** The format that a client's Accept asks for; JSON where it does not care. */
  public static FeedFormat accepted(Ask ask) {
    String type = ask.preferred(List.of(
        JSON.type,
        "application/json",
        RSS.type,
        ATOM.type,
        "application/xml",
        "text/xml",
        NINJS.type));
    return switch (type) {
      case "application/rss+xml", "application/xml", "text/xml" -> RSS;
      case "application/atom+xml" -> ATOM;
      case Ninjs.MEDIA_TYPE -> NINJS;
      default -> JSON;
    };
  }

  /** A page of a feed in this format. */
  Content write(FeedDocument document) {
    return switch (this) {
      case JSON -> new Content(type, JsonFeed.write(document));
      case RSS -> new Content(type + "; charset=utf-8", Rss.write(document));
      case ATOM -> new Content(type + "; charset=utf-8", Atom.write(document));
      case NINJS ->
        new Content(type, NinjsFeed.write(document), document.next(this).orElse(null));
    };
  }
}
