package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthServerTest {

  @Test
  void halfARequestHoldsUpNobodyElse() throws Exception {
    try (HealthServer health =
            HealthServer.start("127.0.0.1", 0, Optional::empty, Meters.ofProcess("test"));
        Socket slow = new Socket("127.0.0.1", health.port())) {
      slow.getOutputStream().write("GET /heal".getBytes(US_ASCII));
      slow.getOutputStream().flush();
      URI live = URI.create("http://127.0.0.1:" + health.port() + "/health/live");

      var answer = HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(live).timeout(Duration.ofSeconds(5)).build(),
              BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }
}
