package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Click;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ThrowingRunnable;

/**
 * Some minutes of a Wednesday in a newsroom, always the same: what is published, decided and read, and
 * what must be seen of it, added up here from what is sent. Every clock but the broker's is set to that
 * day.
 *
 * <pre>
 * 12:02  a release works through it, is stopped and kept
 * 12:05  an embargo ends while nobody runs
 * 12:10  the next version starts on what was kept
 * 12:30  the readers' half hour ends
 * </pre>
 */
final class ReleaseDay {

  /** When a release begins to work. */
  static final Instant WORK = Instant.parse("2026-11-25T12:02:00Z");

  /** When its successor starts. */
  static final Instant UPGRADE = Instant.parse("2026-11-25T12:10:00Z");

  static final List<String> WINDOWS = List.of("now", "today", "this-week");

  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final Instant MORNING = Instant.parse("2026-11-25T08:10:00Z");
  private static final Instant YESTERDAY = Instant.parse("2026-11-24T15:00:00Z");
  private static final List<String> SECTIONS = List.of("world", "sport", "culture");
  private static final List<String> SCOPES =
      List.of("all", "section/world", "section/sport", "section/culture", "kind/gallery");
  private static final int STORIES = 12;
  private static final int MOVED = 9;
  private static final int WITHDRAWN = 10;
  private static final int EXCLUDED = 11;
  private static final int WITHHELD = 12;
  private static final int LIST_SIZE = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A word of the withdrawn article, and of nothing else. */
  static final String ERASED_WORD = "Quagmire";

  private static final Map<String, String> ENVIRONMENT = Map.of(
      NewsfeedSettings.GATEWAY_PORT, "0",
      NewsfeedSettings.INTAKE_PORT, "0",
      NewsfeedSettings.ZONE, "UTC",
      NewsfeedSettings.NOW_AT_LEAST, "0",
      NewsfeedSettings.VISITOR_SECRET, "known to every test of upgrades");

  private final List<Read> reads = new ArrayList<>();

  private record Read(String articleId, Instant at) {}

  /** The whole pipeline on a Kafka, at a moment of that day, going on from there. */
  static Pipeline start(KafkaCluster cluster, Path data, Instant moment) {
    Duration shift = Duration.between(Instant.now(), moment);
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.put(NewsfeedSettings.CLOCK, shift.toString());
    NewsfeedSettings settings =
        NewsfeedSettings.from(environment).with(KafkaSettings.of(cluster.bootstrapServers()));
    Pipeline pipeline =
        Pipeline.start(settings, data, Clock.offset(Clock.systemUTC(), shift), null);
    pipeline.awaitReady(Duration.ofMinutes(2));
    return pipeline;
  }

  static String story(int n) {
    return "day-" + n;
  }

  /** The hand of a reader that nobody else has. */
  static Reader reader(int story, int n) {
    return Reader.number(story * 60 + n);
  }

  private static String section(int n) {
    return n == MOVED ? "sport" : SECTIONS.get(n % SECTIONS.size());
  }

  private static String kind(int n) {
    return n % 4 == 1 ? "gallery" : "article";
  }

  /** An article as its newsroom sends it. */
  static ObjectNode article(String id, long version, String headline, String section) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id)
        .put("version", version)
        .put("headline", headline)
        .put("bodyHtml", "<p>" + headline + ".</p>")
        .put("section", section)
        .put("firstPublished", NOON.toString());
  }

  private static ObjectNode article(int n, long version) {
    String headline = n == WITHDRAWN ? ERASED_WORD + " by the river" : "Heron number " + n;
    return article(story(n), version, headline, section(n))
        .put("kind", kind(n))
        .put("firstPublished", NOON.minus(Duration.ofHours(n)).toString());
  }

  /** Does all of it. */
  void work(Pipeline pipeline, NewsfeedSettings settings) {
    IntakeClient intake = new IntakeClient(pipeline.intakeUrl());
    readEarlier(settings);
    for (int n = 1; n <= STORIES; n++) {
      send(intake, n == MOVED ? article(n, 1).put("section", "world") : article(n, 1));
    }
    send(
        intake,
        article("day-due", 1, "Out at five past", "clock")
            .put("embargoedUntil", "2026-11-25T12:05:00Z"));
    send(
        intake,
        article("day-held", 1, "Out in the evening", "clock")
            .put("embargoedUntil", "2026-11-25T20:00:00Z"));
    for (int n = 1; n <= STORIES; n++) {
      for (int reader = 0; reader < 2 + n * 5 % 7; reader++) {
        intake.click(story(n), reader(n, reader));
        if (reader % 2 == 0) {
          intake.click(story(n), reader(n, reader)); // no further read
        }
        reads.add(new Read(story(n), WORK));
      }
      intake.click(story(n), Reader.crawler(n));
    }
    for (int reader = 0; reader < 3; reader++) {
      intake.click("day-later", reader(0, reader));
      reads.add(new Read("day-later", WORK));
    }
    decide(intake);
    Reading clumsy = new Reading(pipeline.gatewayUrl(), pipeline.intakeUrl());
    assertThat(clumsy.put("/v1/articles/day-bad", "{".getBytes(UTF_8)).status()).isEqualTo(400);
  }

  private void decide(IntakeClient intake) {
    send(intake, article(MOVED, 2));
    send(intake, article(1, 2).put("headline", "Heron number 1, corrected"));
    send(intake, article(WITHHELD, 2).put("status", "withheld"));
    assertThat(intake.withdraw(story(WITHDRAWN), 2, "Not true").accepted()).isTrue();
    ObjectNode list = JSON.createObjectNode().put("by", "mara");
    for (int n : List.of(2, WITHDRAWN, 1)) {
      list.withArray("entries").addObject().put("articleId", story(n));
    }
    assertThat(intake.curate("top-stories", list).accepted()).isTrue();
    ObjectNode excluded = JSON.createObjectNode().put("excluded", true).put("by", "mara");
    assertThat(intake.decide(story(EXCLUDED), excluded).accepted()).isTrue();
  }

  private static void send(IntakeClient intake, ObjectNode article) {
    IntakeClient.Answer answer = intake.publish(article);
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  /** What other collectors have counted before: of a day and a half, straight to the topic. */
  private void readEarlier(NewsfeedSettings settings) {
    Topic<Click> clicks = settings.topics().clicks;
    try (KafkaProducer<String, byte[]> collector = new KafkaProducer<>(
        settings.kafka().with(Map.of("acks", "all")),
        new StringSerializer(),
        new ByteArraySerializer())) {
      long visitor = 0;
      for (int n = 1; n <= STORIES; n++) {
        for (int reader = 0; reader < n * 3 % 5 + n * 7 % 4; reader++) {
          Instant at = reader < n * 3 % 5 ? MORNING : YESTERDAY;
          reads.add(new Read(story(n), at));
          Click click = Click.newBuilder()
              .setArticleId(story(n))
              .setReceivedAtMs(at.toEpochMilli())
              .setVisitor(++visitor)
              .build();
          collector
              .send(new ProducerRecord<>(
                  clicks.name(), story(n), clicks.valueSerde().write(clicks.name(), click)))
              .get();
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What must be seen of it. */
  ObjectNode expected(String release) {
    ObjectNode expected = JSON.createObjectNode().put("release", release);
    Map<String, List<String>> feeds = new TreeMap<>();
    for (int n = 1; n <= STORIES; n++) { // the higher the number, the older
      if (n != WITHDRAWN && n != WITHHELD) {
        for (String feed : List.of("all", "section/" + section(n), "kind/" + kind(n))) {
          feeds.computeIfAbsent(feed, f -> new ArrayList<>()).add(story(n));
        }
      }
    }
    feeds.remove("all"); // what the clock lets out meanwhile is in it, too
    feeds.remove("kind/article");
    feeds.put("curated/top-stories", List.of(story(2), story(1)));
    expected.set("feeds", JSON.valueToTree(feeds));
    Map<String, List<String>> lists = new TreeMap<>();
    Map<String, Long> totals = new TreeMap<>();
    for (String window : WINDOWS) {
      SCOPES.forEach(scope -> lists.put(window + "?scope=" + scope, mostRead(window, scope)));
      totals.put(window + "?scope=all", in(window).count());
    }
    expected.set("mostRead", JSON.valueToTree(lists));
    expected.set("reads", JSON.valueToTree(totals));
    return expected;
  }

  private Stream<Read> in(String window) {
    return reads.stream().filter(read -> switch (window) {
      case "now" -> read.at().equals(WORK);
      case "today" -> !read.at().equals(YESTERDAY);
      default -> true;
    });
  }

  private List<String> mostRead(String window, String scope) {
    Map<Integer, Long> counts = new TreeMap<>();
    for (int n = 1; n <= STORIES; n++) {
      String id = story(n);
      long count = in(window).filter(read -> read.articleId().equals(id)).count();
      boolean listed = n != WITHDRAWN && n != EXCLUDED && n != WITHHELD;
      if (count > 0
          && listed
          && List.of("all", "section/" + section(n), "kind/" + kind(n)).contains(scope)) {
        counts.put(n, count);
      }
    }
    return counts.keySet().stream()
        .sorted(Comparator.comparing((Integer n) -> counts.get(n))
            .reversed()
            .thenComparing(Comparator.naturalOrder())) // the newest, which has the lowest number
        .limit(LIST_SIZE)
        .map(n -> story(n) + "=" + counts.get(n))
        .toList();
  }

  /** Waits until a site sees what must be seen. */
  static void awaitSeen(Pipeline pipeline, JsonNode expected) {
    Reading reading = new Reading(pipeline.gatewayUrl(), pipeline.intakeUrl());
    soon(() -> {
      expected
          .path("feeds")
          .properties()
          .forEach(feed -> assertThat(reading.wholeFeed(feed.getKey()))
              .as(feed.getKey())
              .isEqualTo(texts(feed.getValue())));
      expected
          .path("mostRead")
          .properties()
          .forEach(list -> assertThat(mostRead(reading, list.getKey()))
              .as(list.getKey())
              .isEqualTo(texts(list.getValue())));
      expected
          .path("reads")
          .properties()
          .forEach(list -> assertThat(reading
                  .get("/most-read/" + list.getKey())
                  .json()
                  .path("reads")
                  .asLong())
              .as(list.getKey())
              .isEqualTo(list.getValue().asLong()));
      assertThat(reading.get("/articles/" + story(WITHDRAWN)).status()).isEqualTo(410);
      assertThat(reading.get("/articles/" + story(WITHHELD)).status()).isEqualTo(404);
      assertThat(reading.get("/articles/day-held").status()).isEqualTo(404);
      assertThat(reading.get("/articles/" + story(1) + ".json").body()).contains("1, corrected");
      assertThat(found(reading, "heron")).hasSize(STORIES - 2).contains(story(1), story(MOVED));
      assertThat(found(reading, ERASED_WORD)).isEmpty();
    });
  }

  private static List<String> mostRead(Reading reading, String query) {
    String[] windowAndScope = query.split("\\?scope=", 2);
    return reading.mostRead(windowAndScope[0], windowAndScope[1]);
  }

  /** What a search finds. */
  static TreeSet<String> found(Reading reading, String word) {
    TreeSet<String> ids = new TreeSet<>();
    reading
        .get("/search.json?q=" + word)
        .json()
        .path("items")
        .forEach(item -> ids.add(item.path("_newsfeed").path("articleId").asText()));
    return ids;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  static void soon(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(assertion);
  }
}
