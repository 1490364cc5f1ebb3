package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells operators how a process is, on a port of its own that readers do not reach: {@code GET
 * /metrics} in Prometheus' text format, {@code GET /health/live} that the process is there at all;
 * and of a role that serves nothing else over HTTP {@code GET /health/ready}: 200, or 503 with the
 * reason.
 */
final class HealthServer implements AutoCloseable {

  private static final int THREADS = 8;

  static {
    // seconds for the head of a request, however slowly it comes; the first server reads it
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
  }

  private final HttpServer server;
  private final ExecutorService threads;

  private HealthServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts listening.
   *
   * @param port 0: any free one
   * @param missing why the role is not ready; empty: it is; null: it tells that elsewhere
   */
  static HealthServer start(
      String host, int port, @Nullable Supplier<Optional<String>> missing, Meters meters) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 16);
      server.createContext("/health/live", exchange -> answer(exchange, Optional.empty()));
      if (missing != null) {
        server.createContext("/health/ready", exchange -> answer(exchange, missing.get()));
      }
      server.createContext(
          "/metrics", exchange -> answer(exchange, 200, Meters.CONTENT_TYPE, meters.page()));
      // on the server's own thread, one half-sent request would hold up all that come after it
      ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "health");
        thread.setDaemon(true);
        return thread;
      });
      server.setExecutor(threads);
      server.start();
      return new HealthServer(server, threads);
    } catch (IOException e) {
      throw new UnavailableException(
          "health cannot be told on port " + port + ": " + e.getMessage(), e);
    }
  }

  /** For metrics alone, of a role whose health is told where it serves; null: on no port. */
  static @Nullable HealthServer metrics(NewsfeedSettings settings, Meters meters) {
    return settings.healthPort().isEmpty()
        ? null
        : start(settings.host(), settings.healthPort().getAsInt(), null, meters);
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Optional<String> missing) throws IOException {
    int status = missing.isEmpty() ? 200 : 503;
    answer(exchange, status, "text/plain; charset=utf-8", missing.orElse("ready") + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
