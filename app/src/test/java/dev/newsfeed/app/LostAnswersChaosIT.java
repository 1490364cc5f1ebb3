package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The intake is killed when Kafka has confirmed everything and its senders have heard of nothing. They
 * send all of it again: each version is published once, each click counts once.
 */
class LostAnswersChaosIT {

  private static final int ROUNDS = 3;
  private static final int ARTICLES = 12;
  private static final int IMPORTED = 40;
  private static final int BATCHES = 6;
  private static final int BATCH = 25;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Integer> onArticles = new ConcurrentHashMap<>(); // "id v1" → how often
  private final Map<String, Integer> onClicks = new ConcurrentHashMap<>();
  private final List<Send> sends = new ArrayList<>();

  /** A request, and what of it stands on the topics afterwards. */
  private record Send(
      String method, String path, String type, String body, Reader reader, List<String> keys) {}

  private final List<NewsfeedProcess> started = new ArrayList<>();

  @AfterEach
  void stopProcesses() {
    started.forEach(NewsfeedProcess::close);
  }

  @Test
  void whatIsSentAgainBecauseItsAnswerWasLostIsThereOnce(@TempDir Path data) throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded();
        TestNewsfeed newsfeed = new TestNewsfeed(cluster, data.resolve("jobs"))) {
      Topics topics = newsfeed.settings().topics();
      int port = Ports.free(1).get(0);
      try (Withholding network = new Withholding(port);
          TopicFollower follower = follow(newsfeed, topics);
          ShownLists lists = new ShownLists(newsfeed.settings().kafka(), topics)) {
        NewsfeedProcess intake = start(cluster, data, port);
        for (int round = 1; round <= ROUNDS; round++) {
          List<Send> those = sends(round);
          sends.addAll(those);
          network.hold(true);
          ExecutorService senders = Executors.newCachedThreadPool();
          List<Future<Integer>> answers = those.stream()
              .map(send -> senders.submit(() -> answer(network.url(), send)))
              .toList();
          await()
              .atMost(Duration.ofSeconds(30))
              .until(() -> those.stream()
                  .allMatch(send -> send.keys().stream()
                      .allMatch(key -> onArticles.containsKey(key) || onClicks.containsKey(key))));
          intake.kill();
          for (Future<Integer> answer : answers) {
            assertThatThrownBy(answer::get).hasCauseInstanceOf(IOException.class);
          }
          senders.shutdown();

          intake = start(cluster, data, port);
          network.hold(false);
          for (Send send : those) {
            assertThat(answer(network.url(), send)).as(send.path()).isIn(200, 201, 204);
          }
        }
        assertThat(intake.stop()).isZero();
        assertThat(follower.readUpToNow()).succeedsWithin(Duration.ofSeconds(20));

        assertThat(onArticles.values()).as("kept twice, because sent twice").containsOnly(2);
        assertThat(onClicks.values()).as("kept twice, because sent twice").containsOnly(2);
        long clicks = (long) ROUNDS * BATCHES * BATCH;
        assertThat(onClicks).hasSize((int) clicks);
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(Ledger.clicks(lists.list("this-week/all")))
                .isEqualTo(Map.of("reads", clicks, "repeat", clicks)));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
          for (String key : onArticles.keySet()) {
            String[] idAndVersion = key.split(" v");
            assertThat(newsfeed.published(idAndVersion[0]).stream()
                    .filter(a -> a.getVersion() == Long.parseLong(idAndVersion[1])))
                .as(key)
                .hasSize(1);
          }
        });
        assertThat(newsfeed.reading().wholeFeed("section/world"))
            .hasSize(ARTICLES + ROUNDS * IMPORTED)
            .doesNotHaveDuplicates();
        assertThat(newsfeed.rejected()).isEmpty();
      }
    }
  }

  private TopicFollower follow(TestNewsfeed newsfeed, Topics topics) {
    return TopicFollower.of(newsfeed.settings().kafka(), "lost-answers")
        .on(
            topics.articles,
            (place, article) -> onArticles.merge(
                article.getArticleId() + " v" + article.getVersion(), 1, Integer::sum))
        .on(
            topics.clicks,
            (place, click) -> onClicks.merge(String.valueOf(click.getEventId()), 1, Integer::sum))
        .start();
  }

  private NewsfeedProcess start(KafkaCluster cluster, Path data, int port) throws IOException {
    NewsfeedProcess intake = NewsfeedProcess.start(
        Map.of(
            NewsfeedSettings.BOOTSTRAP_SERVERS,
            cluster.bootstrapServers(),
            NewsfeedSettings.KEYS,
            "none"), // senders are at addresses of their own, as behind a proxy
        "intake",
        "--intake-port",
        String.valueOf(port),
        "--data",
        data.resolve("intake").toString());
    started.add(intake);
    intake.awaitLine("listening on port");
    return intake;
  }

  /** New versions of the same articles, an import of others, and readers. */
  private static List<Send> sends(int round) {
    List<Send> sends = new ArrayList<>();
    for (int n = 0; n < ARTICLES; n++) {
      ObjectNode article = article("lost-" + n, round);
      sends.add(json("PUT", "/v1/articles/lost-" + n, article.toString(), key(article)));
    }
    StringBuilder lines = new StringBuilder();
    List<String> keys = new ArrayList<>();
    for (int n = 0; n < IMPORTED; n++) {
      ObjectNode article = article("lost-" + round + "-" + n, 1);
      lines.append(article).append('\n');
      keys.addAll(key(article));
    }
    sends.add(new Send(
        "POST", "/v1/articles", "application/x-ndjson", lines.toString(), Reader.number(0), keys));
    for (int batch = 0; batch < BATCHES; batch++) {
      ArrayNode clicks = JsonNodeFactory.instance.arrayNode();
      List<String> events = new ArrayList<>();
      for (int n = 0; n < BATCH; n++) {
        String event = "e-" + round + '-' + batch + '-' + n;
        events.add(event);
        clicks.addObject().put("articleId", "lost-" + round + "-" + n).put("eventId", event);
      }
      sends.add(new Send(
          "POST",
          "/v1/clicks",
          "application/json",
          clicks.toString(),
          Reader.number(batch),
          events));
    }
    return sends;
  }

  private static Send json(String method, String path, String body, List<String> keys) {
    return new Send(method, path, "application/json", body, Reader.number(0), keys);
  }

  private static ObjectNode article(String id, long version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", "Version " + version)
        .put("section", "world");
  }

  private static List<String> key(ObjectNode article) {
    return List.of(
        article.path("articleId").asText() + " v" + article.path("version").asLong());
  }

  /** The status; of an import that of its last line. */
  private int answer(URI intake, Send send) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = http.send(
        HttpRequest.newBuilder(intake.resolve(send.path()))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", send.type())
            .header("User-Agent", send.reader().userAgent())
            .header("X-Forwarded-For", send.reader().address())
            .method(send.method(), HttpRequest.BodyPublishers.ofString(send.body()))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
    if (send.type().contains("ndjson")) {
      assertThat(new String(response.body(), UTF_8)).contains("\"complete\":true");
    }
    return response.statusCode();
  }
}
