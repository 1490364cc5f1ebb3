package dev.newsfeed.gateway.websub;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Subscription;
import dev.newsfeed.gateway.Samples;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.feed.Feeds;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Content;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.schemas.Networks;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A hub with a door, over news that the test publishes; what it would write to Kafka is in {@link
 * #kept}. Its callbacks may be on this machine.
 */
final class TestHub implements AutoCloseable {

  static final String SITE = "https://news.example";
  static final long TIMEOUT_MS = 1_000;

  /** The system's clock, which the test may put forward. */
  static final class TestClock extends Clock {
    private volatile Duration ahead = Duration.ZERO;

    void pass(Duration duration) {
      ahead = ahead.plus(duration);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  final Map<String, Subscription> kept = new ConcurrentHashMap<>();
  final TestClock clock = new TestClock();
  private final Archive archive;
  final News news;
  private final Feeds feeds;
  private final Addresses addresses = new Addresses(URI.create(SITE));
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server, 1, 1);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Callbacks callbacks;
  private final Networks allowed;
  private volatile Hub hub;
  private volatile Thread thread;
  private volatile boolean running = true;
  private long offset;

  TestHub(Path directory) {
    this(directory, "127.0.0.0/8", null, Hub.MAX);
  }

  TestHub(Path directory, String networks, @Nullable SocketAddressResolver names, int max) {
    archive = Archive.open(directory, Samples.TOPICS.published, "t", Duration.ofMinutes(1));
    news = new News(Samples.TOPICS.feeds, archive, new EventLog("t", 1, Map.of()));
    feeds = new Feeds(news, addresses, "Meridian", clock);
    allowed = Networks.parse(networks);
    Scheduler timers = Callbacks.timers();
    PublicAddresses reachable =
        new PublicAddresses(names == null ? Callbacks.names(timers) : names, allowed);
    callbacks = new Callbacks(addresses, reachable, timers, TIMEOUT_MS);
    hub = hub(max);
    hub.begin();
    news.onChange(ids -> hub.changed(ids));
    HubDoor door = new HubDoor(news, addresses, reachable, new Pace(300), clock, (id, asked) -> {
      hub.later(() -> hub.requested(asked, () -> {}));
      return CompletableFuture.completedFuture(null);
    });
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(door);
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    thread = work();
  }

  private Hub hub(int max) {
    Hub.Journal journal = (id, state) -> {
      if (state == null) {
        kept.remove(id);
      } else {
        kept.put(id, state);
      }
      return CompletableFuture.completedFuture(null);
    };
    return new Hub(clock, callbacks, this::document, journal, max);
  }

  private Thread work() {
    Thread worker = new Thread(() -> {
      while (running) {
        hub.work();
        LockSupport.parkNanos(1_000_000);
      }
    });
    worker.start();
    return worker;
  }

  /** Another gateway goes on with what was kept, as if this one had been killed. */
  void restart() {
    stop();
    hub.end();
    hub = hub(Hub.MAX);
    kept.forEach(hub::load);
    hub.begin();
    running = true;
    thread = work();
  }

  private void stop() {
    running = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a GET of a path is answered with. */
  @Nullable
  Content document(String path) {
    try {
      return feeds.answer(Ask.get(path)).content();
    } catch (Refused e) {
      return null;
    }
  }

  /** Takes records as the follower would, in one batch; the last says what stands in all-news. */
  void publish(PublishedArticle record, PublishedArticle... all) {
    news.published(0, offset++, record.getArticleId(), record);
    if (all.length > 0) {
      news.feed("all", Samples.feed("all", "All news", all));
    }
    news.batchDone(clock.instant());
  }

  Tally tally() {
    return hub.tally();
  }

  HttpResponse<String> post(String... namesAndValues) throws Exception {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      form.append(form.isEmpty() ? "" : "&")
          .append(namesAndValues[i])
          .append('=')
          .append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
    }
    return send(request(form.toString(), "application/x-www-form-urlencoded; charset=utf-8"));
  }

  HttpRequest request(String body, String type) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/hub"))
        .header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    stop();
    hub.end();
    callbacks.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    archive.close();
  }
}
