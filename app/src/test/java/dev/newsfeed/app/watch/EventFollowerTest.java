package dev.newsfeed.app.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The other side is a socket, which can say nothing for as long as it wants. */
@SuppressWarnings("try") // what is done meanwhile is named, not used
class EventFollowerTest {

  private final List<Socket> streams = new CopyOnWriteArrayList<>();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();

  private ServerSocket gateway;

  @BeforeEach
  void listen() throws IOException {
    gateway = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    Thread accepting = new Thread(this::accept, "gateway");
    accepting.setDaemon(true);
    accepting.start();
  }

  @AfterEach
  void stop() throws IOException {
    gateway.close();
    for (Socket stream : streams) {
      stream.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket stream = gateway.accept();
        BufferedReader request =
            new BufferedReader(new InputStreamReader(stream.getInputStream(), UTF_8));
        StringBuilder head = new StringBuilder();
        for (String line = request.readLine(); !line.isEmpty(); line = request.readLine()) {
          head.append(line).append('\n');
        }
        say(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        heads.add(head.toString());
        streams.add(stream);
      }
    } catch (IOException e) {
      // the end
    }
  }

  private static void say(Socket stream, String text) {
    try {
      stream.getOutputStream().write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EventFollower follow(Duration silentAtMost) {
    URI address = URI.create("http://127.0.0.1:" + gateway.getLocalPort() + "/events");
    return new EventFollower(address, events::add, silentAtMost);
  }

  @Test
  void comesBackToItsPlaceWhenNothingIsHeardAnyMore() {
    try (EventFollower unused = follow(Duration.ofSeconds(1))) {
      await().until(() -> streams.size() == 1);
      say(streams.get(0), "id: 7\ndata: {\"articleId\": \"a\"}\n\n");

      await().atMost(Duration.ofSeconds(20)).until(() -> streams.size() == 2);

      assertThat(events).hasSize(1);
      assertThat(heads.get(1)).containsIgnoringCase("Last-Event-ID: 7");
      say(streams.get(1), "id: 8\ndata: {\"articleId\": \"b\"}\n\n");
      await().until(() -> events.size() == 2);
    }
  }

  @Test
  void staysWhereHeartbeatsAreHeard() {
    try (EventFollower unused = follow(Duration.ofSeconds(2))) {
      await().until(() -> streams.size() == 1);
      await()
          .pollInterval(Duration.ofMillis(250))
          .during(Duration.ofSeconds(5))
          .atMost(Duration.ofSeconds(10))
          .until(() -> {
            say(streams.get(0), ":\n\n");
            return streams.size() == 1;
          });
    }
  }
}
