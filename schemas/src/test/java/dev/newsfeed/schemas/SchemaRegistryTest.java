package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.newsfeed.avro.Control;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a value is taken for when the registry answers, does not know, or does not answer. */
class SchemaRegistryTest {

  private static final Control CONTROL = Control.newBuilder()
      .setKey("a1")
      .setExcluded(true)
      .setBy("desk")
      .setAt(Instant.EPOCH)
      .build();

  private HttpServer server;
  private int status = 200;
  private AvroSerde<Control> serde;
  private byte[] value;

  @BeforeEach
  void startWithAValueOfAnotherProcess() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.createContext("/", exchange -> {
      boolean asksForId = exchange.getRequestMethod().equals("POST");
      Map<String, Object> json =
          asksForId ? Map.of("id", 7) : Map.of("schema", CONTROL.getSchema().toString());
      byte[] body = new ObjectMapper().writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    value = serde().write("controls", CONTROL);
    serde = serde();
  }

  private AvroSerde<Control> serde() {
    return new AvroSerde<>(
        Control.class,
        new SchemaRegistry("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void valueIsReadByTheSchemaThatTheRegistryHas() {
    assertThat(serde.read("controls", value)).isEqualTo(CONTROL);
  }

  @Test
  void valueOfASchemaThatTheRegistryDoesNotKnowIsNone() {
    status = 404;

    assertThatThrownBy(() -> serde.read("controls", value))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("schema id 7");
  }

  @Test
  void nothingIsSaidOfAValueWhileTheRegistryIsAway() {
    status = 503;
    assertThatThrownBy(() -> serde.read("controls", value))
        .isInstanceOf(UncheckedIOException.class);
    server.stop(0);
    assertThatThrownBy(() -> serde.read("controls", value))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("schema registry cannot be asked");
  }
}
