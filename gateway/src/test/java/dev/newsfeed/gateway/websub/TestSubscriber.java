package dev.newsfeed.gateway.websub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A site that subscribes: takes what the hub says to it, and answers as it is told. */
final class TestSubscriber implements AutoCloseable {

  /** What the hub asked: {@code hub.mode} and the like. */
  record Question(Map<String, String> parameters, String rawQuery) {
    String get(String name) {
      return parameters.getOrDefault(name, "");
    }
  }

  record Delivery(String body, Map<String, List<String>> headers) {
    String header(String name) {
      return String.join(", ", headers.getOrDefault(name, List.of()));
    }
  }

  /** Answers a delivery; throws to break the connection. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  final List<Question> questions = new CopyOnWriteArrayList<>();
  final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean confirming = true;
  private volatile Answer answer = status(200);

  TestSubscriber() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::take);
    server.setExecutor(threads);
    server.start();
  }

  static Answer status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  /** Whether it wants what it is asked about. */
  void confirms(boolean wanted) {
    confirming = wanted;
  }

  void answers(Answer other) {
    answer = other;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/cb?site=1";
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("GET")) {
        Question question = question(exchange.getRequestURI().getRawQuery());
        questions.add(question);
        byte[] challenge = confirming
            ? question.get("hub.challenge").getBytes(StandardCharsets.UTF_8)
            : "no".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, challenge.length == 0 ? -1 : challenge.length);
        exchange.getResponseBody().write(challenge);
      } else {
        Answer now = answer;
        Delivery delivery = new Delivery(
            new String(body, StandardCharsets.UTF_8), Map.copyOf(exchange.getRequestHeaders()));
        deliveries.add(delivery);
        now.to(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Question question(String rawQuery) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : rawQuery.split("&")) {
      String[] parts = pair.split("=", 2);
      parameters.put(
          parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return new Question(parameters, rawQuery);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
