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
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Many subscribers to the event streams of one gateway, who come back as browsers do: when the stream said, with their last id. */
final class ReturningSubscribers implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(10))
      .build();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final URI events;
  private final List<One> all;
  private volatile boolean closed;

  /** Opens so many streams. */
  ReturningSubscribers(URI events, int count) {
    this.events = events;
    this.all = IntStream.range(0, count).mapToObj(n -> new One()).toList();
    all.forEach(One::open);
  }

  List<One> all() {
    return all;
  }

  /** Whether each has a stream that is open. */
  boolean areOpen() {
    return all.stream().allMatch(one -> one.open);
  }

  /** One of them. */
  final class One implements Flow.Subscriber<String> {
    /** Articles' versions as {@code id v3}, in the order in which they came. */
    final List<String> told = new CopyOnWriteArrayList<>();

    /** Events that are about no article. */
    final List<String> others = new CopyOnWriteArrayList<>();

    /** When the streams that opened were asked for, by {@link System#nanoTime}. */
    final List<Long> opened = new CopyOnWriteArrayList<>();

    /** What each stream said how long to stay away, in milliseconds. */
    final List<Integer> retries = new CopyOnWriteArrayList<>();

    private volatile boolean open;
    private volatile long askedAt;
    private String lastEventId = "";
    private String id = "";
    private String name = "";
    private final List<String> data = new ArrayList<>();

    private void open() {
      id = lastEventId;
      data.clear();
      askedAt = System.nanoTime();
      HttpRequest.Builder request =
          HttpRequest.newBuilder(events).header("Accept", "text/event-stream");
      if (!lastEventId.isEmpty()) {
        request.header("Last-Event-ID", lastEventId);
      }
      CompletableFuture<HttpResponse<Void>> stream = http.sendAsync(
          request.build(),
          answer -> answer.statusCode() == 200
              ? BodySubscribers.fromLineSubscriber(this)
              : BodyHandlers.discarding().apply(answer));
      stream.whenComplete((answer, failure) -> {
        open = false;
        if (!closed) {
          int retry = retries.isEmpty() ? 3_000 : retries.get(retries.size() - 1);
          clock.schedule(this::open, retry, TimeUnit.MILLISECONDS);
        }
      });
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      if (line.startsWith("retry: ")) {
        opened.add(askedAt);
        retries.add(Integer.valueOf(line.substring("retry: ".length())));
        open = true;
      } else if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data.add(line.substring("data: ".length()));
      } else if (line.isEmpty()) {
        lastEventId = id;
        if (!data.isEmpty()) {
          take(String.join("\n", data));
          data.clear();
        }
      }
    }

    private void take(String text) {
      try {
        JsonNode event = JSON.readTree(text);
        if (event.has("change")) {
          told.add(
              event.path("articleId").asText() + " v" + event.path("version").asLong());
        } else {
          others.add(name);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      // it ended: the stream's own end says so, too
    }

    @Override
    public void onComplete() {
      // as above
    }
  }

  @Override
  public void close() {
    closed = true;
    clock.shutdownNow();
  }
}
