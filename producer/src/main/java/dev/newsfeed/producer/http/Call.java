package dev.newsfeed.producer.http;

import java.net.InetAddress;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * One request as a route sees it.
 *
 * @param path percent-encoded, without a query
 * @param id the article's id or the name of a list, from the path; empty where the path has none
 * @param query what stands behind the question mark, as it came; empty where there is none
 * @param peer the other end of the connection; null when it is not known
 * @param key who sent it; null where nobody needs a key
 */
public record Call(
    String method,
    String path,
    String id,
    String query,
    HttpFields headers,
    @Nullable InetAddress peer,
    Body body,
    @Nullable AccessKey key) {

  /** A call by anybody. */
  public Call(
      String method,
      String path,
      String id,
      String query,
      HttpFields headers,
      @Nullable InetAddress peer,
      Body body) {
    this(method, path, id, query, headers, peer, body, null);
  }

  /**
   * What was sent, up to the limit of its route.
   *
   * @param cut whether there was more
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  public record Body(byte[] bytes, boolean cut) {
    public static final Body NONE = new Body(new byte[0], false);
  }

  /** A header's first value; empty when there is none. */
  public String header(String name) {
    String value = headers.get(name);
    return value == null ? "" : value;
  }

  /** {@code application/json}, lower-case and without parameters; empty when nothing is said. */
  public String mediaType() {
    return mediaType(headers);
  }

  public static String mediaType(HttpFields headers) {
    String stated = headers.get(HttpHeader.CONTENT_TYPE);
    String type = stated == null ? "" : stated;
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  /** Whether the body is packed. */
  public boolean encoded() {
    return !encoding(headers).isEmpty();
  }

  /** {@code gzip}, lower-case; empty: the body is as it is. */
  public static String encoding(HttpFields headers) {
    String stated = headers.get(HttpHeader.CONTENT_ENCODING);
    String encoding = stated == null ? "" : stated.strip().toLowerCase(Locale.ROOT);
    return encoding.equals("identity") ? "" : encoding;
  }

  /** Whose key was shown, as it stands in the records that come of this call; empty: nobody's. */
  public String sender() {
    return key == null ? "" : key.name();
  }

  /** The same call with another body. */
  public Call with(Body other) {
    return new Call(method, path, id, query, headers, peer, other, key);
  }
}
