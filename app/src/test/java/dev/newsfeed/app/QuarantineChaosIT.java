package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What cannot be used must be kept on {@code rejected}, and there it cannot be written. The jobs stop
 * before it and say so; nothing behind it is passed over, and once it can be kept they go on.
 */
class QuarantineChaosIT {

  private static final String ID = "behind-poison";
  private static final byte[] POISON = "x".repeat(2_000).getBytes(UTF_8);

  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
  private final List<PublishedArticle> published = new CopyOnWriteArrayList<>();
  private final List<Rejected> rejected = new CopyOnWriteArrayList<>();

  private @Nullable NewsfeedProcess first;

  @AfterEach
  void stopFirst() {
    if (first != null) {
      first.close();
    }
  }

  @Test
  void jobsStopBeforeWhatTheyCannotKeepAndGoOnWhenTheyCan(@TempDir Path data) throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded()) {
      KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
      try (TopicAdmin admin = new TopicAdmin(kafka)) {
        admin.apply(topics.all());
      }
      try (TopicTuning tuning = new TopicTuning(kafka);
          TopicFollower follower = follow(kafka);
          ShownLists lists = new ShownLists(kafka, topics)) {
        String usual = tuning.config(topics.rejected.name(), "max.message.bytes");
        first = streams(cluster, data);
        awaitReady(first);
        tuning.set(topics.rejected.name(), Map.of("max.message.bytes", "100"));
        await()
            .until(() -> tuning.config(topics.rejected.name(), "max.message.bytes"), "100"::equals);
        writePoisonAndWhatFollows(kafka);

        assertThat(first.awaitEnd(Duration.ofMinutes(2))).isEqualTo(1);
        assertThat(first.lines())
            .anyMatch(line -> line.contains("stopped after a failure") && line.contains("rejected")
                || line.contains("RecordTooLargeException"));
        assertThat(follower.readUpToNow()).succeedsWithin(Duration.ofSeconds(20));
        assertThat(published).as("behind what could not be kept").isEmpty();
        assertThat(rejected).isEmpty();

        tuning.set(topics.rejected.name(), Map.of("max.message.bytes", usual));
        try (NewsfeedProcess second = streams(cluster, data)) {
          await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(published).extracting(PublishedArticle::getVersion).containsExactly(1L);
            assertThat(rejected)
                .extracting(r -> r.getStage() + ' ' + r.getReason())
                .containsExactlyInAnyOrder("publication not-an-article", "most-read not-a-click");
            assertThat(lists.list("this-week/all")).isNotNull();
            assertThat(Ledger.clicks(lists.list("this-week/all"))).isEqualTo(Map.of("reads", 1L));
          });
          assertThat(second.stop()).isZero();
        }
      }
    }
  }

  private TopicFollower follow(KafkaSettings kafka) {
    return TopicFollower.of(kafka, "quarantine")
        .on(topics.published, (place, article) -> published.add(article))
        .on(topics.rejected, (place, refused) -> rejected.add(refused))
        .start();
  }

  private static NewsfeedProcess streams(KafkaCluster cluster, Path data) throws Exception {
    return NewsfeedProcess.start(
        Map.of(NewsfeedSettings.BOOTSTRAP_SERVERS, cluster.bootstrapServers()),
        "streams",
        "--health-port",
        "0",
        "--data",
        data.resolve("streams").toString());
  }

  private static void awaitReady(NewsfeedProcess streams) {
    URI health = URI.create("http://127.0.0.1:" + streams.awaitLine("health on port ([0-9]+)"));
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(health.resolve("/health/ready")).build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode()
            == 200);
  }

  /** In one partition each, so that the good one stands behind the other. */
  private void writePoisonAndWhatFollows(KafkaSettings kafka) throws Exception {
    try (KafkaProducer<String, byte[]> anybody = new KafkaProducer<>(
        kafka.with(Map.of()), new StringSerializer(), new ByteArraySerializer())) {
      Article article = Article.newBuilder()
          .setArticleId(ID)
          .setVersion(1)
          .setHeadline("Behind it")
          .setSection(new Label("world", "World"))
          .build();
      Click click = Click.newBuilder()
          .setArticleId(ID)
          .setReceivedAtMs(Instant.now().toEpochMilli())
          .setVisitor(1L)
          .build();
      send(anybody, topics.articles, POISON);
      send(anybody, topics.clicks, POISON);
      send(anybody, topics.articles, topics.articles.valueSerde().write("", article));
      send(anybody, topics.clicks, topics.clicks.valueSerde().write("", click));
    }
  }

  private static void send(KafkaProducer<String, byte[]> anybody, Topic<?> topic, byte[] value)
      throws Exception {
    anybody.send(new ProducerRecord<>(topic.name(), ID, value)).get(30, TimeUnit.SECONDS);
  }
}
