package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Control;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.files.RefusedItems;
import dev.newsfeed.producer.formats.NewsImport;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What newsrooms, readers and sites can rely on, whichever Kafka is below: the whole pipeline in this
 * JVM, reached over HTTP and Kafka as they reach it. Each test has articles of its own.
 */
abstract class ContractSuite extends BrokerSuite {

  private static final Path AG_NEWS = Path.of("../../shared/data/ag-news.csv");
  private static final Duration WITHDRAWN_WITHIN = Duration.ofSeconds(5);
  private static final Duration DECIDED_WITHIN = Duration.ofSeconds(5);
  private static final List<String> WINDOWS = List.of("now", "today", "this-week");

  @Test
  void publishedArticleIsInEveryFeedOnItsPageAndToldToSubscribers() {
    try (EventStream events = reading().events("?feeds=section/harbour")) {
      publish(article("harbour-1", 1, "Harbour opens its gates", "harbour"));

      soon().untilAsserted(() -> {
        for (String feed : List.of("all", "section/harbour", "topic/trade", "kind/article")) {
          assertThat(reading().feed(feed)).as(feed).contains("harbour-1");
        }
        assertThat(reading().get("/feeds/section/harbour.rss").body())
            .contains("Harbour opens its gates");
        assertThat(reading().get("/feeds/section/harbour.atom").body())
            .contains("Harbour opens its gates");
        assertThat(reading().get("/articles/harbour-1", "Accept", "text/html").body())
            .contains("Harbour opens its gates");
        assertThat(events.told("published", "harbour-1")).hasSize(1);
      });
    }
  }

  @Test
  void updatedArticleKeepsItsPlace() {
    Instant hourAgo = Instant.now().minusSeconds(3_600);
    publish(article("place-1", 1, "Older", "places").put("firstPublished", hourAgo.toString()));
    publish(article("place-2", 1, "Newer", "places"));
    soon().until(() -> reading().feed("section/places").equals(List.of("place-2", "place-1")));

    publish(article("place-1", 2, "Older, updated", "places")
        .put("firstPublished", hourAgo.toString()));

    soon()
        .until(() -> reading().get("/feeds/section/places.rss").body().contains("Older, updated"));
    assertThat(reading().feed("section/places")).containsExactly("place-2", "place-1");
  }

  @Test
  void clicksOfReadersPutAnArticleIntoEveryMostReadListItBelongsTo() {
    publish(article("read-1", 1, "Read by five", "reading"));
    publish(article("read-2", 1, "Read by three", "reading"));

    for (int n = 0; n < 5; n++) {
      intake().click("read-1", Reader.number(n));
      intake().click("read-1", Reader.number(n)); // the same reader again: no further read
    }
    for (int n = 0; n < 3; n++) {
      intake().click("read-2", Reader.number(n));
    }
    intake().click("read-2", Reader.crawler(7));

    soon().untilAsserted(() -> {
      for (String window : WINDOWS) {
        assertThat(reading().mostRead(window, "section/reading"))
            .as(window)
            .containsExactly("read-1=5", "read-2=3");
        assertThat(reading().mostRead(window, "all")).as(window).contains("read-1=5", "read-2=3");
        assertThat(reading().mostRead(window, "kind/article")).as(window).contains("read-1=5");
      }
    });
  }

  @Test
  void whatAnEditorDecidesHoldsInMostReadAtOnceAndUntilItIsTakenBack() {
    publish(article("decide-1", 1, "Read by two", "decisions"));
    publish(article("decide-2", 1, "Read by one", "decisions"));
    intake().click("decide-1", Reader.number(1));
    intake().click("decide-1", Reader.number(2));
    intake().click("decide-2", Reader.number(1));
    soon()
        .until(() -> reading()
            .mostRead("now", "section/decisions")
            .equals(List.of("decide-1=2", "decide-2=1")));

    decide("decide-1", true);
    await().atMost(DECIDED_WITHIN).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
      for (String window : WINDOWS) {
        assertThat(reading().mostRead(window, "section/decisions"))
            .as(window)
            .containsExactly("decide-2=1");
        assertThat(reading().mostRead(window, "all")).as(window).doesNotContain("decide-1=2");
      }
    });

    decide("decide-1", false);
    soon()
        .until(() -> reading()
            .mostRead("now", "section/decisions")
            .equals(List.of("decide-1=2", "decide-2=1")));
  }

  private void decide(String key, boolean excluded) {
    Topic<Control> controls = newsfeed().settings().topics().controls;
    Control decision = Control.newBuilder()
        .setKey(key)
        .setExcluded(excluded)
        .setBy("desk")
        .setAt(Instant.now())
        .build();
    newsfeed().write(controls, key, controls.valueSerde().write(controls.name(), decision));
  }

  @Test
  void withdrawnArticleIsGoneFromEverywhereWithinFiveSeconds() {
    publish(article("kill-1", 1, "Must never have been", "kills"));
    publish(article("kill-2", 1, "Stays", "kills"));
    for (int n = 0; n < 4; n++) {
      intake().click("kill-1", Reader.number(n));
    }
    soon()
        .until(() -> reading().feed("section/kills").size() == 2
            && reading().mostRead("now", "section/kills").equals(List.of("kill-1=4")));

    try (EventStream events = reading().events("?feeds=section/elsewhere")) {
      assertThat(intake().withdraw("kill-1", 2, "Not true").status()).isEqualTo(201);

      await().atMost(WITHDRAWN_WITHIN).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
        for (String feed : List.of("all", "section/kills", "topic/trade", "kind/article")) {
          assertThat(reading().feed(feed)).as(feed).doesNotContain("kill-1");
          for (String format : List.of(".rss", ".atom")) {
            assertThat(reading().get("/feeds/" + feed + format).body())
                .as(feed + format)
                .doesNotContain("Must never have been");
          }
        }
        for (String window : WINDOWS) {
          for (String scope : List.of("all", "section/kills", "kind/article")) {
            assertThat(reading().mostRead(window, scope))
                .as(window + " " + scope)
                .noneMatch(entry -> entry.startsWith("kill-1="));
          }
        }
        assertThat(reading().get("/articles/kill-1").status()).isEqualTo(410);
        assertThat(reading().get("/articles/kill-1").body()).contains("Not true");
        assertThat(reading().get("/articles/kill-1", "Accept", "text/html").status())
            .isEqualTo(410);
        assertThat(reading().get("/", "Accept", "text/html").body())
            .doesNotContain("Must never have been");
        assertThat(events.told("withdrawn", "kill-1")).hasSize(1);
      });
    }
    assertThat(reading().feed("section/kills")).containsExactly("kill-2");
  }

  @Test
  void textThatIsNotJsonIsRefusedAndKept() {
    byte[] sent = "{\"headline\": ".getBytes(UTF_8);

    Reading.Page answer = reading().put("/v1/articles/bad-json", sent);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("detail").asText()).isNotEmpty();
    soon()
        .until(() -> newsfeed().rejected().stream()
            .anyMatch(r -> r.getSize() == sent.length && r.getReason().equals("malformed-json")));
    nextArticleArrives("after-json");
  }

  @Test
  void missingHeadlineIsNamedAndKept() {
    Reading.Page answer =
        reading().put("/v1/articles/bad-headline", "{\"version\": 1}".getBytes(UTF_8));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("errors").findValuesAsText("field")).containsExactly("headline");
    soon()
        .until(() -> newsfeed().rejected().stream()
            .anyMatch(
                r -> r.getReason().equals("missing-field") && "headline".equals(r.getField())));
    nextArticleArrives("after-headline");
  }

  @Test
  void bodyOfTwoMegabytesIsRefusedAndKept() {
    ObjectNode huge = article("bad-size", 1, "Huge", "sizes").put("bodyHtml", "x".repeat(2 << 20));

    Reading.Page answer = reading().put("/v1/articles/bad-size", huge.toString().getBytes(UTF_8));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().path("detail").asText()).contains("1048576");
    soon()
        .until(
            () -> newsfeed().rejected().stream().anyMatch(r -> r.getReason().equals("too-large")));
    nextArticleArrives("after-size");
  }

  @Test
  void sameVersionWithOtherContentIsRefusedAndTheFirstStays() {
    publish(article("conflict-1", 1, "First word", "conflicts"));
    soon().until(() -> reading().feed("section/conflicts").contains("conflict-1"));

    publish(article("conflict-1", 1, "Second word", "conflicts"));

    soon()
        .until(() ->
            newsfeed().rejected().stream().anyMatch(r -> r.getReason().equals("version-conflict")));
    assertThat(reading().get("/feeds/section/conflicts.rss").body())
        .contains("First word")
        .doesNotContain("Second word");
    nextArticleArrives("after-conflict");
  }

  @ParameterizedTest
  @ValueSource(strings = {"articles", "clicks"})
  void garbageOnATopicIsKeptAndTheNextArticleArrives(String topicName) throws Exception {
    Topic<?> topic = newsfeed().settings().topics().all().stream()
        .filter(t -> t.shortName().equals(topicName))
        .findFirst()
        .orElseThrow();
    byte[] unknownSchema = {0, 0x7f, 0, 0, 1, 2, 3};

    List<RecordMetadata> places = List.of(
        newsfeed().write(topic, "garbage", "not Avro".getBytes(UTF_8)),
        newsfeed().write(topic, "garbage", unknownSchema),
        newsfeed().write(topic, "garbage", new byte[0]));

    soon().untilAsserted(() -> {
      for (RecordMetadata place : places) {
        assertThat(newsfeed().rejected())
            .anyMatch(r -> topic.name().equals(r.getTopic())
                && Integer.valueOf(place.partition()).equals(r.getPartition())
                && Long.valueOf(place.offset()).equals(r.getOffset()));
      }
    });
    nextArticleArrives("after-garbage-on-" + topicName);
    intake().click("after-garbage-on-" + topicName, Reader.number(1));
    soon()
        .until(() -> reading()
            .mostRead("now", "section/next")
            .contains("after-garbage-on-" + topicName + "=1"));
  }

  @Test
  void everyImportedItemIsFoundByPagingItsSection() throws Exception {
    assumeTrue(Files.exists(AG_NEWS), "the AG news are not beside this checkout");
    Map<String, Set<String>> bySection = new TreeMap<>();
    NewsImport news = new NewsImport(Instant.now(), ImportCommand.GAP, 1);
    try (var items = news.read(AG_NEWS)) {
      items.forEach(item -> {
        if (item instanceof NewsImport.Story story) {
          bySection
              .computeIfAbsent(story.article().getSection().getSlug(), s -> new HashSet<>())
              .add(story.article().getArticleId());
        }
      });
    }

    List<String> refused = new ArrayList<>();
    FileImport run;
    KafkaSettings kafka = newsfeed().settings().kafka();
    Topics topics = newsfeed().settings().topics();
    try (ArticlePublisher publisher = new ArticlePublisher(kafka, topics);
        RefusedItems refusals = new RefusedItems(kafka, topics, Clock.systemUTC())) {
      run = new FileImport(publisher, refusals, news, line -> {
        if (line.startsWith("refused")) {
          refused.add(line);
        }
      });
      run.add(AG_NEWS);
    }

    assertThat(refused).isEmpty();
    assertThat(run.published()).isEqualTo(4_000);
    bySection.forEach((slug, ids) -> await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> {
          List<String> found = reading().wholeFeed("section/" + slug);
          assertThat(found).as(slug).doesNotHaveDuplicates().containsAll(ids);
        }));
  }

  private void nextArticleArrives(String articleId) {
    publish(article(articleId, 1, "The next one", "next"));
    soon().until(() -> reading().feed("section/next").contains(articleId));
  }

  private static ObjectNode article(String id, long version, String headline, String section) {
    ObjectNode article = JsonNodeFactory.instance.objectNode();
    article
        .put("articleId", id)
        .put("version", version)
        .put("headline", headline)
        .put("lead", "What happened, in a sentence.")
        .put("bodyHtml", "<p>More of it.</p>")
        .put("section", section);
    article.putArray("topics").add("trade");
    return article;
  }
}
