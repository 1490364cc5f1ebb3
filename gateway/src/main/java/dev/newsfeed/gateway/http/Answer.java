package dev.newsfeed.gateway.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a resource answers, before validators and compression are settled with the client.
 *
 * @param cacheControl the header's value
 * @param lastModified a second that stands for this content and no other of the same address, so that
 *     whoever knows it knows the content; null: there is no such
 * @param headers more of them
 */
public record Answer(
    int status,
    Content content,
    String cacheControl,
    @Nullable Instant lastModified,
    Map<String, String> headers) {

  /** Caches may keep it but ask each time; the ETag makes asking cheap. */
  public static final String REVALIDATE = "no-cache";

  /** Changes by the second: caches may share it for a moment so that a rush costs little. */
  public static final String MOMENT = "public, max-age=1";

  /** Never changes under its address. */
  public static final String FOR_EVER = "public, max-age=31536000, immutable";

  private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
          "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
      .withZone(ZoneOffset.UTC);

  public Answer {
    headers = Map.copyOf(headers);
  }

  /** An answer of status 200. */
  public static Answer ok(Content content, String cacheControl) {
    return new Answer(200, content, cacheControl, null, Map.of());
  }

  /** The same answer with a status. */
  public Answer withStatus(int other) {
    return new Answer(other, content, cacheControl, lastModified, headers);
  }

  /** The same answer with the second that stands for its content. */
  public Answer withLastModified(Instant at) {
    return new Answer(status, content, cacheControl, at, headers);
  }

  /** The same answer with a date for people: the content may change without it. */
  public Answer dated(Instant at) {
    return with("Last-Modified", httpDate(at));
  }

  /** A date as headers have it (RFC 9110, section 5.6.7). */
  static String httpDate(Instant at) {
    return HTTP_DATE.format(at);
  }

  /** The same answer with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, content, cacheControl, lastModified, more);
  }
}
