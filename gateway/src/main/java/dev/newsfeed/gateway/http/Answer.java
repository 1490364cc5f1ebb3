package dev.newsfeed.gateway.http;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a resource answers, before validators and compression are settled with the client.
 *
 * @param cacheControl the header's value
 * @param lastModified null: not known
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

  /** The same answer with the time of its last change. */
  public Answer withLastModified(Instant at) {
    return new Answer(status, content, cacheControl, at, headers);
  }

  /** The same answer with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, content, cacheControl, lastModified, more);
  }
}
