package dev.newsfeed.gateway.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content.Source;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the resource by the first part of the path and settles with the client what every answer
 * has in common: validators, compression, HEAD, who may read it, and how an error looks.
 *
 * <p>If-Modified-Since is not taken as a condition: seconds are too coarse for a feed that can
 * change twice in one. The ETag is exact.
 */
public final class Site extends Handler.Abstract {

  private static final Logger LOG = LoggerFactory.getLogger(Site.class);
  private static final int MAX_BODY = 64 << 10;
  private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
          "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
      .withZone(ZoneOffset.UTC);

  private final Map<String, Resource> resources;
  private final Resource pages;
  private final Moved moved;
  private final BiFunction<Ask, Refused, Answer> errorPage;
  private final EventStreams events;

  /**
   * A site.
   *
   * @param resources by the first part of the path
   * @param pages answers everything else
   * @param moved asked where nothing is found
   * @param errorPage how a person sees a refusal
   */
  public Site(
      Map<String, Resource> resources,
      Resource pages,
      Moved moved,
      BiFunction<Ask, Refused, Answer> errorPage,
      EventStreams events) {
    this.resources = Map.copyOf(resources);
    this.pages = pages;
    this.moved = moved;
    this.errorPage = errorPage;
    this.events = events;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    switch (request.getMethod()) {
      case "GET", "HEAD" -> answer(request, "", response, callback);
      case "POST" -> withBody(request, response, callback);
      case "OPTIONS" -> preflight(response, callback);
      default -> {
        Refused refused = new Refused(405, "Method not allowed", "this site is for reading");
        send(
            Problems.answer(refused).with("Allow", "GET, HEAD, OPTIONS"),
            request,
            response,
            callback);
      }
    }
    return true;
  }

  private void withBody(Request request, Response response, Callback callback) {
    if (request.getLength() > MAX_BODY) {
      Refused refused = new Refused(413, "Too large", "a body may have 64 KiB");
      send(Problems.answer(refused), request, response, callback);
      return;
    }
    Source.asByteArrayAsync(request, MAX_BODY, new Promise.Invocable<byte[]>() {
      @Override
      public void succeeded(byte[] body) {
        answer(request, new String(body, StandardCharsets.UTF_8), response, callback);
      }

      @Override
      public void failed(Throwable cause) {
        callback.failed(cause);
      }
    });
  }

  private static void preflight(Response response, Callback callback) {
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST");
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS, "Accept, If-None-Match, Last-Event-ID");
    headers.put(HttpHeader.ACCESS_CONTROL_MAX_AGE, "86400");
    response.setStatus(204);
    callback.succeeded();
  }

  private void answer(Request request, String body, Response response, Callback callback) {
    Ask ask = Ask.of(request, body);
    Answer answer;
    try {
      if (ask.path().equals(EventStreams.PATH) && !ask.method().equals("POST")) {
        Answer refusal = events.open(ask, request, response, callback);
        if (refusal == null) {
          return;
        }
        answer = refusal;
      } else {
        answer = existing(ask);
      }
    } catch (Refused refused) {
      answer = refusal(ask, refused);
    } catch (RuntimeException e) {
      LOG.error("cannot answer method={} path={}", ask.method(), ask.path(), e);
      answer = refusal(
          ask, new Refused(500, "Internal error", "this is our mistake, not yours: try again"));
    }
    send(answer, request, response, callback);
  }

  private Answer existing(Ask ask) {
    try {
      return resource(ask).answer(ask);
    } catch (Refused refused) {
      if (refused.status() != 404) {
        throw refused;
      }
      return moved.answer(ask).orElseThrow(() -> refused);
    }
  }

  private Answer refusal(Ask ask, Refused refused) {
    return ask.wantsPage() ? errorPage.apply(ask, refused) : Problems.answer(refused);
  }

  private Resource resource(Ask ask) {
    String path = ask.path();
    int end = path.indexOf('/', 1);
    String first = end < 0 ? path.substring(1) : path.substring(1, end);
    int dot = first.indexOf('.');
    Resource found = resources.get(dot > 0 ? first.substring(0, dot) : first);
    if (found == null) {
      found = pages;
    }
    if (ask.method().equals("POST") && !first.equals("subjects")) {
      throw new Refused(405, "Method not allowed", "this site is for reading");
    }
    return found;
  }

  private void send(Answer answer, Request request, Response response, Callback callback) {
    Content content = answer.content();
    List<String> encodings = request.getHeaders().getCSV(HttpHeader.ACCEPT_ENCODING, false);
    boolean compressed = content.compressible()
        && encodings.stream().anyMatch(e -> e.startsWith("gzip") && !e.endsWith("q=0"));
    String etag = content.etag(compressed);
    HttpFields.Mutable headers = response.getHeaders();
    answer.headers().forEach(headers::put);
    headers.put(HttpHeader.CACHE_CONTROL, answer.cacheControl());
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    headers.put("Access-Control-Expose-Headers", "Age, Date"); // now, as the widget must know it
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put(HttpHeader.VARY, "Accept, Accept-Encoding");
    boolean ok = answer.status() == 200;
    if (ok) {
      headers.put(HttpHeader.ETAG, etag);
      if (answer.lastModified() != null) {
        headers.put(HttpHeader.LAST_MODIFIED, HTTP_DATE.format(answer.lastModified()));
      }
    }
    if (ok && isKnown(request.getHeaders(), content)) {
      response.setStatus(304);
      callback.succeeded();
      return;
    }
    response.setStatus(answer.status());
    headers.put(HttpHeader.CONTENT_TYPE, content.type());
    if (compressed) {
      headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
    }
    byte[] bytes = content.bytes(compressed);
    headers.put(HttpHeader.CONTENT_LENGTH, bytes.length);
    boolean head = request.getMethod().equals("HEAD");
    response.write(true, head ? null : ByteBuffer.wrap(bytes), callback);
  }

  private static boolean isKnown(HttpFields headers, Content content) {
    for (String tag : headers.getCSV(HttpHeader.IF_NONE_MATCH, true)) {
      String bare = tag.startsWith("W/") ? tag.substring(2) : tag;
      if (bare.equals("*") || bare.equals(content.etag(false)) || bare.equals(content.etag(true))) {
        return true;
      }
    }
    return false;
  }
}
