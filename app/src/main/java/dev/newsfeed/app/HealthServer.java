package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells how a role is that serves nothing else over HTTP: {@code GET /health/ready} answers 200, or
 * 503 with the reason; {@code GET /health/live} that the process is there at all.
 */
final class HealthServer implements AutoCloseable {

  private final HttpServer server;

  private HealthServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Starts listening.
   *
   * @param port 0: any free one
   * @param missing why the role is not ready; empty: it is
   */
  static HealthServer start(String host, int port, Supplier<Optional<String>> missing) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 16);
      server.createContext("/health/live", exchange -> answer(exchange, Optional.empty()));
      server.createContext("/health/ready", exchange -> answer(exchange, missing.get()));
      server.start();
      return new HealthServer(server);
    } catch (IOException e) {
      throw new UnavailableException(
          "health cannot be told on port " + port + ": " + e.getMessage(), e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Optional<String> missing) throws IOException {
    try (exchange) {
      byte[] body = (missing.orElse("ready") + "\n").getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(missing.isEmpty() ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
