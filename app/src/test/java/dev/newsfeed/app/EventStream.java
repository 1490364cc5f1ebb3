package dev.newsfeed.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What a subscriber to server-sent events has been told so far: {@code published {"articleId": …}}. */
final class EventStream implements AutoCloseable {

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final CompletableFuture<HttpResponse<Stream<String>>> response;
  private final CompletableFuture<Void> open = new CompletableFuture<>();
  private String event = "";

  EventStream(HttpClient http, URI address) {
    response = http.sendAsync(
        HttpRequest.newBuilder(address).header("Accept", "text/event-stream").build(),
        BodyHandlers.ofLines());
    Thread thread = new Thread(this::listen, "event-stream");
    thread.setDaemon(true);
    thread.start();
    open.join();
  }

  private void listen() {
    try (Stream<String> lines = response.join().body()) {
      lines.forEach(this::take);
    } catch (RuntimeException e) {
      open.completeExceptionally(e); // the end of the stream, where it was open before
    }
  }

  private void take(String line) {
    open.complete(null); // the server says where the stream begins before anything happens
    if (line.startsWith("event: ")) {
      event = line.substring("event: ".length());
    } else if (line.startsWith("data: ")) {
      told.add(event + " " + line.substring("data: ".length()));
    }
  }

  /** Every event of this name about this article. */
  List<String> told(String name, String articleId) {
    return told.stream()
        .filter(t -> t.startsWith(name + " ") && t.contains("\"" + articleId + "\""))
        .toList();
  }

  @Override
  public void close() {
    response.thenAccept(r -> r.body().close());
  }
}
