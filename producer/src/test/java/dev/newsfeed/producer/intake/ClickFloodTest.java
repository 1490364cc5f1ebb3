package dev.newsfeed.producer.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClickFloodTest {

  /** More than the server has threads. */
  private static final int CLICKS = 100;

  private static final String CLICK = "{\"articleId\": \"a1\"}";
  private static final String REQUEST =
      "POST /v1/clicks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
          + "Content-Type: text/plain\r\nContent-Length: " + CLICK.length() + "\r\n\r\n" + CLICK;

  @Test
  void articlesAreAnsweredWhileNoClickIs() throws IOException {
    try (TestIntake intake = TestIntake.started()) {
      List<Socket> readers = new ArrayList<>();
      synchronized (intake.clicks) { // whoever sends a click now stands still
        for (int i = 0; i < CLICKS; i++) {
          Socket reader = new Socket("127.0.0.1", intake.port());
          reader.getOutputStream().write(REQUEST.getBytes(UTF_8));
          readers.add(reader);
        }

        assertThat(intake
                .put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"h\"}")
                .statusCode())
            .isEqualTo(201);
        assertThat(intake.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(intake.clicks.history()).isEmpty();
      }

      for (Socket reader : readers) {
        assertThat(new String(reader.getInputStream().readAllBytes(), ISO_8859_1))
            .startsWith("HTTP/1.1 204");
        reader.close();
      }
      assertThat(intake.sentClicks()).hasSize(CLICKS);
    }
  }
}
