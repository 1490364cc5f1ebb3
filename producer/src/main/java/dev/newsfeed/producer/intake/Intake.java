package dev.newsfeed.producer.intake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.producer.Sections;
import dev.newsfeed.producer.clicks.ArticleAddresses;
import dev.newsfeed.producer.clicks.ClickPace;
import dev.newsfeed.producer.clicks.ClickRoutes;
import dev.newsfeed.producer.clicks.ClickScript;
import dev.newsfeed.producer.clicks.Suspicion;
import dev.newsfeed.producer.clicks.VisitorKeys;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.http.AccessKey.Right;
import dev.newsfeed.producer.http.Answer;
import dev.newsfeed.producer.http.Doorkeeper;
import dev.newsfeed.producer.http.SlowHeads;
import dev.newsfeed.schemas.Proxies;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newsroom's HTTP door.
 *
 * <pre>
 * PUT    /v1/articles/{id}            an article, its whole state  ──▶ articles
 * POST   /v1/articles/{id}/correct    the whole state, with a correction
 * POST   /v1/articles/{id}/restore    the whole state, after a withdrawal
 * POST   /v1/articles/{id}/withdraw   {"version", "reason"}
 * POST   /v1/articles                 many of them, one a line
 * PUT    /v1/curated/{name}           an editor's list, whole      ──▶ curated
 * DELETE /v1/curated/{name}           there is no such list now    ──▶ curated
 * PUT    /v1/controls/{key}           an editor's decision, whole  ──▶ controls
 * POST   /v1/clicks                   clicks of readers            ──▶ clicks
 * GET    /v1/clicks.gif?article={id}  one click, as a picture      ──▶ clicks
 * anything of these that is refused                                ──▶ rejected
 * GET    /newsfeed-click.js           the script that sends them
 * GET    /health/live, /health/ready
 * GET    /openapi.json                all of this, for programs
 * </pre>
 *
 * Errors are problem details as RFC 9457 has them and never quote what was sent. A cluster that is
 * away holds up articles, which wait on threads of their own, and neither clicks nor health. A flood
 * of clicks has half of the processors at most, and waits while articles are under way.
 *
 * <pre>
 * head of a request                    8 KiB     431
 * body, unpacked                       1 MiB     413; clicks 64 KiB; imports 1 MiB a line
 * broker does not confirm              9 s       503
 * head incomplete, or body slower      10 s      closed, 408
 *   than 1 KiB/s
 * nothing comes                        30 s      closed
 * connections                          5,000
 * </pre>
 */
public final class Intake implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  private static final Limits LIMITS = new Limits(Duration.ofSeconds(9), Duration.ofSeconds(10));
  private static final int HEAD_BYTES = 8 * 1024;
  private static final int SERVER_THREADS = 32;
  private static final int CONNECTIONS = 5_000;
  private static final int IDLE_MS = 30_000;
  private static final int STOP_WITHIN_MS = 12_000; // a waiting sender is answered
  private static final int PUBLISHING_THREADS = 64; // each may hold a body of 1 MiB

  private final Server server;
  private final ServerConnector connector;
  private final ThreadPoolExecutor publishing;
  private final ExecutorService counting;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private AutoCloseable stopFirst = () -> {};
  private List<IntakeHandler.Route> routes = List.of();
  private @Nullable ClickRoutes readers;

  /** What can become of clicks: see {@link #clicks}. */
  public static final List<String> CLICK_FATES = ClickRoutes.FATES;

  /**
   * How long others are waited for.
   *
   * @param ack the broker
   * @param patience a slow sender
   */
  record Limits(Duration ack, Duration patience) {}

  /**
   * Starts listening and following {@code published}; needs no broker to be there yet.
   *
   * @throws IllegalStateException when the address cannot be listened on
   */
  public static Intake start(IntakeSettings settings) {
    ArticleAddresses addresses = new ArticleAddresses();
    CurrentVersions versions = new CurrentVersions();
    Intake intake = new Intake(settings);
    try {
      Outbox articles = intake.owning(Outbox.prompt(settings.kafka(), "newsfeed-intake-articles"));
      Outbox clicks = intake.owning(Outbox.hurried(settings.kafka(), "newsfeed-intake-clicks"));
      TopicFollower published =
          intake.owning(TopicFollower.of(settings.kafka(), "newsfeed-intake-published")
              .on(settings.topics().published, (place, article) -> {
                addresses.take(place, article);
                versions.take(place, article);
              })
              .start());
      var unused = published.caughtUp().thenRun(versions::caughtUp);
      KafkaReadiness readiness =
          intake.owning(new KafkaReadiness(settings.kafka(), settings.topics(), published));
      intake.serve(settings, articles, clicks, addresses, versions, readiness, LIMITS);
    } catch (RuntimeException e) {
      intake.close();
      throw e;
    }
    LOG.info("started {}", settings);
    return intake;
  }

  /** An intake before producers of any kind. */
  static Intake start(
      IntakeSettings settings,
      Producer<String, byte[]> articles,
      Producer<String, byte[]> clicks,
      ArticleAddresses addresses,
      CurrentVersions versions,
      Readiness readiness,
      Limits limits) {
    Intake intake = new Intake(settings);
    intake.serve(
        settings,
        intake.owning(new Outbox(articles)),
        intake.owning(new Outbox(clicks)),
        addresses,
        versions,
        readiness,
        limits);
    return intake;
  }

  /** Takes the port before anything is connected to. */
  private Intake(IntakeSettings settings) {
    // its queue has no bound of its own: a connection has at most one task in it
    QueuedThreadPool threads = new QueuedThreadPool(SERVER_THREADS);
    threads.setName("intake");
    server = new Server(threads);
    server.setStopTimeout(STOP_WITHIN_MS);
    server.setErrorHandler(new ServerErrors());
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEAD_BYTES);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(IDLE_MS);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
    // no queue: who cannot be served now is told so, and not after others have timed out
    publishing = new ThreadPoolExecutor(
        0,
        PUBLISHING_THREADS,
        IDLE_MS,
        TimeUnit.MILLISECONDS,
        new SynchronousQueue<>(),
        task -> new Thread(task, "intake-publishing"));
    // so few that a flood leaves room for whoever publishes; its queue has one per connection
    counting = Executors.newFixedThreadPool(
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
        task -> new Thread(task, "intake-clicks"));
    try {
      connector.open();
    } catch (IOException e) {
      publishing.shutdown();
      counting.shutdown();
      throw new IllegalStateException(
          "the intake cannot listen on " + settings.host() + ":" + settings.port() + ": "
              + (e.getCause() == null ? e : e.getCause()).getMessage(),
          e);
    }
  }

  private <T extends AutoCloseable> T owning(T resource) {
    closing.add(0, resource);
    return resource;
  }

  private void serve(
      IntakeSettings settings,
      Outbox articles,
      Outbox clicks,
      ArticleAddresses addresses,
      CurrentVersions versions,
      Readiness readiness,
      Limits limits) {
    var newsroom = new NewsroomRoutes(
        articles,
        settings.topics(),
        versions,
        new Sections(settings.sections()),
        settings.clock(),
        limits.ack());
    var keys = new VisitorKeys(settings.visitorSecret(), settings.zone());
    var suspicion = new Suspicion(settings.staff(), settings.monitors());
    var readers = new ClickRoutes(
        clicks,
        settings.topics(),
        addresses,
        keys,
        suspicion,
        new Proxies(settings.proxies()),
        new ClickPace(settings.clicksPerMinute(), System::nanoTime),
        settings.clock());
    this.readers = readers;
    var door = new Doorkeeper(settings.keys(), settings.isLocal(), settings.clock());
    LOG.info("publishing is {}", door);
    routes = routes(
        newsroom, readers, readiness, publishing, counting, new ArticlesFirst(System::nanoTime));
    var single = new IntakeHandler(routes, door, limits.patience());
    var many = new ImportHandler(newsroom, door, limits.ack(), limits.patience());
    connector.setShutdownIdleTimeout(
        limits.patience().toMillis() / 10); // of who keeps a connection
    stopFirst = () -> many.stop(Duration.ofMillis(STOP_WITHIN_MS));
    server.setHandler(new GracefulHandler(
        new SlowHeads(new Handler.Sequence(many, single), connector, limits.patience())));
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the intake's server did not start", e);
    }
  }

  private static List<IntakeHandler.Route> routes(
      NewsroomRoutes newsroom,
      ClickRoutes readers,
      Readiness readiness,
      Executor publishing,
      Executor counters,
      ArticlesFirst first) {
    Executor atOnce = Runnable::run;
    Executor counting = first.clicks(counters);
    Pattern article = Pattern.compile("/v1/articles/([^/]+)");
    Pattern correct = Pattern.compile("/v1/articles/([^/]+)/correct");
    Pattern restore = Pattern.compile("/v1/articles/([^/]+)/restore");
    Pattern withdraw = Pattern.compile("/v1/articles/([^/]+)/withdraw");
    Pattern control = Pattern.compile("/v1/controls/((?:section/)?[^/]+)");
    Pattern curated = Pattern.compile("/v1/curated/([^/]+)");
    Pattern clicks = Pattern.compile("/v1/clicks");
    Pattern pixel = Pattern.compile("/v1/clicks\\.gif");
    Pattern script = Pattern.compile("/newsfeed-click\\.js");
    Pattern live = Pattern.compile("/health/live");
    Pattern ready = Pattern.compile("/health/ready");
    Pattern description = Pattern.compile("/openapi\\.json");
    Answer openApi = Answer.content("application/json", described());
    ClickScript clickScript = ClickScript.shipped();
    int newsroomLimit = NewsroomRoutes.BODY_LIMIT;
    int readersLimit = ClickRoutes.BODY_LIMIT;
    return List.of(
        new IntakeHandler.Route(
                "PUT", article, newsroomLimit, publishing, first.article(newsroom::put))
            .behind(Right.articles),
        new IntakeHandler.Route(
                "POST", correct, newsroomLimit, publishing, first.article(newsroom::correct))
            .behind(Right.articles),
        new IntakeHandler.Route(
                "POST", restore, newsroomLimit, publishing, first.article(newsroom::restore))
            .behind(Right.articles),
        new IntakeHandler.Route(
                "POST", withdraw, newsroomLimit, publishing, first.article(newsroom::withdraw))
            .behind(Right.articles),
        new IntakeHandler.Route(
                "PUT", control, newsroomLimit, publishing, first.article(newsroom::control))
            .behind(Right.lists),
        new IntakeHandler.Route(
                "POST", control, newsroomLimit, publishing, first.article(newsroom::control))
            .behind(Right.lists),
        new IntakeHandler.Route(
                "PUT", curated, newsroomLimit, publishing, first.article(newsroom::putList))
            .behind(Right.lists),
        new IntakeHandler.Route(
                "DELETE", curated, 0, publishing, first.article(newsroom::deleteList))
            .behind(Right.lists),
        new IntakeHandler.Route("POST", clicks, readersLimit, counting, readers::post),
        new IntakeHandler.Route("OPTIONS", clicks, 0, atOnce, readers::preflight),
        new IntakeHandler.Route("GET", pixel, 0, counting, readers::pixel),
        new IntakeHandler.Route("GET", script, 0, atOnce, clickScript::get),
        new IntakeHandler.Route("GET", live, 0, atOnce, call -> up()),
        new IntakeHandler.Route("GET", ready, 0, atOnce, call -> ready(readiness, readers)),
        new IntakeHandler.Route(
            "GET",
            description,
            0,
            atOnce,
            call -> CompletableFuture.completedFuture(
                openApi.with("Access-Control-Allow-Origin", "*"))));
  }

  private static byte[] described() {
    try (InputStream in = Intake.class.getResourceAsStream("openapi.json")) {
      if (in == null) {
        throw new IllegalStateException("openapi.json is missing in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is answered, but for imports, which have a handler of their own. */
  List<IntakeHandler.Route> routes() {
    return routes;
  }

  private static CompletionStage<Answer> up() {
    return CompletableFuture.completedFuture(
        Answer.json(HttpStatus.OK_200, Json.object().put("status", "up")));
  }

  /** Ready or not, it says what became of the clicks. */
  private static CompletionStage<Answer> ready(Readiness readiness, ClickRoutes readers) {
    return readiness.missing().thenApply(missing -> {
      ObjectNode clicks = readers.tally();
      return missing.isEmpty()
          ? Answer.json(
              HttpStatus.OK_200, Json.object().put("status", "ready").set("clicks", clicks))
          : Answer.problem(
              HttpStatus.SERVICE_UNAVAILABLE_503,
              missing.get(),
              List.of(),
              Map.of("clicks", clicks));
    });
  }

  /**
   * How many clicks met with a fate since the start; for {@code refused} and {@code tooMany}
   * requests, each of which may have had several.
   *
   * @param fate one of {@link #CLICK_FATES}
   */
  public long clicks(String fate) {
    return readers == null ? 0 : readers.tally().path(fate).asLong();
  }

  /** Clicks that were taken and are not confirmed by the brokers yet: what a crash would lose. */
  public long clicksWaiting() {
    return readers == null ? 0 : readers.tally().path("waiting").asLong();
  }

  /** Newsroom requests at work. */
  public int publishing() {
    return publishing.getActiveCount();
  }

  /** The port that is listened on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Answers who is waiting, sends what is buffered, and lets go of everything. */
  @Override
  public void close() {
    try {
      stopFirst.close();
      server.stop();
      connector.close(); // was opened by hand, perhaps without a start
      publishing.shutdown();
      counting.shutdown();
      if (!publishing.awaitTermination(STOP_WITHIN_MS, TimeUnit.MILLISECONDS)) {
        LOG.warn("articles were still waiting for Kafka at the end");
      }
      if (!counting.awaitTermination(STOP_WITHIN_MS, TimeUnit.MILLISECONDS)) {
        LOG.warn("clicks were still being read at the end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.warn("the intake's server did not stop cleanly", e);
    }
    for (AutoCloseable resource : closing) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("did not close cleanly", e);
      }
    }
  }

  /** What the server itself refuses, such as addresses that are none. */
  private static final class ServerErrors extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      int status = response.getStatus();
      String detail = switch (status) {
        case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
          "the request's head is longer than " + HEAD_BYTES + " bytes";
        case HttpStatus.URI_TOO_LONG_414 ->
          "the address is longer than the " + HEAD_BYTES + " bytes that a request's head may have";
        default -> "the server cannot take this request";
      };
      Answer answer = Answer.problem(status, detail, List.of());
      IntakeHandler.write(answer, response, callback);
      return true;
    }
  }
}
