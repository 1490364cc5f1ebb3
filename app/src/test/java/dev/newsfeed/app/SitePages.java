package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A site of somebody else's, on another origin than the intake. */
final class SitePages implements AutoCloseable {

  private record Page(String html, String policy) {}

  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final Map<String, List<String>> purposes = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  SitePages() {
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Puts a page there; its address. */
  String put(String path, String head, String body) {
    return put(path, head, body, "");
  }

  /** The same with a Content-Security-Policy. */
  String put(String path, String head, String body, String policy) {
    String html =
        "<!DOCTYPE html><html lang=en><head>" + head + "</head><body>" + body + "</body></html>";
    pages.put(path, new Page(html, policy));
    return address(path);
  }

  String address(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort())
        .resolve(path)
        .toString();
  }

  /** For each time that a page was asked for: what the browser said why, if anything. */
  List<String> purposes(String path) {
    return purposes.getOrDefault(path, List.of());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String purpose = exchange.getRequestHeaders().getFirst("Sec-Purpose");
    purposes
        .computeIfAbsent(path, p -> new CopyOnWriteArrayList<>())
        .add(Objects.requireNonNullElse(purpose, ""));
    Page page = pages.get(path);
    byte[] html = (page == null ? "" : page.html()).getBytes(UTF_8);
    if (page != null && !page.policy().isEmpty()) {
      exchange.getResponseHeaders().add("Content-Security-Policy", page.policy());
    }
    exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
    exchange.getResponseHeaders().add("Cache-Control", "no-cache");
    exchange.sendResponseHeaders(page == null ? 404 : 200, html.length == 0 ? -1 : html.length);
    exchange.getResponseBody().write(html);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
