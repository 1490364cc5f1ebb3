package dev.newsfeed.app.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a gateway's event stream as any subscriber does, and comes back after two seconds when it ends. */
final class EventFollower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long COME_BACK_AFTER_S = 2;
  private static final String DATA = "data: ";
  private static final String ID = "id: ";

  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5))
      .build();
  private final URI address;
  private final Consumer<JsonNode> reader;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Stream<String> open;
  private @Nullable String lastEventId;

  /**
   * Begins to read.
   *
   * @param address such as {@code http://localhost:8080/events?feeds=section/world}
   * @param reader takes what events carry, on a thread of its own
   */
  EventFollower(URI address, Consumer<JsonNode> reader) {
    this.address = address;
    this.reader = reader;
    this.thread = new Thread(this::run, "newsfeed-events");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      do {
        try {
          read();
        } catch (IOException | RuntimeException e) {
          LOG.debug("the event stream ended address={}", address, e);
        }
      } while (!closing.await(COME_BACK_AFTER_S, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    HttpResponse<Stream<String>> response = http.send(request.build(), BodyHandlers.ofLines());
    try (Stream<String> lines = response.body()) {
      open = lines;
      for (Iterator<String> each = lines.iterator(); closing.getCount() > 0 && each.hasNext(); ) {
        take(each.next());
      }
    }
  }

  private void take(String line) throws JsonProcessingException {
    if (line.startsWith(ID)) {
      lastEventId = line.substring(ID.length());
    } else if (line.startsWith(DATA)) {
      reader.accept(JSON.readTree(line.substring(DATA.length())));
    }
  }

  @Override
  public void close() {
    closing.countDown();
    Stream<String> lines = open;
    if (lines != null) {
      lines.close();
    }
    thread.interrupt();
  }
}
