package dev.newsfeed.gateway;

import dev.newsfeed.gateway.feed.Feeds;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Health;
import dev.newsfeed.gateway.http.Media;
import dev.newsfeed.gateway.http.MostRead;
import dev.newsfeed.gateway.http.Moved;
import dev.newsfeed.gateway.http.RegistryView;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.http.Site;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.page.Articles;
import dev.newsfeed.gateway.page.Assets;
import dev.newsfeed.gateway.page.Pages;
import dev.newsfeed.gateway.page.ReadAlsoLists;
import dev.newsfeed.gateway.page.Search;
import dev.newsfeed.gateway.push.ReadAlsoWatch;
import dev.newsfeed.gateway.push.Subscribers;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway's HTTP side, over news that someone else feeds. */
final class WebServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  private static final int MAX_THREADS = 32;
  private static final long IDLE_MS = 60_000; // four heartbeats
  private static final long STOP_MS = 2_000;
  private static final long SHUTDOWN_IDLE_MS = 100;

  private final Server server;
  private final ServerConnector connector;
  private final StatisticsHandler statistics;
  private final Subscribers subscribers;
  private final ReadAlsoWatch readAlso;

  private WebServer(
      Server server,
      ServerConnector connector,
      StatisticsHandler statistics,
      Subscribers subscribers,
      ReadAlsoWatch readAlso) {
    this.server = server;
    this.connector = connector;
    this.statistics = statistics;
    this.subscribers = subscribers;
    this.readAlso = readAlso;
  }

  /**
   * Starts listening.
   *
   * @throws IllegalStateException when it cannot, for instance because the port is taken
   */
  static WebServer start(GatewaySettings settings, News news, Health.Following following) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("http");
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(IDLE_MS);
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
    StatisticsHandler statistics = new StatisticsHandler();
    Subscribers subscribers = new Subscribers(news.events(), readAlso, settings.maxSubscribers());
    try {
      statistics.setHandler(site(settings, addresses, news, lists, following, subscribers));
      server.setHandler(statistics);
      server.start();
    } catch (Exception e) {
      subscribers.close();
      readAlso.close();
      connector.close();
      throw cannotListen(settings, e);
    }
    return new WebServer(server, connector, statistics, subscribers, readAlso);
  }

  private static IllegalStateException cannotListen(GatewaySettings settings, Exception e) {
    String where = settings.host() + ":" + settings.port();
    return new IllegalStateException("cannot listen on " + where + ": " + e.getMessage(), e);
  }

  private static Addresses addresses(GatewaySettings settings, int port) {
    URI publicUrl = settings.publicUrl();
    String host = settings.host().equals("0.0.0.0") ? "localhost" : settings.host();
    return new Addresses(publicUrl == null ? URI.create("http://" + host + ":" + port) : publicUrl);
  }

  private static Site site(
      GatewaySettings settings,
      Addresses addresses,
      News news,
      ReadAlsoLists lists,
      Health.Following following,
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
    Health health = new Health(following, news, subscribers);
    Map<String, Resource> resources = new HashMap<>();
    resources.put("feeds", new Feeds(news, addresses, settings.title()));
    resources.put("most-read", new MostRead(news, addresses));
    Resource articles = new Articles(news, addresses, lists, pages);
    resources.put("articles", articles);
    resources.put("search", new Search(news, addresses, pages, settings.zone(), settings.title()));
    resources.put("assets", assets);
    resources.put("health", health);
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
    return new Site(resources, pages, moved, pages::error, subscribers, health::ready);
  }

  int port() {
    return connector.getLocalPort();
  }

  int eventStreams() {
    return subscribers.count();
  }

  /** Event streams included. */
  int activeRequests() {
    return statistics.getRequestsActive();
  }

  /**
   * Answers since the start.
   *
   * @param hundred the first digit of their status
   */
  long answers(int hundred) {
    return switch (hundred) {
      case 2 -> statistics.getResponses2xx();
      case 3 -> statistics.getResponses3xx();
      case 4 -> statistics.getResponses4xx();
      default -> statistics.getResponses5xx();
    };
  }

  @Override
  public void close() {
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
