package dev.newsfeed.gateway.http;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content.Source;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the resource by the first part of the path and settles with the client what every answer
 * has in common: methods, validators, compression, HEAD, who may read it, and how an error looks.
 *
 * <p>If-Modified-Since is held against Last-Modified as a tag, not as a time: only the very date that
 * was sent says that a client has what was sent with it. Any other, the future included, is answered
 * in full.
 */
public final class Site extends Handler.Abstract {

  private static final Logger LOG = LoggerFactory.getLogger(Site.class);
  private static final int MAX_BODY = 64 << 10;

  private final Map<String, Resource> resources;
  private final Resource pages;
  private final Moved moved;
  private final BiFunction<Ask, Refused, Answer> errorPage;
  private final EventStreams events;
  private final HotAnswers hot;
  private final AnswerCounts answers = new AnswerCounts();

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
      EventStreams events,
      Clock clock) {
    super(InvocationType.NON_BLOCKING); // what may block is given to other threads
    this.resources = Map.copyOf(resources);
    this.pages = pages;
    this.moved = moved;
    this.errorPage = errorPage;
    this.events = events;
    this.hot = new HotAnswers(clock);
  }

  /** First parts of the paths at which something is served that is no page. */
  public Set<String> parts() {
    Set<String> parts = new TreeSet<>(resources.keySet());
    parts.add(EventStreams.PATH.substring(1));
    return parts;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String method = request.getMethod();
    boolean reading = method.equals("GET") || method.equals("HEAD");
    HotAnswers.Hot known = reading ? hot.find(request) : null;
    if (known != null) {
      send(known.answer(), known::reply, request, response, callback);
      return true;
    }
    Set<String> methods = methods(Request.getPathInContext(request));
    if (method.equals("OPTIONS")) {
      preflight(methods, response, callback);
    } else if (!methods.contains(method)) {
      Refused refused =
          new Refused(405, "Method not allowed", "this address takes " + all(methods));
      Answer answer = Problems.answer(refused).with("Allow", all(methods));
      UnreadBody.drop(request, () -> send(answer, request, response, callback));
    } else if (method.equals("POST")) {
      withBody(request, response, callback);
    } else {
      request.getComponents().getExecutor().execute(() -> read(request, response, callback));
    }
    return true;
  }

  private Set<String> methods(String path) {
    return path.equals(EventStreams.PATH) ? Resource.READING : resource(path).methods(path);
  }

  private static String all(Set<String> methods) {
    TreeSet<String> all = new TreeSet<>(methods);
    all.add("OPTIONS");
    return String.join(", ", all);
  }

  private void read(Request request, Response response, Callback callback) {
    try {
      answer(request, "", response, callback);
    } catch (RuntimeException e) {
      Response.writeError(request, response, callback, e);
    }
  }

  /** Lets go of answers that are no longer true. */
  public void forgetOld() {
    hot.forgetOld();
  }

  private void withBody(Request request, Response response, Callback callback) {
    if (request.getLength() > MAX_BODY) {
      Answer refused = Problems.answer(new Refused(413, "Too large", "a body may have 64 KiB"));
      UnreadBody.drop(request, () -> send(refused, request, response, callback));
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

  private static void preflight(Set<String> methods, Response response, Callback callback) {
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.ALLOW, all(methods));
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, all(methods));
    headers.put(
        HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS,
        "Accept, Content-Type, If-Modified-Since, If-None-Match, Last-Event-ID");
    headers.put(HttpHeader.ACCESS_CONTROL_MAX_AGE, "86400");
    response.setStatus(204);
    response.write(true, null, callback);
  }

  private void answer(Request request, String body, Response response, Callback callback) {
    Ask ask;
    try {
      ask = Ask.of(request, body);
    } catch (Refused refused) {
      send(Problems.answer(refused), request, response, callback);
      return;
    }
    Answer answer;
    try {
      if (ask.path().equals(EventStreams.PATH)) {
        Answer refusal = events.open(ask, request, response, callback);
        if (refusal == null) {
          return;
        }
        answer = refusal;
      } else {
        answer = existing(ask);
        hot.keep(request, answer);
      }
    } catch (Refused refused) {
      answer = refusal(ask, refused);
    } catch (RuntimeException e) {
      // as it was sent: decoded, it could hold a line break
      LOG.error(
          "cannot answer method={} path={}", ask.method(), request.getHttpURI().getPath(), e);
      answer = refusal(
          ask, new Refused(500, "Internal error", "this is our mistake, not yours: try again"));
    }
    send(answer, request, response, callback);
  }

  private Answer existing(Ask ask) {
    try {
      return resource(ask.path()).answer(ask);
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

  private Resource resource(String path) {
    int end = path.indexOf('/', 1);
    String first = end < 0 ? path.substring(1) : path.substring(1, end);
    int dot = first.indexOf('.');
    return resources.getOrDefault(dot > 0 ? first.substring(0, dot) : first, pages);
  }

  /**
   * Answers since the start, event streams not included.
   *
   * @param statuses one of {@link AnswerCounts#STATUSES}
   */
  public long answers(String statuses) {
    return answers.of(statuses);
  }

  /** How a reply is come by: compressed or not, known to the client or not. */
  private interface Encoding {
    Reply reply(boolean compressed, boolean known);
  }

  private void send(Answer answer, Request request, Response response, Callback callback) {
    Encoding encoding = (compressed, known) -> Reply.of(answer, compressed, known);
    send(answer, encoding, request, response, callback);
  }

  private void send(
      Answer answer, Encoding encoding, Request request, Response response, Callback callback) {
    HttpFields asked = request.getHeaders();
    boolean compressed = answer.content().compressible() && takesGzip(asked);
    Reply reply =
        encoding.reply(compressed, isKnown(asked, answer.content(), answer.lastModified()));
    answers.count(reply.status());
    reply.send(request.getMethod().equals("HEAD"), response, callback);
  }

  private static boolean takesGzip(HttpFields headers) {
    for (String encoding : headers.getCSV(HttpHeader.ACCEPT_ENCODING, false)) {
      if (encoding.startsWith("gzip") && !encoding.endsWith("q=0")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isKnown(
      HttpFields headers, Content content, @Nullable Instant lastModified) {
    String known = headers.get(HttpHeader.IF_NONE_MATCH);
    if (known == null) {
      return lastModified != null
          && headers
              .getValuesList(HttpHeader.IF_MODIFIED_SINCE)
              .equals(List.of(Answer.httpDate(lastModified)));
    }
    if (content.hasEtag(known)) { // nearly always; taking a list apart costs more than all the rest
      return true;
    }
    for (String tag : headers.getCSV(HttpHeader.IF_NONE_MATCH, true)) {
      String bare = tag.startsWith("W/") ? tag.substring(2) : tag;
      if (bare.equals("*") || content.hasEtag(bare)) {
        return true;
      }
    }
    return false;
  }
}
