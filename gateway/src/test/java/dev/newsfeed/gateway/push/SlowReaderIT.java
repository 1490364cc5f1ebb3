package dev.newsfeed.gateway.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.gateway.EventReader;
import dev.newsfeed.gateway.Samples;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A reader that stops reading, with a patience that a test can wait for. */
class SlowReaderIT {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Interests EVERYTHING = new Interests(Set.of(), Set.of(), null);

  private final EventLog log = new EventLog("t", 1, Map.of());
  private final ReadAlsoWatch readAlso =
      new ReadAlsoWatch(log, id -> new ReadAlsoWatch.Current(Set.of(), Set.of(), new byte[0]));
  private Subscribers subscribers;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
  private long offset;

  private void start(Duration heartbeat, Duration patience) throws Exception {
    subscribers = new Subscribers(log, feed -> utf8("{}"), readAlso, 1_000, 0, heartbeat, patience);
    server.setHandler(new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback) {
        String lastEventId = request.getHeaders().get("Last-Event-ID");
        subscribers.open(EVERYTHING, lastEventId, null, request, response, callback);
        return true;
      }
    });
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    subscribers.close();
    readAlso.close();
    server.stop();
  }

  private int port() {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  private EventReader reader(String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/"));
    return EventReader.open(client, headers.length == 0 ? request : request.headers(headers));
  }

  private void publish(int leadLength) {
    Article article =
        Samples.article("a" + offset).setLead("x".repeat(leadLength)).build();
    log.article(0, offset++, Samples.published(article, Samples.NINE), Set.of(), Set.of("all"));
    log.flush();
  }

  @Test
  void readerThatStopsReadingIsCutOffAndComesBackWhereItWasWhileTheOthersReadOn() throws Exception {
    start(Duration.ofMillis(200), PATIENCE);
    try (Socket stuck = stuck()) {
      List<EventReader> others = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        others.add(reader());
      }
      await().until(() -> subscribers.count() == 201);

      long slowestMs = 0;
      while (subscribers.count() == 201) { // what the kernel takes for it is megabytes
        assertThat(offset).as("events until it was cut off").isLessThan(2_000);
        long at = System.nanoTime();
        publish(10_000);
        for (EventReader other : others) {
          assertThat(other.next().data()).contains("\"articleId\":\"a" + (offset - 1) + "\"");
        }
        slowestMs = Math.max(slowestMs, (System.nanoTime() - at) / 1_000_000);
      }
      assertThat(subscribers.count()).isEqualTo(200);
      assertThat(slowestMs).as("the others never waited for it").isLessThan(PATIENCE.toMillis());
      others.forEach(EventReader::close);

      String lastId = lastWholeId(stuck.getInputStream());
      long next = Long.parseLong(lastId.substring("t.".length()));
      assertThat(next).as("it had not got everything").isPositive().isLessThan(offset);
      try (EventReader back = reader("Last-Event-ID", lastId)) {
        for (long n = next; n < offset; n++) {
          assertThat(back.next().data()).contains("\"articleId\":\"a" + n + "\"");
        }
      }
    }
  }

  @Test
  void readerWhoFallsOutOfTheLogIsTakenToThePresentWithoutAHole() throws Exception {
    start(Duration.ofMillis(2), Duration.ofMinutes(1)); // a heartbeat between any two writes
    try (Socket stuck = stuck()) {
      await().until(() -> subscribers.count() == 1);
      for (int i = 0; i < 3_000; i++) {
        publish(10_000); // twice what the log keeps
      }
      String last = "\"articleId\":\"a2999\"";
      StringBuilder received = new StringBuilder();
      byte[] buffer = new byte[1 << 16];
      while (received.indexOf(last, Math.max(0, received.length() - 2 * buffer.length)) < 0) {
        int n = stuck.getInputStream().read(buffer);
        received.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
      int reset = received.indexOf("event: reset");
      assertThat(reset).isPositive();
      assertThat(received.indexOf("event: snapshot")).isGreaterThan(reset);
      List<Long> after = Pattern.compile("\"articleId\":\"a([0-9]+)\"")
          .matcher(received.substring(reset))
          .results()
          .map(found -> Long.valueOf(found.group(1)))
          .toList();
      assertThat(after).hasSizeGreaterThan(1_000);
      assertThat(after)
          .as("all that the log still has of the last seconds")
          .isEqualTo(LongStream.range(after.get(0), offset).boxed().toList());
    }
  }

  private Socket stuck() throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress("127.0.0.1", port()));
    socket.getOutputStream().write(utf8("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    return socket;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The id of the last event of which the end was received. */
  private static String lastWholeId(InputStream in) throws Exception {
    StringBuilder received = new StringBuilder();
    byte[] buffer = new byte[1 << 16];
    try {
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        received.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (SocketException e) {
      // cut off with a reset: what had been received until then counts
    }
    String whole = received.substring(0, received.lastIndexOf("\n\n"));
    int id = whole.lastIndexOf("id: t.");
    return whole.substring(id + "id: ".length(), whole.indexOf('\n', id));
  }
}
