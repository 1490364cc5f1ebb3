package dev.newsfeed.gateway.websub;

import dev.newsfeed.avro.SubscriptionMode;
import dev.newsfeed.avro.SubscriptionRequest;
import dev.newsfeed.gateway.feed.Feeds;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Problems;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.UnreadBody;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.RecordJson;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.server.FormFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /hub}: takes what subscribers ask for (WebSub 5.1). 202 means that Kafka has it and that
 * the callback will be asked; whatever can be seen to be wrong at once is refused, naming the field.
 */
final class HubDoor extends Handler.Abstract {

  private static final Logger LOG = LoggerFactory.getLogger(HubDoor.class);

  static final String PATH = "/hub";
  static final int MAX_BODY = 64 << 10;
  static final int MAX_SECRET = 199; // "less than 200 bytes"
  private static final int MAX_FIELDS = 100;
  private static final int MAX_TOPIC = 2_000;
  private static final int MAX_LEASE_DIGITS = 18;
  private static final long NAME_MS = 6_000;
  private static final long KEPT_MS = 15_000;

  private final News news;
  private final Addresses addresses;
  private final PublicAddresses reachable;
  private final Pace pace;
  private final Clock clock;
  private final BiFunction<String, SubscriptionRequest, CompletableFuture<?>> requests;

  /**
   * A door.
   *
   * @param requests keeps a request for the subscription of that name; completes when it is kept
   */
  HubDoor(
      News news,
      Addresses addresses,
      PublicAddresses reachable,
      Pace pace,
      Clock clock,
      BiFunction<String, SubscriptionRequest, CompletableFuture<?>> requests) {
    super(InvocationType.NON_BLOCKING);
    this.news = news;
    this.addresses = addresses;
    this.reachable = reachable;
    this.pace = pace;
    this.clock = clock;
    this.requests = requests;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!Request.getPathInContext(request).equals(PATH)) {
      return false;
    }
    if (!HttpMethod.POST.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "POST");
      refuse(
          new Refused(
              405,
              "Method not allowed",
              "this is a WebSub hub: POST hub.mode, hub.topic" + " and hub.callback to it"),
          response,
          callback);
    } else if (request.getLength() > MAX_BODY) {
      UnreadBody.drop(request, () -> refuse(tooLarge(), response, callback));
    } else if (!isForm(request)) {
      Refused refused =
          new Refused(415, "Unsupported type", "must be application/x-www-form-urlencoded");
      UnreadBody.drop(request, () -> refuse(refused, response, callback));
    } else {
      FormFields.onFields(
          request, StandardCharsets.UTF_8, MAX_FIELDS, MAX_BODY, new Promise.Invocable<>() {
            @Override
            public void succeeded(Fields fields) {
              take(fields, response, callback);
            }

            @Override
            public void failed(Throwable cause) {
              Refused refused = cause instanceof HttpException http && http.getCode() == 413
                  ? tooLarge()
                  : new Refused(400, "Invalid form", "the body is not a form in UTF-8");
              UnreadBody.drop(request, () -> refuse(refused, response, callback));
            }
          });
    }
    return true;
  }

  private static boolean isForm(Request request) {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    return type != null
        && MimeTypes.Type.FORM_ENCODED.is(
            MimeTypes.getContentTypeWithoutCharset(type).strip());
  }

  private static Refused tooLarge() {
    return new Refused(413, "Too large", "a request may have 64 KiB and 100 fields");
  }

  private void take(Fields fields, Response response, Callback callback) {
    CallbackUrl subscriber;
    SubscriptionRequest asked;
    try {
      subscriber = callback(one(fields, "hub.callback"));
      asked = asked(fields);
      int waitS = pace.take(subscriber.host(), clock.instant());
      if (waitS > 0) {
        response.getHeaders().put(HttpHeader.RETRY_AFTER, waitS);
        throw new Refused(
            429, "Too many requests", "hub.callback: too much is asked for this host at once");
      }
    } catch (Refused refused) {
      refuse(refused, response, callback);
      return;
    }
    String id = Hub.id(subscriber, URI.create(asked.getTopic()).getPath());
    var unused = reachable(subscriber)
        .thenCompose(reached -> requests.apply(id, asked))
        .orTimeout(KEPT_MS, TimeUnit.MILLISECONDS)
        .whenComplete((kept, failure) -> {
          if (failure == null) {
            response.setStatus(202);
            response.write(true, null, callback);
          } else {
            refuse(refusal(failure), response, callback);
          }
        });
  }

  private static Refused refusal(Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    if (cause instanceof Refused refused) {
      return refused;
    }
    LOG.warn("a request for a subscription could not be kept cause={}", cause.toString());
    return new Refused(503, "Not kept", "Kafka did not confirm the request: send it again");
  }

  /** Looks the host up as a delivery will; a connection looks again for itself. */
  private CompletableFuture<?> reachable(CallbackUrl subscriber) {
    InetAddress literal = subscriber.literal();
    if (literal != null) {
      return reachable.mayReach(literal)
          ? CompletableFuture.completedFuture(literal)
          : CompletableFuture.failedFuture(unreachable());
    }
    CompletableFuture<List<InetSocketAddress>> found = new CompletableFuture<>();
    reachable.resolve(
        subscriber.host(), subscriber.port(), Map.of(), Promise.from(found::complete, failure -> {
          boolean unknown = failure instanceof UnknownHostException;
          found.completeExceptionally(unknown ? unreachable() : failure);
        }));
    return found
        .orTimeout(NAME_MS, TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
            failure instanceof Refused
                ? failure
                : Refused.parameter(
                    "hub.callback", "its host could not be looked up: try again later")));
  }

  private static Refused unreachable() {
    return Refused.parameter("hub.callback", "its host has no public address");
  }

  private static CallbackUrl callback(String text) {
    try {
      return CallbackUrl.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refused.parameter("hub.callback", String.valueOf(e.getMessage()));
    }
  }

  private SubscriptionRequest asked(Fields fields) {
    Instant now = clock.instant();
    String secret = fields.get("hub.secret") == null ? "" : one(fields, "hub.secret");
    if (secret.getBytes(StandardCharsets.UTF_8).length > MAX_SECRET) {
      throw Refused.parameter("hub.secret", "must have less than 200 bytes");
    }
    return SubscriptionRequest.newBuilder()
        .setMode(mode(one(fields, "hub.mode")))
        .setCallback(one(fields, "hub.callback"))
        .setTopic(topic(one(fields, "hub.topic")))
        .setSecret(secret.isEmpty() ? null : secret)
        .setLeaseSeconds(leaseSeconds(fields))
        .setAt(now)
        .build();
  }

  private static SubscriptionMode mode(String mode) {
    return switch (mode) {
      case "subscribe" -> SubscriptionMode.subscribe;
      case "unsubscribe" -> SubscriptionMode.unsubscribe;
      default -> throw Refused.parameter("hub.mode", "must be subscribe or unsubscribe");
    };
  }

  private String topic(String topic) {
    URI uri;
    try {
      uri = new URI(topic);
    } catch (URISyntaxException e) {
      throw Refused.parameter("hub.topic", "is not an address");
    }
    if (topic.length() > MAX_TOPIC || !topic.startsWith("http") || !addresses.isOurs(topic)) {
      throw Refused.parameter("hub.topic", "is not on this site, " + addresses.home());
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw Refused.parameter("hub.topic", "must be a feed's address without parameters");
    }
    if (Feeds.feedId(uri.getPath()).flatMap(news::feed).isEmpty()) {
      throw Refused.parameter("hub.topic", "there is no such feed; /feeds lists those there are");
    }
    return topic;
  }

  private static long leaseSeconds(Fields fields) {
    if (fields.get("hub.lease_seconds") == null) {
      return Hub.LEASE.toSeconds();
    }
    String text = one(fields, "hub.lease_seconds");
    if (text.isEmpty()) {
      return Hub.LEASE.toSeconds();
    }
    if (!text.matches("[0-9]+") || text.length() > MAX_LEASE_DIGITS) {
      throw Refused.parameter("hub.lease_seconds", "must be a number of seconds");
    }
    return Math.max(
        Hub.SHORTEST_LEASE.toSeconds(),
        Math.min(Long.parseLong(text), Hub.LONGEST_LEASE.toSeconds()));
  }

  private static String one(Fields fields, String name) {
    List<String> values = fields.getValuesOrEmpty(name);
    if (values.size() != 1) {
      throw Refused.parameter(name, values.isEmpty() ? "is missing" : "is given more than once");
    }
    return values.get(0);
  }

  private static void refuse(Refused refused, Response response, Callback callback) {
    byte[] body =
        RecordJson.bytes(Problems.fields(refused.status(), refused.title(), refused.detail()));
    response.setStatus(refused.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
