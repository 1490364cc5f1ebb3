package dev.newsfeed.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Reads an event stream as a browser would, on a thread of its own. */
public final class EventReader implements AutoCloseable {

  public record Event(String id, String name, String data) {}

  private final HttpResponse<InputStream> response;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(10_000);

  private EventReader(HttpResponse<InputStream> response) {
    this.response = response;
    Thread thread = new Thread(this::read, "event-reader");
    thread.setDaemon(true);
    thread.start();
  }

  /** Connects; the stream is open when this returns. */
  public static EventReader open(HttpClient client, HttpRequest.Builder request) throws Exception {
    return new EventReader(client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
  }

  public int status() {
    return response.statusCode();
  }

  String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** The next event. */
  public Event next() throws InterruptedException {
    Event event = events.poll(10, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no event within 10 s");
    }
    return event;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String id = "";
      String name = "message";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && !data.isEmpty()) {
          events.add(new Event(id, name, data));
          name = "message";
          data = "";
        }
      }
    } catch (IOException e) {
      // closed by the test, or by the server when it stops: no more events come
      events.add(new Event("", "end", e.toString()));
    }
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
