package dev.newsfeed.gateway.http;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * An answer as clients of one sort get it, encoded: those that take it compressed or not, and those
 * that have it already or not. It can be sent many times.
 */
final class Reply {

  private static final HttpField FOR_ANYONE =
      new PreEncodedHttpField(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
  private static final HttpField SHOWN_TO_SCRIPTS = new PreEncodedHttpField(
      HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, "Age, Date, ETag, Link, Location, Retry-After");
  private static final HttpField NO_SNIFFING =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");
  private static final HttpField VARIES =
      new PreEncodedHttpField(HttpHeader.VARY, "Accept, Accept-Encoding");

  private final int status;
  private final List<HttpField> fields;
  private final byte[] body;

  private Reply(int status, List<HttpField> fields, byte[] body) {
    this.status = status;
    this.fields = fields;
    this.body = body;
  }

  /**
   * Encodes an answer.
   *
   * @param known the client has it already, which matters to an answer of status 200 only
   */
  static Reply of(Answer answer, boolean compressed, boolean known) {
    Content content = answer.content();
    List<HttpField> fields = new ArrayList<>();
    // what comes from articles is left for the server to encode, which lets no line break through
    answer.headers().forEach((name, value) -> fields.add(new HttpField(name, value)));
    fields.add(new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, answer.cacheControl()));
    fields.addAll(List.of(FOR_ANYONE, SHOWN_TO_SCRIPTS, NO_SNIFFING, VARIES));
    boolean ok = answer.status() == 200;
    if (ok) {
      fields.add(new PreEncodedHttpField(HttpHeader.ETAG, content.etag(compressed)));
      if (answer.lastModified() != null) {
        String date = Answer.httpDate(answer.lastModified());
        fields.add(new PreEncodedHttpField(HttpHeader.LAST_MODIFIED, date));
      }
    }
    if (ok && known) {
      return new Reply(304, List.copyOf(fields), new byte[0]);
    }
    fields.add(new HttpField(HttpHeader.CONTENT_TYPE, content.type()));
    if (compressed) {
      fields.add(new PreEncodedHttpField(HttpHeader.CONTENT_ENCODING, "gzip"));
    }
    byte[] body = content.bytes(compressed);
    fields.add(new HttpField.LongValueHttpField(HttpHeader.CONTENT_LENGTH, body.length));
    return new Reply(answer.status(), List.copyOf(fields), body);
  }

  int status() {
    return status;
  }

  /**
   * Sends it.
   *
   * @param head without the body
   */
  void send(boolean head, Response response, Callback callback) {
    HttpFields.Mutable headers = response.getHeaders();
    for (HttpField field : fields) {
      headers.add(field);
    }
    response.setStatus(status);
    // a callback alone, from another thread than the one that handles the request, may end an
    // exchange twice, and the client loses its connection (Jetty 12.1.14): so there is always a
    // last write, if only of nothing
    response.write(true, head || body.length == 0 ? null : ByteBuffer.wrap(body), callback);
  }
}
