package dev.newsfeed.bench;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty as the intake sets it up, and a handler that reads the body and answers 204. */
final class EmptyServer {

  private static final int THREADS = 32;
  private static final int HEAD_BYTES = 8 * 1024;

  private EmptyServer() {}

  /** Runs until it is killed. */
  public static void main(String[] args) throws Exception {
    Server server = new Server(new QueuedThreadPool(THREADS));
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEAD_BYTES);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new NoContent());
    server.start();
    System.out.println("listening on port " + connector.getLocalPort());
    server.join();
  }

  private static final class NoContent extends Handler.Abstract.NonBlocking {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.setStatus(HttpStatus.NO_CONTENT_204);
      Content.Source.consumeAll(
          request, Callback.from(() -> response.write(true, null, callback), callback::failed));
      return true;
    }
  }
}
