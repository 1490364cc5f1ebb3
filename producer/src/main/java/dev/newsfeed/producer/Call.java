package dev.newsfeed.producer;

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
 */
record Call(
    String method,
    String path,
    String id,
    String query,
    HttpFields headers,
    @Nullable InetAddress peer,
    Body body) {

  /**
   * What was sent, up to the limit of its route.
   *
   * @param cut whether there was more
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Body(byte[] bytes, boolean cut) {
    static final Body NONE = new Body(new byte[0], false);
  }

  /** A header's first value; empty when there is none. */
  String header(String name) {
    String value = headers.get(name);
    return value == null ? "" : value;
  }

  /** {@code application/json}, lower-case and without parameters; empty when nothing is said. */
  String mediaType() {
    String type = header(HttpHeader.CONTENT_TYPE.asString());
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  /** Whether the body is packed, which the intake does not take: a small body unfolds into any. */
  boolean encoded() {
    String encoding = header(HttpHeader.CONTENT_ENCODING.asString());
    return !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity");
  }
}
