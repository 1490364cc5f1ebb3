package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.newsfeed.app.PartnersIT.Node;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.Gateway;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaRegistry;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers have moved to the next version of a schema while readers of the present one are at work. The
 * next version is made here from the present one: a field in the record, another in the article in it.
 */
class SchemaEvolutionIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NEXT_ID = 900; // of the numbers that a newer version may give
  private static final int HEADER = 5;
  private static final Schema PRESENT = PublishedArticle.getClassSchema();
  private static final Schema NEXT = next();

  @TempDir
  Path data;

  private KafkaCluster cluster;
  private NewsfeedSettings settings;
  private Topic<PublishedArticle> topic;
  private Gateway gateway;
  private KafkaProducer<String, byte[]> producer;

  private static Schema next() {
    try {
      ObjectNode schema = (ObjectNode) JSON.readTree(PRESENT.toString());
      for (JsonNode record : schema.path("fields").findParents("fields")) {
        if (record.path("name").asText().equals("Article")) {
          addField(
              (ObjectNode) record,
              "{\"name\": \"minutes\", \"type\": [\"null\", \"int\"], \"default\": null}");
        }
      }
      addField(schema, "{\"name\": \"desk\", \"type\": \"string\", \"default\": \"\"}");
      Schema next = new Schema.Parser().parse(schema.toString());
      requireThatTheBuildWouldLetItPass(next);
      return next;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In front of all others, where a reader that takes fields by their place would read nonsense. */
  private static void addField(ObjectNode record, String field) throws IOException {
    record.withArray("fields").insert(0, JSON.readTree(field));
  }

  @BeforeEach
  void start() throws Exception {
    cluster = KafkaCluster.embedded();
    KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
    settings = NewsfeedSettings.from(Map.of(NewsfeedSettings.GATEWAY_PORT, "0")).with(kafka);
    topic = settings.topics().published;
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.apply(settings.topics().all());
    }
    producer = new KafkaProducer<>(
        kafka.with(Map.of("acks", "all")), new StringSerializer(), new ByteArraySerializer());
    gateway =
        new Roles(settings, data, Clock.systemUTC()).gateway(NewsfeedSettings.localhost(1), null);
    gateway.awaitReady(Duration.ofMinutes(1));
  }

  @AfterEach
  void stop() {
    gateway.close();
    producer.close();
    cluster.close();
  }

  private static void requireThatTheBuildWouldLetItPass(Schema next) {
    for (List<Schema> pair : List.of(List.of(next, PRESENT), List.of(PRESENT, next))) {
      assertThat(SchemaCompatibility.checkReaderWriterCompatibility(pair.get(0), pair.get(1))
              .getType())
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }
  }

  @Test
  void readersThatAskTheGatewayForSchemasReadOnWhileTheNextVersionIsWritten() throws Exception {
    HttpServer registry = newerGateway();
    String url = "http://127.0.0.1:" + registry.getAddress().getPort();
    Topics asking = new Topics(settings.topics().prefix(), new SchemaRegistry(url));
    List<String> read = new CopyOnWriteArrayList<>();
    try (TopicFollower follower = TopicFollower.of(settings.kafka(), "old-reader")
        .on(asking.published, (place, value) -> read.add(words(value)))
        .start()) {
      follower.awaitCaughtUp(Duration.ofMinutes(1));
      write(story("a1", 1), false);
      await().until(() -> read.size() == 1); // it is at work
      write(story("a2", 1), true);
      write(story("a1", 2), false); // both versions of the writer work side by side
      write(withdrawn("a2", 2), true);
      await()
          .untilAsserted(() -> assertThat(read)
              .containsExactlyInAnyOrder(
                  "a1 1 Story a1 v1 in world", "a2 1 Story a2 v1 in world",
                  "a1 2 Story a1 v2 in world", "a2 2 withdrawn: Not true"));
      assertThat(follower.failure()).isNull();
    } finally {
      registry.stop(0);
    }
  }

  @Test
  void nodeProgramOfAPartnerReadsOnWhileTheNextVersionIsWritten() throws Exception {
    assumeTrue(NotTried.canRunPartners(), "needs node 20 and npm install in docs/partners");
    HttpServer registry = newerGateway();
    ProcessBuilder process = new ProcessBuilder(
            "node", "mirror.mjs", data.resolve("mirror.json").toString())
        .directory(Path.of("../docs/partners").toFile())
        .redirectErrorStream(true);
    process.environment().put("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrapServers());
    process
        .environment()
        .put("NEWSFEED_URL", "http://127.0.0.1:" + registry.getAddress().getPort());
    try (Node mirror = new Node(process, data.resolve("mirror.log"))) {
      mirror.awaitLine("caught up");
      write(story("a1", 1), false);
      mirror.awaitLine("updated a1 v1: Story a1 v1");
      write(story("a1", 2), true);
      mirror.awaitLine("updated a1 v2: Story a1 v2");
      write(withdrawn("a1", 3), true);
      mirror.awaitLine("withdrawn a1 v3: Not true");
    } finally {
      registry.stop(0);
    }
  }

  /** A gateway knows the schemas of its own version only. It must not be one that missed a withdrawal. */
  @Test
  void gatewayOfTheFormerVersionStopsAtWhatItCannotReadAndSaysWhatToDo() throws Exception {
    Reading reading = new Reading(
        URI.create("http://127.0.0.1:" + gateway.port()), NewsfeedSettings.localhost(1));
    write(story("a1", 1), false);
    await().until(() -> reading.get("/articles/a1").status() == 200);
    assertThat(gateway.failure()).isNull();

    write(withdrawn("a1", 2), true);

    await().until(() -> gateway.failure() != null);
    assertThat(gateway.failure())
        .hasMessageContaining("schema " + NEXT_ID + " is of a newer version")
        .hasMessageContaining("replace this process");
    assertThat(reading.get("/health/ready").status()).isEqualTo(503);
  }

  private static String words(@Nullable PublishedArticle value) {
    if (value == null) {
      return "null";
    }
    Article article = value.getArticle();
    Withdrawal withdrawal = value.getWithdrawal();
    return value.getArticleId()
        + ' '
        + value.getVersion()
        + ' '
        + (article != null
            ? article.getHeadline() + " in "
                + Objects.requireNonNull(article.getSection()).getSlug()
            : "withdrawn: " + (withdrawal == null ? "" : withdrawal.getReason()));
  }

  private static PublishedArticle.Builder published(String id, long version) {
    return PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setChangedAt(Instant.now());
  }

  private static PublishedArticle story(String id, long version) {
    Article article = Article.newBuilder()
        .setArticleId(id)
        .setVersion(version)
        .setHeadline("Story " + id + " v" + version)
        .setSection(new Label("world", "World"))
        .build();
    return published(id, version)
        .setStatus(Status.usable)
        .setChange(Change.updated)
        .setArticle(article)
        .build();
  }

  private static PublishedArticle withdrawn(String id, long version) {
    return published(id, version)
        .setStatus(Status.canceled)
        .setChange(Change.withdrawn)
        .setWithdrawal(Withdrawal.newBuilder().setReason("Not true").build())
        .build();
  }

  /** Writes as the present version does, or as the next one. */
  private void write(PublishedArticle value, boolean asNext) throws Exception {
    byte[] bytes = topic.valueSerde().write(topic.name(), value);
    producer
        .send(new ProducerRecord<>(
            topic.name(), value.getArticleId(), asNext ? inNext(bytes) : bytes))
        .get(30, TimeUnit.SECONDS);
  }

  private static byte[] inNext(byte[] present) throws IOException {
    GenericRecord value = new GenericDatumReader<GenericRecord>(PRESENT, NEXT)
        .read(
            null,
            DecoderFactory.get().binaryDecoder(present, HEADER, present.length - HEADER, null));
    value.put("desk", "night desk");
    if (value.get("article") instanceof GenericRecord article) {
      article.put("minutes", 4);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {0, 0, 0, (byte) (NEXT_ID >>> 8), (byte) NEXT_ID});
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(NEXT).write(value, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  /** Our gateway's own view of the schemas, and one schema more. */
  private HttpServer newerGateway() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HttpClient http = HttpClient.newHttpClient();
    server.createContext("/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/schemas/ids/" + NEXT_ID)) {
        String body = JSON.createObjectNode().put("schema", NEXT.toString()).toString();
        answer(exchange, 200, body.getBytes(UTF_8));
      } else {
        try {
          HttpResponse<byte[]> answer = http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                  .build(),
              BodyHandlers.ofByteArray());
          answer(exchange, answer.statusCode(), answer.body());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException(e);
        }
      }
    });
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
