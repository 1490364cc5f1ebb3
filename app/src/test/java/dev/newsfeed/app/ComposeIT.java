package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What {@code docker compose up} starts, seen from outside through its proxy, while an operator scales
 * it and things die. Takes some minutes and 4 GB, so it runs when it is asked for.
 */
@EnabledIfSystemProperty(
    named = "compose",
    matches = "true",
    disabledReason = "-Dcompose=true runs docker-compose.yml")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComposeIT {

  private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
  private static final String MOST_READ = "newsfeed-most-read";
  private static final int ARTICLES = 5;
  private static final int READERS_EACH = 300;

  private Compose compose;
  private KafkaSettings kafka;
  private IntakeClient intake;
  private Reading reading;

  @BeforeAll
  void start() throws IOException {
    compose = Compose.up();
    kafka = KafkaSettings.of(compose.bootstrapServers());
    intake = new IntakeClient(compose.intake());
    reading = new Reading(compose.gateway(), compose.intake());
  }

  @AfterAll
  void stop() {
    if (compose != null) {
      compose.close();
    }
  }

  @Test
  void everyTopicHasThreeCopiesOfWhichTwoMustHaveARecord() throws Exception {
    try (Admin admin = Admin.create(kafka.with(Map.of()))) {
      List<String> ours = admin.listTopics().names().get().stream()
          .filter(name -> name.startsWith("newsfeed"))
          .toList();
      assertThat(ours).hasSizeGreaterThan(TOPICS.all().size()); // those of the jobs, too
      for (TopicDescription topic :
          admin.describeTopics(ours).allTopicNames().get().values()) {
        assertThat(topic.partitions())
            .as(topic.name())
            .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(3));
      }
      List<ConfigResource> resources = ours.stream()
          .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
          .toList();
      assertThat(admin.describeConfigs(resources).all().get().values())
          .allSatisfy(
              config -> assertThat(config.get("min.insync.replicas").value()).isEqualTo("2"));
    }
  }

  @Test
  void jobsThatAreScaledNeitherLoseNorDoubleARead() {
    Clicking clicking = new Clicking("scaled");
    try (JobGroup group = new JobGroup(kafka, MOST_READ)) {
      group.awaitSharedByHosts(2);
      clicking.send(READERS_EACH); // before

      clicking.sendWhile(() -> {
        compose.run("up", "--detach", "--no-recreate", "--scale", "streams=3");
        group.awaitSharedByHosts(3);
      });
      clicking.send(READERS_EACH); // on three
      clicking.awaitCounted();

      clicking.sendWhile(() -> {
        compose.kill("streams", 3);
        group.awaitSharedByHosts(2);
      });
      clicking.awaitCounted();

      clicking.sendWhile(() -> {
        compose.run("up", "--detach", "--no-recreate", "--scale", "streams=2");
        group.awaitSharedByHosts(2);
      });
      clicking.send(READERS_EACH); // after
      clicking.awaitCounted();
    }
  }

  @Test
  void nobodyMissesABrokerThatIsKilled() {
    publish("broker-1", "Before", "brokers");
    soon().until(() -> reading.feed("section/brokers").equals(List.of("broker-1")));
    Clicking clicking = new Clicking("broker");

    clicking.sendWhile(() -> {
      compose.kill("kafka-2", 1);
      publishUntilTaken("broker-2", "While it is away", "brokers");
      soon().until(() -> reading.feed("section/brokers").contains("broker-2"));
      soon().until(() -> intake.withdraw("broker-1", 2, "Only a test").status() == 201);
      awaitGone("broker-1", "Before", "brokers");
    });
    clicking.awaitCounted();

    compose.start("kafka-2", 1);
    awaitEveryCopyInSync();
    publish("broker-3", "After", "brokers");
    soon().until(() -> reading.feed("section/brokers").equals(List.of("broker-3", "broker-2")));
  }

  @Test
  void readersOfAGatewayThatIsKilledAreServedByTheOther() {
    publish("gateway-1", "Before", "gateways");
    soon().until(() -> reading.feed("section/gateways").equals(List.of("gateway-1")));

    List<Integer> answers = new ArrayList<>();
    during(
        () -> compose.kill("gateway", 1),
        () -> answers.add(reading.get("/feeds/section/gateways.json").status()));
    for (int n = 0; n < 100; n++) {
      answers.add(reading.get("/feeds/section/gateways.json").status());
    }
    assertThat(answers).containsOnly(200);

    // while it comes back it answers before it knows everything: nobody is sent to it then
    during(
        () -> compose.start("gateway", 1),
        () -> assertThat(reading.feed("section/gateways")).containsExactly("gateway-1"));
  }

  @Test
  void subscriberOfAGatewayThatIsKilledGoesOnWhereItWas() {
    List<EventStream> first = List.of(reading.events(""), reading.events(""));
    publish("stream-1", "First", "streams");
    soon()
        .until(() ->
            first.stream().allMatch(s -> s.told("published", "stream-1").size() == 1));

    compose.kill("gateway", 2);
    publish("stream-2", "Second", "streams");
    List<EventStream> then =
        first.stream().map(s -> reading.eventsAfter(s.lastEventId(), "")).toList();

    soon()
        .until(() -> then.stream().allMatch(s -> s.told("published", "stream-2").size() == 1));
    assertThat(then).allSatisfy(s -> assertThat(s.told("published", "stream-1")).isEmpty());
    first.forEach(EventStream::close);
    then.forEach(EventStream::close);
    compose.start("gateway", 2);
  }

  @Test
  void everyArticleIsTakenWhileAnIntakeIsStoppedAndStarted() {
    List<String> sent = new ArrayList<>();
    Runnable publishing = () -> {
      String id = "intake-" + sent.size();
      publish(id, "Taken", "intakes");
      sent.add(id);
    };

    during(() -> compose.stop("intake", 1), publishing);
    during(() -> compose.start("intake", 1), publishing);

    soon()
        .untilAsserted(() -> assertThat(reading.wholeFeed("section/intakes"))
            .doesNotHaveDuplicates()
            .containsExactlyInAnyOrderElementsOf(sent));
  }

  @Test
  void whatWasStoppedComesBackAsItWas() {
    publish("stop-1", "Stays", "stops");
    publish("stop-2", "Is withdrawn", "stops");
    Clicking clicking = new Clicking("stop");
    clicking.send(READERS_EACH);
    clicking.awaitCounted();
    withdraw("stop-2");
    awaitGone("stop-2", "Is withdrawn", "stops");

    compose.run("stop");
    compose.run("up", "--detach", "--no-recreate", "--wait", "--wait-timeout", "300");

    assertThat(reading.feed("section/stops")).containsExactly("stop-1");
    awaitGone("stop-2", "Is withdrawn", "stops");
    clicking.send(READERS_EACH);
    clicking.awaitCounted();
  }

  @Test
  void prometheusHasFiguresOfEveryProcessAndNoAlertRings() {
    soon().untilAsserted(() -> {
      JsonNode targets =
          prometheus("/api/v1/targets?state=active").path("data").path("activeTargets");
      assertThat(targets).hasSize(7); // two of each role, and the watch
      assertThat(targets.findValuesAsText("health")).containsOnly("up");
    });
    JsonNode rules = prometheus("/api/v1/rules").path("data").path("groups");
    assertThat(rules.findValuesAsText("health")).isNotEmpty().containsOnly("ok");
    soon().untilAsserted(() -> {
      JsonNode canary = prometheus(
              "/api/v1/query?query=newsfeed_canary_seconds_count%7Bat%3D%22subscriber%22%7D")
          .path("data")
          .path("result");
      assertThat(canary).isNotEmpty();
      assertThat(canary.get(0).path("value").get(1).asLong()).isPositive();
    });
  }

  private JsonNode prometheus(String path) {
    try {
      return new ObjectMapper()
          .readTree(HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(compose.prometheus().resolve(path)).build(),
                  BodyHandlers.ofString())
              .body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void publish(String id, String headline, String section) {
    IntakeClient.Answer answer = intake.publish(article(id, 1, headline, section));
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  /** As a newsroom does: told that Kafka has not confirmed in time, it sends the same again. */
  private void publishUntilTaken(String id, String headline, String section) {
    soon().until(() -> {
      IntakeClient.Answer answer = intake.publish(article(id, 1, headline, section));
      assertThat(answer.status()).as(answer.problem()).isIn(201, 503);
      return answer.status() == 201;
    });
  }

  private static ObjectNode article(String id, long version, String headline, String section) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", headline)
        .put("section", section);
  }

  private void withdraw(String id) {
    IntakeClient.Answer answer = intake.withdraw(id, 2, "Only a test");
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  /** At each of the gateways: whoever asks four times has asked both. */
  private void awaitGone(String id, String headline, String section) {
    soon().untilAsserted(() -> {
      for (int n = 0; n < 4; n++) {
        assertThat(reading.get("/articles/" + id).status()).isEqualTo(410);
        for (String format : List.of(".json", ".rss", ".atom")) {
          assertThat(reading.get("/feeds/section/" + section + format).body())
              .doesNotContain(headline);
        }
        assertThat(reading.get("/", "Accept", "text/html").body()).doesNotContain(headline);
      }
    });
  }

  private void awaitEveryCopyInSync() {
    try (Admin admin = Admin.create(kafka.with(Map.of()))) {
      soon()
          .until(() -> admin
              .describeTopics(TOPICS.all().stream().map(topic -> topic.name()).toList())
              .allTopicNames()
              .get()
              .values()
              .stream()
              .flatMap(topic -> topic.partitions().stream())
              .allMatch(partition -> partition.isr().size() == 3));
    }
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(250));
  }

  /** Does something again and again for as long as something else takes. */
  private static void during(Runnable longer, Runnable again) {
    CompletableFuture<Void> done = CompletableFuture.runAsync(longer);
    do {
      again.run();
    } while (!done.isDone());
    done.join();
  }

  /** Readers of a few articles, each of whom clicks twice; the proxy hands the two to two intakes. */
  private final class Clicking {

    private final String section;
    private final Map<String, Integer> reads = new HashMap<>();
    private final AtomicBoolean published = new AtomicBoolean();
    private int next;

    Clicking(String section) {
      this.section = section;
    }

    private void publishFirst() {
      if (published.compareAndSet(false, true)) {
        for (int n = 0; n < ARTICLES; n++) {
          publishUntilTaken(section + "-read-" + n, "Read", section + "-reads");
        }
      }
    }

    /** One further reader, of an article by turns, so that some have more than others. */
    private void one() {
      publishFirst();
      int article = next % (ARTICLES * (ARTICLES + 1) / 2);
      int of = 0;
      while (article > of) {
        of++;
        article -= of;
      }
      String id = section + "-read-" + of;
      Reader reader = Reader.number(next++);
      for (int twice = 0; twice < 2; twice++) {
        IntakeClient.Answer answer = intake.click(id, reader);
        assertThat(answer.accepted()).as(answer.problem()).isTrue();
      }
      reads.merge(id, 1, Integer::sum);
    }

    void send(int readers) {
      for (int n = 0; n < readers; n++) {
        one();
      }
    }

    void sendWhile(Runnable something) {
      during(something, this::one);
    }

    void awaitCounted() {
      List<String> expected = reads.entrySet().stream()
          .map(entry -> entry.getKey() + "=" + entry.getValue())
          .sorted()
          .toList();
      soon()
          .untilAsserted(() -> assertThat(
                  reading.mostRead("today", "section/" + section + "-reads").stream()
                      .sorted())
              .containsExactlyElementsOf(expected));
      try (JobGroup group = new JobGroup(kafka, MOST_READ)) {
        group.awaitCommitted(TOPICS.clicks);
      }
      assertThat(reading.mostRead("today", "section/" + section + "-reads").stream()
              .sorted())
          .as("and none is counted once more")
          .containsExactlyElementsOf(expected);
    }
  }
}
