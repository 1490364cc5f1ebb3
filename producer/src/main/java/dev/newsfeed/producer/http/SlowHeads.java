package dev.newsfeed.producer.http;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections on which a request has begun and does not get to its body. The server itself only
 * cuts off who sends nothing for a while, and a byte now and then is enough to stay for days.
 *
 * <pre>
 * ├─ PUT /v1/ … a byte … a byte … ┤ patience is over: closed
 * ├─ PUT /v1/articles/a1 … ⏎⏎ ─┼─ body: {@link BodyReader} looks at its pace ─┼─ idle: nothing has begun
 * </pre>
 */
public final class SlowHeads extends Handler.Wrapper {

  private static final Logger LOG = LoggerFactory.getLogger(SlowHeads.class);

  private final ServerConnector connector;
  private final Duration patience;
  private final Set<EndPoint> inside = ConcurrentHashMap.newKeySet();
  private final Map<EndPoint, Begun> begun = new ConcurrentHashMap<>();

  /** What had come when nothing was going on, and since when more has. */
  private record Begun(long bytesBefore, long sinceNs) {
    boolean hasMore(long bytes) {
      return bytes > bytesBefore;
    }
  }

  public SlowHeads(Handler handler, ServerConnector connector, Duration patience) {
    super(handler);
    this.connector = connector;
    this.patience = patience;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    inside.add(endPoint);
    Request.addCompletionListener(request, failure -> {
      inside.remove(endPoint);
      begun.remove(endPoint);
    });
    return super.handle(request, response, callback);
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    lookAgain();
  }

  private void lookAgain() {
    Scheduler scheduler = getServer().getScheduler();
    scheduler.schedule(
        () -> {
          look();
          if (isRunning()) {
            lookAgain();
          }
        },
        patience.dividedBy(4));
  }

  private void look() {
    Set<EndPoint> open = Set.copyOf(connector.getConnectedEndPoints());
    begun.keySet().retainAll(open);
    inside.retainAll(open);
    long now = System.nanoTime();
    for (EndPoint endPoint : open) {
      if (inside.contains(endPoint) || endPoint.getConnection() == null) {
        continue;
      }
      long bytes = endPoint.getConnection().getBytesIn();
      Begun before = begun.putIfAbsent(
          endPoint, new Begun(endPoint.getConnection().getMessagesIn() == 0 ? 0 : bytes, now));
      if (before == null) {
        continue;
      }
      if (!before.hasMore(bytes)) {
        begun.put(endPoint, new Begun(before.bytesBefore(), now)); // still nothing
      } else if (now - before.sinceNs() > patience.toNanos()) {
        LOG.debug("a request's head came too slowly");
        begun.remove(endPoint);
        endPoint.close();
      }
    }
  }
}
