package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.newsfeed.producer.intake.Intake;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicAdmin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka stops and comes back: readers notice nothing, and every click is there in the end, once. */
class ClicksWhileKafkaIsAwayIT {

  private static final int BATCHES = 50;
  private static final int BATCH = 200;
  private static final int CLICKS = 1 + BATCHES * BATCH;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void clicksAreAnsweredAtOnceAndStoredWhenItIsBack(@TempDir Path data) throws Exception {
    EmbeddedKafkaSettings broker = EmbeddedKafkaSettings.in(data.resolve("kafka"));
    EmbeddedKafka kafka = EmbeddedKafka.start(broker);
    KafkaSettings address = KafkaSettings.of(kafka.bootstrapServers());
    int port = Integer.parseInt(kafka.bootstrapServers().replaceAll(".*:", ""));
    NewsfeedSettings settings =
        NewsfeedSettings.from(Map.of(NewsfeedSettings.INTAKE_PORT, "0")).with(address);
    try (TopicAdmin admin = new TopicAdmin(address)) {
      admin.apply(settings.topics().all());
    }
    try (Intake intake = new Roles(settings, data, Clock.systemUTC()).intake()) {
      IntakeClient readers = new IntakeClient(NewsfeedSettings.localhost(intake.port()));
      assertThat(readers.click("a", Reader.number(1)).status()).isEqualTo(204);
      await().until(() -> clicks(intake).path("stored").asInt() == 1);
      kafka.close();

      Instant begun = Instant.now();
      for (int batch = 0; batch < BATCHES; batch++) {
        assertThat(readers.clicks(batch(batch), Reader.number(batch)).status()).isEqualTo(204);
      }

      assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(10));
      assertThat(clicks(intake).path("waiting").asInt()).isEqualTo(CLICKS - 1);
      kafka = EmbeddedKafka.start(broker.onPort(port));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> clicks(intake).path("stored").asInt() == CLICKS);
      assertThat(clicks(intake).path("lost").asInt()).isZero();
      assertThat(clicks(intake).path("waiting").asInt()).isZero();
      assertThat(eventIds(settings)).hasSize(CLICKS - 1).doesNotHaveDuplicates();
    } finally {
      kafka.close();
    }
  }

  private static ArrayNode batch(int batch) {
    ArrayNode clicks = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < BATCH; i++) {
      clicks.addObject().put("articleId", "a" + i % 10).put("eventId", batch + "." + i);
    }
    return clicks;
  }

  private JsonNode clicks(Intake intake) throws IOException, InterruptedException {
    URI health = NewsfeedSettings.localhost(intake.port()).resolve("/health/ready");
    String body = http.send(
            HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString())
        .body();
    return new ObjectMapper().readTree(body).path("clicks");
  }

  private static List<String> eventIds(NewsfeedSettings settings) {
    var topic = settings.topics().clicks;
    List<String> ids = new ArrayList<>();
    try (TopicScan scan = new TopicScan(settings.kafka(), topic.name())) {
      scan.toEnd(record -> {
        String id = topic.valueSerde().read(topic.name(), record.value()).getEventId();
        if (id != null) {
          ids.add(id);
        }
      });
    }
    return ids;
  }
}
