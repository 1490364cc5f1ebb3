package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.KafkaSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing of a reader gets beyond the collector. Readers with addresses, agents, cookies and ids that
 * are easy to recognise knock at every door, also at those that refuse them; then every record on the
 * broker, internal topics included, every file of the pipeline, everything that was logged and what
 * health tells is searched for them. That the search can find something, it shows by what may be there.
 */
class ClickPrivacyIT {

  private static final String IPV4 = "203.0.113.77";
  private static final String IPV6 = "2001:db8:beef:cafe::7777";
  private static final String ID = "RawVisitor-7f3a94-0000";

  /** None of it may be found, in any letters. */
  private static final List<String> RAW = List.of(
      IPV4,
      "203.0.113", // nor its network
      "2001:db8:beef",
      "2001:0db8:beef",
      "cb00714d", // the addresses' bytes in hex
      "20010db8beefcafe",
      bytesOf("20010db8beefcafe"),
      "RawAgent-7f3a91",
      "RawCookie-7f3a92",
      "RawToken-7f3a93",
      ID,
      "RawPage-7f3a95",
      "RawUser-7f3a96",
      "RawMail-7f3a97");

  /** These may, and are. */
  private static final String EVENT = "shown-7f3a98";

  private static String bytesOf(String hex) {
    return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private TestNewsfeed newsfeed;

  @Test
  void nothingOfAReaderIsKeptAnywhere(@TempDir Path data) throws Exception {
    try (OutputCapture output = new OutputCapture();
        KafkaCluster cluster = KafkaCluster.embedded()) {
      newsfeed = new TestNewsfeed(
          cluster,
          data,
          Map.of(
              NewsfeedSettings.PROXIES,
              "127.0.0.0/8, ::1",
              NewsfeedSettings.CLICK_RATE,
              "6000",
              // an intake that waits for its first key lets nobody publish through a proxy
              NewsfeedSettings.KEYS,
              "none"));
      String told;
      try {
        knockAtEveryDoor();
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(newsfeed.rejected().stream()
                    .map(Rejected::getReason)
                    .collect(Collectors.toSet()))
                .containsAll(Set.of(
                    "unknown-url",
                    "malformed-json",
                    "invalid-field",
                    "unknown-field",
                    "unsupported-type",
                    "too-large")));
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> !newsfeed.reading().mostRead("now", "all").isEmpty());
        told = health();
      } finally {
        newsfeed.close();
      }

      Map<String, String> places = new LinkedHashMap<>();
      places.put("health and metrics", told);
      places.put("output", output.text());
      places.putAll(records(KafkaSettings.of(cluster.bootstrapServers())));
      places.putAll(files(data));

      assertThat(found(places, List.of(EVENT, "\"toomany\":"))).hasSizeGreaterThan(1);
      assertThat(places.keySet())
          .anyMatch(name -> name.contains("__consumer_offsets"))
          .anyMatch(name -> name.contains("changelog"));
      assertThat(found(places, RAW)).isEmpty();
    }
  }

  /** Each place with what was found there. */
  private static List<String> found(Map<String, String> places, List<String> wanted) {
    List<String> found = new ArrayList<>();
    places.forEach((place, text) -> {
      String searched = text.toLowerCase(Locale.ROOT);
      wanted.stream()
          .filter(raw -> searched.contains(raw.toLowerCase(Locale.ROOT)))
          .forEach(raw -> found.add(raw + " in " + place));
    });
    return found;
  }

  // ---- the doors -------------------------------------------------------------------------------

  private void knockAtEveryDoor() throws Exception {
    assertThat(newsfeed
            .reading()
            .put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"A story\"}".getBytes(UTF_8))
            .status())
        .isEqualTo(201);
    for (String address : List.of(IPV4, IPV6, IPV6 + ", " + IPV4, "[" + IPV6 + "]:4711")) {
      knock(address);
    }
    assertThat(flood()).contains(429);
    brokenRequest();
  }

  private void knock(String address) {
    String good = "{\"articleId\": \"a1\", \"eventId\": \"" + EVENT + "\"}";
    String named = "{\"articleId\": \"a1\", \"visitor\": \"" + ID + "\"}";
    String user = "{\"articleId\": \"a1\", \"user\": {\"id\": \"RawUser-7f3a96\"}, \"ip\": \""
        + IPV4 + "\", \"agent\": [\"RawAgent-7f3a91\"]}";
    String page = "https://RawUser-7f3a96@news.example/none?mail=RawMail-7f3a97#RawPage-7f3a95";

    assertThat(post(address, "text/plain", good)).isEqualTo(204);
    assertThat(post(address, "application/json", "[" + good + "," + named + "]"))
        .isEqualTo(204);
    assertThat(post(address, "application/json", "{\"url\": \"" + page + "\"}")).isEqualTo(204);
    assertThat(post(address, "application/json", user)).isEqualTo(400);
    assertThat(post(address, "application/json", "[" + named + ", \"" + ID + "\"]"))
        .isEqualTo(400);
    assertThat(post(address, "application/json", named.replace("a1", "no id!"))).isEqualTo(400);
    assertThat(post(address, "application/json", named.substring(0, named.length() - 4)))
        .isEqualTo(400);
    assertThat(post(address, "text/plain", IPV4 + " " + IPV6 + " RawAgent-7f3a91"))
        .isEqualTo(400);
    assertThat(post(address, "text/plain", named + " ".repeat(66_000))).isEqualTo(413);
    assertThat(post(address, "application/x-www-form-urlencoded", "article=a1&visitor=" + ID))
        .isEqualTo(415);
    assertThat(status(request("/v1/clicks", address)
            .header("Content-Encoding", "gzip")
            .POST(BodyPublishers.ofByteArray(packed(named)))))
        .isEqualTo(415);
    for (String query : List.of(
        "article=a1&eventId=" + EVENT,
        "article=a1&visitor=" + ID,
        "article=no+id!&visitor=" + ID,
        "article=a1&user=RawUser-7f3a96",
        "url=https%3A%2F%2Fnews.example%2Fnone%3Fmail%3DRawMail-7f3a97",
        "url=a&url=RawMail-7f3a97")) {
      assertThat(status(request("/v1/clicks.gif?" + query, address).GET())).isEqualTo(200);
    }
    assertThat(status(request("/v1/clicks.gif?article=a1&visitor=" + ID, address)
            .header("DNT", "1")
            .GET()))
        .isEqualTo(200);
    assertThat(status(request("/newsfeed-click.js", address).GET())).isEqualTo(200);
    assertThat(status(request("/v1/clicks", address).method("OPTIONS", BodyPublishers.noBody())))
        .isEqualTo(204);
    assertThat(status(request("/v1/clicks", address).PUT(text(named)))).isEqualTo(405);
    assertThat(status(request("/v1/none?mail=RawMail-7f3a97", address).POST(text(named))))
        .isEqualTo(404);
    // the newsroom's doors and the gateway's hear of addresses, agents and cookies as well
    assertThat(status(request("/v1/articles/a2", address)
            .header("Content-Type", "application/json")
            .PUT(text("{\"version\": 0}"))))
        .isEqualTo(422);
    assertThat(status(with(address, HttpRequest.newBuilder(newsfeed.gatewayUrl().resolve("/")))
            .GET()))
        .isEqualTo(200);
  }

  private List<Integer> flood() {
    String click = "{\"articleId\": \"a1\"}";
    String thousand = "[" + (click + ",").repeat(999) + click + "]";
    return Stream.generate(() -> post(IPV4, "text/plain", thousand)).limit(5).toList();
  }

  /** The server refuses it before anybody of us sees it. */
  private void brokenRequest() throws IOException {
    URI intake = newsfeed.intakeUrl();
    for (String line :
        List.of("GET /%zz%00RawMail-7f3a97 HTTP/1.1", "RawMail-7f3a97", "GET / HTTP/9.9")) {
      try (Socket socket = new Socket(intake.getHost(), intake.getPort())) {
        OutputStream out = socket.getOutputStream();
        out.write((line + "\r\nHost: x\r\nUser-Agent: RawAgent-7f3a91\r\nX-Forwarded-For: " + IPV4
                + "\r\nCookie: RawCookie-7f3a92\r\nRawUser-7f3a96\r\n"
                + "Content-Length: RawToken-7f3a93\r\n\r\n")
            .getBytes(UTF_8));
        out.flush();
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
            .matches("(?s)HTTP/1.1 (?:4|505).*");
      } catch (SocketException e) {
        assertThat(e).hasMessageContaining("reset"); // it did not wait for all of it
      }
    }
  }

  private int post(String address, String type, String body) {
    return status(request("/v1/clicks", address).header("Content-Type", type).POST(text(body)));
  }

  private HttpRequest.Builder request(String path, String address) {
    return with(address, HttpRequest.newBuilder(newsfeed.intakeUrl().resolve(path)));
  }

  private static HttpRequest.Builder with(String address, HttpRequest.Builder request) {
    return request
        .header("X-Forwarded-For", address)
        .header("X-Real-IP", IPV4)
        .header("Forwarded", "for=" + IPV4)
        .header("User-Agent", "Mozilla/5.0 (X11) RawAgent-7f3a91")
        .header("Cookie", "session=RawCookie-7f3a92")
        .header("Authorization", "Bearer RawToken-7f3a93")
        .header("From", "RawMail-7f3a97@example.org")
        .header("Referer", "https://news.example/RawPage-7f3a95?user=RawUser-7f3a96");
  }

  private static BodyPublisher text(String text) {
    return BodyPublishers.ofString(text);
  }

  private static byte[] packed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private int status(HttpRequest.Builder request) {
    return send(request).statusCode();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  // ---- the places ------------------------------------------------------------------------------

  private String health() {
    StringBuilder told = new StringBuilder();
    for (URI role : List.of(newsfeed.intakeUrl(), newsfeed.gatewayUrl())) {
      for (String path : List.of("/health/ready", "/health/live", "/metrics")) {
        told.append(send(HttpRequest.newBuilder(role.resolve(path))).body()).append('\n');
      }
    }
    return told.toString();
  }

  /** Every record of every topic, its key, value and headers byte by byte. */
  private static Map<String, String> records(KafkaSettings kafka) throws Exception {
    Map<String, StringBuilder> records = new LinkedHashMap<>();
    try (Admin admin = Admin.create(kafka.with(Map.of()));
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
            kafka.with(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Set<String> topics =
          admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
      List<TopicPartition> partitions = topics.stream()
          .flatMap(topic -> consumer.partitionsFor(topic).stream())
          .map(p -> new TopicPartition(p.topic(), p.partition()))
          .toList();
      topics.forEach(topic -> records.put("topic " + topic, new StringBuilder()));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          StringBuilder text = records.get("topic " + record.topic());
          append(text, record.key());
          append(text, record.value());
          record.headers().forEach(header -> {
            text.append(header.key()).append('\n');
            append(text, header.value());
          });
        }
      }
    }
    return records.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().toString()));
  }

  private static void append(StringBuilder text, byte[] bytes) {
    text.append(bytes == null ? "" : new String(bytes, ISO_8859_1)).append('\n');
  }

  private static Map<String, String> files(Path data) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    try (Stream<Path> walk = Files.walk(data)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(
            "file " + data.relativize(file), new String(Files.readAllBytes(file), ISO_8859_1));
      }
    }
    return files;
  }
}
