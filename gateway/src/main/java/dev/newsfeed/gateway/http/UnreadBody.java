package dev.newsfeed.gateway.http;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * What a client still sends when it is refused. It is read and dropped first: a connection that is
 * closed while the client writes may take the answer with it.
 */
public final class UnreadBody {

  /** Who announces more loses the connection. */
  private static final long DROPPED_AT_MOST = 4L << 20;

  private UnreadBody() {}

  /** Runs an action when the rest has come, or at once where it is too much or of unknown length. */
  public static void drop(Request request, Runnable then) {
    long length = request.getLength();
    if (length <= 0 || length > DROPPED_AT_MOST) {
      then.run();
    } else {
      Content.Source.consumeAll(request, Callback.from(then, failure -> then.run()));
    }
  }
}
