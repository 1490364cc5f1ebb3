package dev.newsfeed.producer.intake;

import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.producer.http.Answer;
import dev.newsfeed.producer.http.BodyReader;
import dev.newsfeed.producer.http.Call;
import dev.newsfeed.producer.http.Doorkeeper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the route of a request, reads its body, and writes the route's answer. Nothing here waits: what
 * may is done by the route's executor.
 */
final class IntakeHandler extends Handler.Abstract.NonBlocking {

  private static final Logger LOG = LoggerFactory.getLogger(IntakeHandler.class);

  /** What a route does with a request. */
  interface Action {
    CompletionStage<Answer> answer(Call call);
  }

  /**
   * One kind of request.
   *
   * @param path its first group, where there is one, is the id that a call carries
   * @param bodyLimit in bytes; 0: what is sent is not read
   * @param executor where the action runs
   * @param right which a key needs; null: everybody may
   */
  record Route(
      String method,
      Pattern path,
      int bodyLimit,
      Executor executor,
      Action action,
      @Nullable Right right) {

    /** A route for everybody. */
    Route(String method, Pattern path, int bodyLimit, Executor executor, Action action) {
      this(method, path, bodyLimit, executor, action, null);
    }

    /** The same route for who has a key with this right. */
    Route behind(Right needed) {
      return new Route(method, path, bodyLimit, executor, action, needed);
    }
  }

  private final List<Route> routes;
  private final Doorkeeper door;
  private final Duration patience;

  /**
   * Serves these routes.
   *
   * @param patience how long a slow sender is waited for
   */
  IntakeHandler(List<Route> routes, Doorkeeper door, Duration patience) {
    this.routes = List.copyOf(routes);
    this.door = door;
    this.patience = patience;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    TreeSet<String> methods = new TreeSet<>();
    for (Route route : routes) {
      Matcher matcher = route.path().matcher(path);
      if (matcher.matches()) {
        methods.add(route.method());
        if (route.method().equals(request.getMethod())) {
          run(
              route,
              matcher.groupCount() == 0 ? "" : matcher.group(1),
              request,
              response,
              callback);
          return true;
        }
      }
    }
    Answer answer = methods.isEmpty()
        ? Answer.problem(HttpStatus.NOT_FOUND_404, "there is nothing at this path", List.of())
        : Answer.problem(
                HttpStatus.METHOD_NOT_ALLOWED_405, "this path does not take the method", List.of())
            .with("Allow", String.join(", ", methods));
    write(answer, response, callback);
    return true;
  }

  private void run(Route route, String id, Request request, Response response, Callback callback) {
    Doorkeeper.Guest guest;
    try {
      guest = atTheDoor(route, request);
    } catch (Doorkeeper.Denied denied) {
      refuse(denied.answer(), patience, request, response, callback);
      return;
    }
    CompletionStage<Call.Body> body = route.bodyLimit() == 0
        ? CompletableFuture.completedFuture(Call.Body.NONE)
        : BodyReader.read(request, route.bodyLimit(), patience);
    body.whenComplete((read, failure) -> {
      if (read == null) {
        LOG.debug("the sender went away or is too slow", failure);
        write(
            Answer.problem(
                    HttpStatus.REQUEST_TIMEOUT_408, "the body did not arrive whole", List.of())
                .with("Connection", "close"),
            response,
            callback);
        return;
      }
      Call call = new Call(
          request.getMethod(),
          Request.getPathInContext(request),
          id,
          Objects.requireNonNullElse(request.getHttpURI().getQuery(), ""),
          request.getHeaders(),
          peer(request),
          read,
          guest.key());
      try {
        route.executor().execute(() -> {
          try {
            door.inside(
                guest, request.getMethod(), request.getHttpURI().getPathQuery(), read.bytes());
            answer(route, call, response, callback);
          } catch (Doorkeeper.Denied denied) {
            write(denied.answer(), response, callback);
          }
        });
      } catch (RejectedExecutionException e) {
        write(busy(), response, callback);
      }
    });
  }

  private Doorkeeper.Guest atTheDoor(Route route, Request request) throws Doorkeeper.Denied {
    if (route.right() == null) {
      return new Doorkeeper.Guest(null, null);
    }
    return door.atTheDoor(request.getHeaders(), route.right());
  }

  /** Answers without looking at the body, once it is read or there is too much of it. */
  static void refuse(
      Answer answer, Duration patience, Request request, Response response, Callback callback) {
    BodyReader.read(request, 0, patience)
        .whenComplete((dropped, failure) -> write(answer, response, callback));
  }

  private static void answer(Route route, Call call, Response response, Callback callback) {
    CompletionStage<Answer> answering;
    try {
      answering = route.action().answer(call);
    } catch (RuntimeException e) {
      answering = CompletableFuture.failedFuture(e);
    }
    answering.whenComplete((answer, failure) -> {
      if (answer == null) {
        LOG.error("could not answer path={}", route.path(), failure);
        write(failed(), response, callback);
      } else {
        write(answer, response, callback);
      }
    });
  }

  static Answer busy() {
    return Answer.problem(
            HttpStatus.SERVICE_UNAVAILABLE_503, "too many requests are waiting", List.of())
        .with("Retry-After", "5");
  }

  private static Answer failed() {
    return Answer.problem(
        HttpStatus.INTERNAL_SERVER_ERROR_500, "something went wrong here", List.of());
  }

  private static @Nullable InetAddress peer(Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress a
        ? a.getAddress()
        : null;
  }

  /** Writes an answer and ends the exchange. */
  static void write(Answer answer, Response response, Callback callback) {
    byte[] body = answer.body();
    response.setStatus(answer.status());
    if (!answer.contentType().isEmpty()) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    }
    answer.headers().forEach(response.getHeaders()::put);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
