package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber to event streams who never stays: it reads some events, hangs up, and goes on with its
 * last id at whichever gateway comes next. An event counts when its end has come, as for a browser.
 */
final class WanderingSubscriber implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int AT_MOST_EVENTS = 12;
  private static final int READ_MS = 300;

  private final Supplier<List<URI>> gateways;
  private final String query;
  private final Random random;
  private final Map<String, List<JsonNode>> told = new ConcurrentHashMap<>();
  private final List<String> others = new CopyOnWriteArrayList<>();
  private final Map<URI, Integer> visits = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::wander, "wanderer");
  private volatile boolean closed;
  private volatile String lastEventId = "";

  /**
   * Begins now.
   *
   * @param gateways those that can be asked at the moment
   */
  WanderingSubscriber(Supplier<List<URI>> gateways, String query, long seed) {
    this.gateways = gateways;
    this.query = query;
    this.random = new Random(seed);
    thread.start();
  }

  /** Whether it has a place to come back to. */
  boolean isUnderWay() {
    return !lastEventId.isEmpty();
  }

  /** What it was told about an article, in order. */
  List<JsonNode> told(String articleId) {
    return List.copyOf(told.getOrDefault(articleId, List.of()));
  }

  /** The names of events that are about no article. */
  List<String> others() {
    return others;
  }

  /** How often it was at each gateway. */
  Map<URI, Integer> visits() {
    return Map.copyOf(visits);
  }

  @Nullable
  Throwable failure() {
    return failure.get();
  }

  private void wander() {
    try {
      while (!closed) {
        List<URI> open = gateways.get();
        visit(open.get(random.nextInt(open.size())));
      }
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  private void visit(URI gateway) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) gateway.resolve("/events" + query).toURL().openConnection();
      connection.setConnectTimeout(READ_MS);
      connection.setReadTimeout(READ_MS);
      if (!lastEventId.isEmpty()) {
        connection.setRequestProperty("Last-Event-ID", lastEventId);
      }
      try (BufferedReader lines = new BufferedReader(
          new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
        visits.merge(gateway, 1, Integer::sum);
        read(lines, 1 + random.nextInt(AT_MOST_EVENTS));
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      // it is being restarted, or nothing happens there just now: the next one, then
    }
  }

  private void read(BufferedReader lines, int events) throws IOException {
    String id = lastEventId;
    String name = "";
    List<String> data = new ArrayList<>();
    int read = 0;
    for (String line = lines.readLine(); line != null && read < events; line = lines.readLine()) {
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data.add(line.substring("data: ".length()));
      } else if (line.isEmpty()) {
        lastEventId = id;
        if (!data.isEmpty()) {
          take(name, JSON.readTree(String.join("\n", data)));
          data.clear();
          read++;
        }
      }
    }
  }

  private void take(String name, JsonNode event) {
    if (event.has("change")) {
      told.computeIfAbsent(event.path("articleId").asText(), id -> new CopyOnWriteArrayList<>())
          .add(event);
    } else {
      others.add(name);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
