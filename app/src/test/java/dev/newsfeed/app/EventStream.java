package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a subscriber to server-sent events has been told so far. */
final class EventStream implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One event.
   *
   * @param at when it arrived here
   */
  record Event(String name, String data, Instant at) {

    boolean isAbout(String articleId) {
      return !name.equals("most-read") && json().path("articleId").asText().equals(articleId);
    }

    JsonNode json() {
      try {
        return JSON.readTree(data);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final List<Event> told = new CopyOnWriteArrayList<>();
  private final CompletableFuture<HttpResponse<Stream<String>>> response;
  private final CompletableFuture<Void> open = new CompletableFuture<>();
  private String event = "";
  private volatile String lastEventId = "";

  /**
   * Opens a stream.
   *
   * @param lastEventId where an earlier one has ended; null: from now on
   */
  EventStream(HttpClient http, URI address, @Nullable String lastEventId) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).header("Accept", "text/event-stream");
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    response = http.sendAsync(request.build(), BodyHandlers.ofLines());
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
    if (line.startsWith("id: ")) {
      lastEventId = line.substring("id: ".length());
      open.complete(null); // the server says where the stream begins before anything happens
    } else if (line.startsWith("event: ")) {
      event = line.substring("event: ".length());
    } else if (line.startsWith("data: ")) {
      told.add(new Event(event, line.substring("data: ".length()), Instant.now()));
    }
  }

  /** Every event, in the order in which they came. */
  List<Event> told() {
    return List.copyOf(told);
  }

  /** Every event of this name about this article. */
  List<Event> told(String name, String articleId) {
    return told.stream()
        .filter(e -> e.name().equals(name) && e.isAbout(articleId))
        .toList();
  }

  /** The names of all events about this article, in the order in which they came. */
  List<String> names(String articleId) {
    return told.stream().filter(e -> e.isAbout(articleId)).map(Event::name).toList();
  }

  /** Where a subscriber that ended now would go on. */
  String lastEventId() {
    return lastEventId;
  }

  @Override
  public void close() {
    response.thenAccept(r -> r.body().close());
  }
}
