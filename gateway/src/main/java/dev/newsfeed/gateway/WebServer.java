package dev.newsfeed.gateway;

import dev.newsfeed.gateway.feed.FeedSnapshots;
import dev.newsfeed.gateway.feed.Feeds;
import dev.newsfeed.gateway.feed.NewsSitemap;
import dev.newsfeed.gateway.feed.Robots;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.EventStreams;
import dev.newsfeed.gateway.http.Health;
import dev.newsfeed.gateway.http.Media;
import dev.newsfeed.gateway.http.MostRead;
import dev.newsfeed.gateway.http.Moved;
import dev.newsfeed.gateway.http.OpenApi;
import dev.newsfeed.gateway.http.RegistryView;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.http.ServerErrors;
import dev.newsfeed.gateway.http.Site;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.page.Articles;
import dev.newsfeed.gateway.page.Assets;
import dev.newsfeed.gateway.page.Pages;
import dev.newsfeed.gateway.page.ReadAlsoLists;
import dev.newsfeed.gateway.page.Search;
import dev.newsfeed.gateway.page.Widget;
import dev.newsfeed.gateway.push.ReadAlsoWatch;
import dev.newsfeed.gateway.push.Subscribers;
import dev.newsfeed.gateway.websub.WebSub;
import dev.newsfeed.schemas.Proxies;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway's HTTP side, over news that someone else feeds. */
final class WebServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  private static final int MAX_THREADS = 32;
  private static final int HEAD_BYTES = 8 * 1024;
  private static final long IDLE_MS = 60_000; // four heartbeats
  private static final int ACCEPT_QUEUE =
      4_096; // all subscribers come back at once after a restart
  private static final long STOP_MS = 2_000;
  private static final long SHUTDOWN_IDLE_MS = 100;

  private final Server server;
  private final ServerConnector connector;
  private final Site site;
  private final Subscribers subscribers;
  private final ReadAlsoWatch readAlso;
  private final @Nullable WebSub hub;

  /** Starts a hub for documents that this server answers with, at its addresses. */
  interface HubStart {
    WebSub start(Feeds feeds, Addresses addresses);
  }

  private WebServer(
      Server server,
      ServerConnector connector,
      Site site,
      Subscribers subscribers,
      ReadAlsoWatch readAlso,
      @Nullable WebSub hub) {
    this.server = server;
    this.connector = connector;
    this.site = site;
    this.subscribers = subscribers;
    this.readAlso = readAlso;
    this.hub = hub;
  }

  /** Starts listening, without a hub. */
  static WebServer start(GatewaySettings settings, News news, Health.Following following) {
    return start(settings, news, following, null);
  }

  /**
   * Starts listening.
   *
   * @throws IllegalStateException when it cannot, for instance because the port is taken
   */
  static WebServer start(
      GatewaySettings settings,
      News news,
      Health.Following following,
      @Nullable HubStart hubStart) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("http");
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEAD_BYTES);
    server.setErrorHandler(new ServerErrors(HEAD_BYTES));
    http.setHeaderCacheSize(0); // looking a field up in it took a sixth of the time of a hot answer
    // hot answers are given by the threads that select, so each processor gets one
    int selectors = Runtime.getRuntime().availableProcessors();
    ServerConnector connector =
        new ServerConnector(server, 1, selectors, new HttpConnectionFactory(http));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(IDLE_MS);
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MS);
    server.addConnector(connector);
    server.setStopTimeout(STOP_MS);
    try {
      connector.open(); // now the port is known, which addresses may need
    } catch (IOException e) {
      throw cannotListen(settings, e);
    }
    Addresses addresses = addresses(settings, connector.getLocalPort());
    ReadAlsoLists lists = new ReadAlsoLists(news, addresses, settings.clock(), settings.zone());
    ReadAlsoWatch readAlso = new ReadAlsoWatch(news.events(), lists);
    news.onChange(readAlso::changed);
    Subscribers subscribers = new Subscribers(
        news.events(),
        new FeedSnapshots(news, addresses),
        readAlso,
        settings.maxSubscribers(),
        settings.maxPerAddress());
    Feeds feeds = new Feeds(news, addresses, settings.title(), settings.clock());
    WebSub hub = hubStart == null ? null : hubStart.start(feeds, addresses);
    try {
      Health health = new Health(following, news, subscribers, hub == null ? null : hub::health);
      Site site = site(settings, addresses, news, feeds, lists, health, subscribers);
      news.onChange(changed -> site.forgetOld());
      server.setHandler(hub == null ? site : new Handler.Sequence(hub.door(), site));
      server.start();
      return new WebServer(server, connector, site, subscribers, readAlso, hub);
    } catch (Exception e) {
      if (hub != null) {
        hub.close();
      }
      subscribers.close();
      readAlso.close();
      connector.close();
      throw cannotListen(settings, e);
    }
  }

  private static IllegalStateException cannotListen(GatewaySettings settings, Exception e) {
    String where = settings.host() + ":" + settings.port();
    return new IllegalStateException("cannot listen on " + where + ": " + e.getMessage(), e);
  }

  private static Addresses addresses(GatewaySettings settings, int port) {
    URI publicUrl = settings.publicUrl();
    String host = settings.host().equals("0.0.0.0") ? "localhost" : settings.host();
    URI site = publicUrl == null ? URI.create("http://" + host + ":" + port) : publicUrl;
    return new Addresses(site, Objects.requireNonNullElse(settings.tagAuthority(), site.getHost()));
  }

  private static Site site(
      GatewaySettings settings,
      Addresses addresses,
      News news,
      Feeds feeds,
      ReadAlsoLists lists,
      Health health,
      Subscribers subscribers) {
    Assets assets = new Assets();
    Pages pages = new Pages(
        news,
        addresses,
        assets,
        lists,
        settings.clock(),
        settings.zone(),
        settings.title(),
        settings.intakeUrl(),
        settings.sections());
    Map<String, Resource> resources = new HashMap<>();
    resources.put("feeds", feeds);
    resources.put(
        "sitemap-news", new NewsSitemap(news, addresses, settings.title(), settings.clock()));
    resources.put("robots", new Robots(addresses));
    resources.put("most-read", new MostRead(news, addresses));
    Resource articles = new Articles(news, addresses, lists, pages);
    resources.put("articles", articles);
    resources.put(
        "search",
        new Search(news, addresses, pages, settings.clock(), settings.zone(), settings.title()));
    resources.put("assets", assets);
    resources.put("newsfeed-widget", new Widget());
    resources.put("health", health);
    resources.put("openapi", new OpenApi(addresses));
    Topics topics = settings.topics();
    if (topics.ids() instanceof SchemaCatalogue catalogue) { // else a real registry gives the ids
      String name = topics.published.name();
      String prefix =
          name.substring(0, name.length() - topics.published.shortName().length());
      RegistryView registry = new RegistryView(catalogue, prefix);
      resources.put("subjects", registry);
      resources.put("schemas", registry);
    }
    if (settings.mediaResources() != null) {
      resources.put("media", new Media(settings.mediaResources()));
    }
    Moved moved = new Moved(news, addresses, articles);
    EventStreams events =
        new EventStreams(subscribers, new Proxies(settings.proxies()), health::ready);
    return new Site(resources, pages, moved, pages::error, events, settings.clock());
  }

  int port() {
    return connector.getLocalPort();
  }

  int eventStreams() {
    return subscribers.count();
  }

  /** See {@link Site#answers}. */
  long answers(String statuses) {
    return site.answers(statuses);
  }

  /** First parts of the paths at which something is served that is no page. */
  Set<String> parts() {
    return site.parts();
  }

  /** Why the hub has ended by itself; null: it goes on, or there is none. */
  @Nullable
  Throwable failure() {
    return hub == null ? null : hub.failure();
  }

  @Override
  public void close() {
    if (hub != null) {
      hub.close();
    }
    subscribers.close();
    readAlso.close();
    try {
      server.stop();
    } catch (TimeoutException e) {
      // it has stopped all the same: readers that had not taken their last bytes were cut off
      LOG.info("stopped while readers were still connected");
    } catch (Exception e) {
      throw new IllegalStateException("the web server did not stop", e);
    }
  }
}
