package dev.newsfeed.gateway.http;

import dev.newsfeed.gateway.push.Interests;
import dev.newsfeed.gateway.push.Subscribers;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Proxies;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** {@code /events}: understands what a subscriber asks for, and opens its stream. */
public final class EventStreams {

  static final String PATH = "/events";

  private static final int MAX_FEEDS = 50;
  private static final Set<String> WINDOWS = Set.of("now", "today", "this-week");
  private static final int MIN_WAIT_S = 10;
  private static final int MAX_WAIT_S = 40;

  private final Subscribers subscribers;
  private final Proxies proxies;
  private final BooleanSupplier ready;

  /**
   * Streams to these subscribers.
   *
   * @param proxies by whom a reader's address is believed
   * @param ready whether streams can begin: not before the gateway knows what is old
   */
  public EventStreams(Subscribers subscribers, Proxies proxies, BooleanSupplier ready) {
    this.subscribers = subscribers;
    this.proxies = proxies;
    this.ready = ready;
  }

  /**
   * Opens a stream, which goes on by itself.
   *
   * @return why there is none; null: it is open
   * @throws Refused naming the parameter that cannot be used
   */
  @Nullable
  Answer open(Ask ask, Request request, Response response, Callback callback) {
    Interests interests = interests(ask);
    if (!ready.getAsBoolean()) {
      return later(503, "Not ready", "the gateway is reading its topics: try again soon");
    }
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, "text/event-stream");
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    headers.put("X-Accel-Buffering", "no"); // proxies must pass each event on at once
    if (ask.method().equals("HEAD")) {
      response.write(true, null, callback);
      return null;
    }
    String lastEventId = request.getHeaders().get("Last-Event-ID");
    if (lastEventId == null) {
      lastEventId = ask.parameter("lastEventId").orElse(null);
    }
    Subscribers.Outcome outcome =
        subscribers.open(interests, lastEventId, limited(request), request, response, callback);
    if (outcome == Subscribers.Outcome.OPEN) {
      return null;
    }
    headers.clear();
    return later(
        429,
        "Too many streams",
        outcome == Subscribers.Outcome.TOO_MANY
            ? "all event streams are taken: try again later"
            : "your address has as many event streams as one may have: close one first");
  }

  private static Interests interests(Ask ask) {
    Set<String> feeds = ask.list("feeds");
    if (feeds == null) {
      feeds = Set.of();
    }
    if (feeds.size() > MAX_FEEDS) {
      throw Refused.parameter("feeds", "names " + feeds.size() + ", but may name " + MAX_FEEDS);
    }
    feeds.stream().filter(feed -> !FeedIds.isFeedId(feed)).findFirst().ifPresent(wrong -> {
      throw Refused.parameter("feeds", "must be ids such as section/world, joined by commas");
    });
    Set<String> windows = ask.list("windows");
    if (windows == null) {
      windows = WINDOWS;
    } else if (!WINDOWS.containsAll(windows)) {
      throw Refused.parameter("windows", "must be of now, today and this-week, joined by commas");
    }
    String related = ask.parameter("related").orElse(null);
    if (related != null && !ArticleRules.isArticleId(related)) {
      throw Refused.parameter("related", "is not an article id");
    }
    Set<String> scopes = feeds.isEmpty() ? Set.of("all") : feeds;
    return Interests.of(feeds, windows, scopes, MostRead.edition(ask), related);
  }

  /** A proxy that does not say for whom it asks stands for everybody behind it: it is let through. */
  private @Nullable InetAddress limited(Request request) {
    InetAddress peer =
        request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress socket
            ? socket.getAddress()
            : null;
    InetAddress reader =
        proxies.reader(peer, request.getHeaders().getValuesList("X-Forwarded-For"));
    return proxies.believed().contain(reader) ? null : reader;
  }

  /** They are not all to come back at once. */
  private static Answer later(int status, String title, String detail) {
    int seconds = ThreadLocalRandom.current().nextInt(MIN_WAIT_S, MAX_WAIT_S);
    return Problems.answer(new Refused(status, title, detail))
        .with("Retry-After", String.valueOf(seconds));
  }
}
