package dev.newsfeed.app.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a gateway's event stream as any subscriber does, and comes back after two seconds when it ends.
 * A machine that is gone says no goodbye: a stream on which even its heartbeats are missing has ended.
 */
final class EventFollower implements AutoCloseable {

  /** Three heartbeats of a gateway. */
  static final Duration SILENT_AT_MOST = Duration.ofSeconds(45);

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
  private final Duration silentAtMost;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private final ScheduledExecutorService listening;
  private volatile @Nullable Stream<String> open;
  private volatile long heardAtNanos;
  private @Nullable String lastEventId;

  /**
   * Begins to read.
   *
   * @param address such as {@code http://localhost:8080/events?feeds=section/world}
   * @param reader takes what events carry, on a thread of its own
   * @param silentAtMost a stream of which nothing was heard for longer has ended
   */
  EventFollower(URI address, Consumer<JsonNode> reader, Duration silentAtMost) {
    this.address = address;
    this.reader = reader;
    this.silentAtMost = silentAtMost;
    this.thread = new Thread(this::run, "newsfeed-events");
    thread.setDaemon(true);
    thread.start();
    listening = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread listener = new Thread(task, "newsfeed-events-listening");
      listener.setDaemon(true);
      return listener;
    });
    long everyMs = silentAtMost.toMillis() / 4;
    var unused =
        listening.scheduleWithFixedDelay(this::endSilent, everyMs, everyMs, TimeUnit.MILLISECONDS);
  }

  private void endSilent() {
    Stream<String> lines = open;
    if (lines != null && System.nanoTime() - heardAtNanos > silentAtMost.toNanos()) {
      LOG.warn("nothing was heard of the event stream for {} address={}", silentAtMost, address);
      open = null;
      try {
        lines.close();
      } catch (UncheckedIOException e) {
        LOG.debug("closing what is gone", e); // and the next stream is listened to all the same
      }
    }
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
    request.timeout(silentAtMost); // until it begins
    HttpResponse<Stream<String>> response = http.send(request.build(), BodyHandlers.ofLines());
    try (Stream<String> lines = response.body()) {
      heardAtNanos = System.nanoTime();
      open = lines;
      for (Iterator<String> each = lines.iterator(); closing.getCount() > 0 && each.hasNext(); ) {
        String line = each.next();
        heardAtNanos = System.nanoTime();
        take(line);
      }
    } finally {
      open = null;
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
    listening.shutdownNow();
    Stream<String> lines = open;
    if (lines != null) {
      lines.close();
    }
    thread.interrupt();
  }
}
