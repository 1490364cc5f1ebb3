package dev.newsfeed.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.gateway.push.Interests;
import dev.newsfeed.gateway.push.ReadAlsoWatch;
import dev.newsfeed.gateway.push.Subscribers;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The gateway's event streams on Jetty as the gateway sets it up, without Kafka and all the rest:
 * told of an article for each line of its input, as the thread that follows the topics would tell.
 */
final class EventStreamServer {

  private static final int THREADS = 32;
  private static final int ACCEPT_QUEUE = 4_096;
  private static final int MOST = 20_000;

  private EventStreamServer() {}

  /** Runs until its input ends. */
  public static void main(String[] args) throws Exception {
    Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
    EventLog log = new EventLog(topics.published.name(), 1, Map.of());
    ReadAlsoWatch none =
        new ReadAlsoWatch(log, id -> new ReadAlsoWatch.Current(Set.of(), Set.of(), new byte[0]));
    Subscribers subscribers = new Subscribers(log, feed -> new byte[0], none, MOST, 0);
    Server server = new Server(new QueuedThreadPool(THREADS));
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addConnector(connector);
    server.setHandler(new Streams(subscribers));
    server.start();
    System.out.println("listening on port " + connector.getLocalPort());
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    long offset = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("heap?")) {
        System.gc();
        Runtime heap = Runtime.getRuntime();
        System.out.println(heap.totalMemory() - heap.freeMemory());
      } else {
        PublishedArticle article = FanoutBench.article(Integer.parseInt(line));
        log.article(0, offset++, article, Set.of(), Set.of("all", "section/world"));
        log.flush();
      }
    }
    server.stop();
    subscribers.close();
    none.close();
  }

  private static final class Streams extends Handler.Abstract.NonBlocking {

    private final Subscribers subscribers;

    Streams(Subscribers subscribers) {
      this.subscribers = subscribers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      Interests world =
          Interests.of(Set.of("section/world"), Set.of("now"), Set.of("section/world"), "", null);
      return subscribers.open(world, null, null, request, response, callback)
          == Subscribers.Outcome.OPEN;
    }
  }
}
