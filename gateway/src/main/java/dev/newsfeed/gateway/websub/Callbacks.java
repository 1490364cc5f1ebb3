package dev.newsfeed.gateway.websub;

import dev.newsfeed.avro.Subscription;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Content;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * What the hub says to subscribers. Believes nothing of what comes back: no redirect is followed, no
 * cookie kept, nothing unzipped, and of a body not more read than is needed.
 */
final class Callbacks implements AutoCloseable {

  /** Whole: looking up the name, connecting, sending, and the answer's head. */
  static final long TIMEOUT_MS = 10_000;

  private static final long CONNECT_MS = 5_000;
  private static final int NAME_THREADS = 16;
  private static final int NAMES_WAITING = 1_000;
  private static final int THREADS = 8;
  private static final int MAX_BODY = 16 << 10;
  private static final int MAX_HEAD = 8 << 10;
  private static final int NO_ANSWER = 0;

  /**
   * A request under way.
   *
   * @param answer completes, always normally, when it is over
   */
  record Call<T>(Request request, CompletableFuture<T> answer) {
    void abort() {
      var unused = request.abort(new CancellationException("no longer wanted"));
    }
  }

  private final Addresses addresses;
  private final PublicAddresses reachable;
  private final HttpClient client;
  private final long timeoutMs;

  /** Asks name servers on threads of its own: one that is slow must not hold up what has its answer. */
  static SocketAddressResolver names(Scheduler timers) {
    ThreadPoolExecutor threads = new ThreadPoolExecutor(
        NAME_THREADS,
        NAME_THREADS,
        TIMEOUT_MS,
        TimeUnit.MILLISECONDS,
        new LinkedBlockingQueue<>(NAMES_WAITING),
        task -> {
          Thread thread = new Thread(task, "websub-names");
          thread.setDaemon(true);
          return thread;
        });
    threads.allowCoreThreadTimeOut(true);
    return new SocketAddressResolver.Async(threads, timers, CONNECT_MS);
  }

  Callbacks(Addresses addresses, PublicAddresses reachable, Scheduler timers, long timeoutMs) {
    this.addresses = addresses;
    this.reachable = reachable;
    this.timeoutMs = timeoutMs;
    this.client = new HttpClient();
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setName("websub-callbacks");
    threads.setDaemon(true);
    client.setExecutor(threads);
    client.setScheduler(timers);
    client.setSocketAddressResolver(reachable);
    client.setFollowRedirects(false);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    client.setConnectTimeout(CONNECT_MS);
    client.setIdleTimeout(timeoutMs);
    client.setMaxResponseHeadersSize(MAX_HEAD);
    client.setDestinationIdleTimeout(TimeUnit.MINUTES.toMillis(5));
    client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "newsfeed (WebSub hub)"));
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException("cannot make an HTTP client", e);
    }
    client.getContentDecoderFactories().clear();
    client.getProtocolHandlers().clear(); // no redirects, no passwords
  }

  static Scheduler timers() {
    return new ScheduledExecutorScheduler("websub-timers", true);
  }

  PublicAddresses reachable() {
    return reachable;
  }

  /**
   * Asks the callback whether its owner wants this (WebSub 5.3).
   *
   * @param leaseSeconds how long it will last; 0: it is an end
   * @return true: yes
   */
  Call<Boolean> verify(
      CallbackUrl callback, String mode, String topic, String challenge, long leaseSeconds) {
    String parameters = "hub.mode=" + mode + "&hub.topic=" + encode(topic) + "&hub.challenge="
        + challenge + (leaseSeconds > 0 ? "&hub.lease_seconds=" + leaseSeconds : "");
    Request request = request(callback.with(parameters), HttpMethod.GET);
    CompletableFuture<Boolean> wanted = new CompletableFuture<>();
    request.send(new BufferingResponseListener(challenge.length() + 1) {
      @Override
      public void onComplete(Result result) {
        wanted.complete(result.isSucceeded()
            && isSuccess(result.getResponse().getStatus())
            && getContentAsString(StandardCharsets.UTF_8).equals(challenge));
      }
    });
    return new Call<>(request, wanted);
  }

  /** Tells that there will be no subscription (WebSub 5.2), once. */
  Call<Integer> deny(CallbackUrl callback, String topic, String reason) {
    String parameters =
        "hub.mode=denied&hub.topic=" + encode(topic) + "&hub.reason=" + encode(reason);
    return send(request(callback.with(parameters), HttpMethod.GET));
  }

  /**
   * Delivers a document (WebSub 7).
   *
   * @return the status of the answer; 0: there was none
   */
  Call<Integer> deliver(CallbackUrl callback, Subscription to, Content document) {
    byte[] bytes = document.bytes(false);
    Request request = request(callback.uri(), HttpMethod.POST)
        .body(new BytesRequestContent(document.type(), bytes))
        .headers(headers -> headers.add("Link", addresses.links(to.getTopic())));
    String secret = to.getSecret();
    if (secret != null) {
      request.headers(
          headers -> headers.add("X-Hub-Signature", "sha256=" + signature(secret, bytes)));
    }
    return send(request);
  }

  private Request request(URI uri, HttpMethod method) {
    return client.newRequest(uri).method(method).timeout(timeoutMs, TimeUnit.MILLISECONDS);
  }

  /** The head of the answer says it all: a body that is too long, or does not end, changes nothing. */
  private static Call<Integer> send(Request request) {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    AtomicInteger known = new AtomicInteger(NO_ANSWER);
    AtomicInteger read = new AtomicInteger();
    request
        .onResponseHeaders(response -> known.set(response.getStatus()))
        .onResponseContent((response, content) -> {
          if (read.addAndGet(content.remaining()) > MAX_BODY) {
            abort(response);
          }
        })
        .send(result -> status.complete(known.get()));
    return new Call<>(request, status);
  }

  private static void abort(Response response) {
    var unused = response.abort(new CancellationException("more of an answer than is wanted"));
  }

  static boolean isSuccess(int status) {
    return status >= 200 && status <= 299;
  }

  private static String signature(String secret, byte[] bytes) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      client.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP client did not stop", e);
    }
  }
}
