package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** News of long ago, of never and of tomorrow, on a broker that looks for what to delete all the time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackfillIT {

  private static final Instant JUNE_2017 = Instant.parse("2017-06-01T00:00:00Z");
  private static final Duration MONTH = Duration.ofDays(30);
  private static final int OLD = 500;
  private static final int NEW = 5;
  private static final long SEED = 20_170_601;

  private KafkaCluster cluster;
  private TestNewsfeed newsfeed;
  private TopicTuning tuning;

  private Path data;

  @BeforeAll
  void start(@TempDir Path directory) {
    data = directory;
    cluster = KafkaCluster.embedded(TopicTuning.IMPATIENT);
    newsfeed = new TestNewsfeed(cluster, data.resolve("first"));
    tuning = new TopicTuning(newsfeed.settings().kafka());
  }

  @AfterAll
  void stop() {
    if (tuning != null) {
      tuning.close();
      newsfeed.close();
    }
    cluster.close();
  }

  @Test
  void newsOf2017StandAtTheirDatesAfterRetentionHasRun() {
    String articles = newsfeed.settings().topics().articles.name();
    List<Article> today = IntStream.range(0, NEW).mapToObj(BackfillIT::ofToday).toList();
    List<Article> old =
        new ArrayList<>(IntStream.range(0, OLD).mapToObj(BackfillIT::of2017).toList());
    List<String> expected = Stream.concat(today.stream(), old.stream())
        .sorted(Comparator.comparing(Article::getFirstPublished)
            .reversed()
            .thenComparing(Article::getArticleId))
        .map(Article::getArticleId)
        .toList();
    Collections.shuffle(old, new Random(SEED));

    publish(today);
    publish(old.subList(0, OLD / 2));
    soon(() -> assertThat(newsfeed.reading().wholeFeed("section/backfill")).hasSize(NEW + OLD / 2));
    tuning.forgetAll(articles);
    publish(old.subList(OLD / 2, OLD));
    soon(() -> assertInOrder(expected));
    tuning.forgetAll(articles);
    assertInOrder(expected);

    // and for who begins afterwards, without the state of before
    newsfeed.close();
    newsfeed = new TestNewsfeed(cluster, data.resolve("second"));
    soon(() -> assertInOrder(expected));
    publish(List.of(ofToday(NEW)));
    List<String> more = Stream.concat(Stream.of("today-5"), expected.stream()).toList();
    soon(() -> assertInOrder(more));
  }

  private void assertInOrder(List<String> expected) {
    for (String feed : List.of("section/backfill", "topic/history", "person/mara-velden")) {
      assertThat(newsfeed.reading().wholeFeed(feed)).as(feed).isEqualTo(expected);
      assertThat(newsfeed.head(feed)).as(feed).isNotNull();
      assertThat(newsfeed.head(feed).getTotal()).as(feed).isEqualTo(expected.size());
      assertThat(newsfeed.head(feed).getEntries())
          .as(feed)
          .extracting(FeedEntry::getArticleId)
          .isEqualTo(expected.subList(0, 100));
    }
    // others put articles into these, too
    assertThat(newsfeed.reading().wholeFeed("all")).containsSubsequence(expected);
    assertThat(newsfeed.reading().wholeFeed("kind/article")).containsSubsequence(expected);
  }

  /** The fields of an article that hold a date, and how a careless program fills them. */
  private static final Map<String, BiConsumer<Article.Builder, Instant>> DATES = dates();

  private static Map<String, BiConsumer<Article.Builder, Instant>> dates() {
    Map<String, BiConsumer<Article.Builder, Instant>> dates = new LinkedHashMap<>();
    dates.put("firstPublished", Article.Builder::setFirstPublished);
    dates.put("versionCreated", Article.Builder::setVersionCreated);
    dates.put("embargoedUntil", Article.Builder::setEmbargoedUntil);
    dates.put("expires", Article.Builder::setExpires);
    dates.put("correction.at", (article, at) -> article.setCorrection(new Correction("Wrong", at)));
    return dates;
  }

  @Test
  void datesThatCannotBeAreRefusedWithTheirReasonAndStopNothing() {
    Topic<Article> topic = newsfeed.settings().topics().articles;
    List<Instant> impossible = List.of(
        Instant.parse("9999-12-31T23:59:59Z"),
        Instant.parse("0000-01-01T00:00:00Z"),
        Instant.parse("-0001-06-01T00:00:00Z"),
        Instant.parse("1899-12-31T23:59:59Z"),
        Instant.ofEpochMilli(Long.MAX_VALUE),
        Instant.ofEpochMilli(Long.MIN_VALUE));
    Map<RecordMetadata, String> sent = new LinkedHashMap<>();
    DATES.forEach((field, set) -> impossible.forEach(date -> {
      Article.Builder article = Article.newBuilder(article("never-" + sent.size(), "never"));
      set.accept(article, date);
      byte[] value = topic.valueSerde().write(topic.name(), article.build());
      sent.put(newsfeed.write(topic, article.getArticleId(), value), field);
    }));

    soon(() -> sent.forEach((place, field) -> assertThat(newsfeed.rejected())
        .as("%s at %s", field, place)
        .anyMatch(refused -> stoodAt(refused, place)
            && refused.getReason().equals("invalid-field")
            && field.equals(refused.getField()))));
    nextArrives("never");
    assertThat(newsfeed.reading().wholeFeed("section/never")).containsExactly("after-never");
    assertThat(newsfeed.published("never-0")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9999-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "-0001-06-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "1899-12-31T23:59:59Z"
      })
  void dateThatCannotBeIsNamedToTheSender(String date) {
    ObjectNode article = JsonNodeFactory.instance
        .objectNode()
        .put("version", 1)
        .put("headline", "Of no time")
        .put("firstPublished", date);
    int before = newsfeed.rejected().size();

    Reading.Page answer =
        newsfeed.reading().put("/v1/articles/no-time", article.toString().getBytes(UTF_8));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("errors").findValuesAsText("field"))
        .containsExactly("firstPublished");
    soon(
        () -> assertThat(newsfeed.rejected().subList(before, newsfeed.rejected().size()))
            .anyMatch(refused -> "firstPublished".equals(refused.getField())));
    assertThat(newsfeed.reading().get("/articles/no-time").status()).isEqualTo(404);
  }

  @Test
  void datesBefore1970AreOnlyOld() {
    publish(List.of(
        dated("moon-landing", "long-ago", Instant.parse("1969-07-20T20:17:40Z")),
        dated("epoch", "long-ago", Instant.EPOCH),
        dated("first-zeppelin", "long-ago", Instant.parse("1900-07-02T18:03:00Z")),
        dated("earliest", "long-ago", Instant.parse("1900-01-01T00:00:00Z")),
        dated("recent", "long-ago", Instant.parse("2017-06-01T00:00:00Z"))));

    soon(() -> assertThat(newsfeed.reading().wholeFeed("section/long-ago"))
        .containsExactly("recent", "epoch", "moon-landing", "first-zeppelin", "earliest"));
  }

  @Test
  void articleOfTheDayAfterTomorrowIsScheduled() {
    Instant in48Hours = Instant.now().plus(Duration.ofHours(48)).truncatedTo(ChronoUnit.MILLIS);
    publish(List.of(
        dated("planned", "tomorrow", in48Hours),
        Article.newBuilder(article("held", "tomorrow"))
            .setEmbargoedUntil(in48Hours)
            .build()));
    nextArrives("tomorrow");

    soon(() -> assertThat(newsfeed.reading().wholeFeed("section/tomorrow"))
        .containsExactly("after-tomorrow"));
    for (String id : List.of("planned", "held")) {
      assertThat(newsfeed.published(id)).isEmpty();
      assertThat(newsfeed.reading().get("/articles/" + id).status()).isEqualTo(404);
    }
    // it is not lost: the editor takes it forward
    publish(List.of(Article.newBuilder(article("planned", "tomorrow"))
        .setVersion(2)
        .setFirstPublished(Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS))
        .build()));
    soon(() -> assertThat(newsfeed.reading().wholeFeed("section/tomorrow"))
        .containsExactly("after-tomorrow", "planned"));
  }

  /** Nothing hangs on the dates of records: they are the broker's, whatever a sender writes. */
  @Test
  void recordsOfWhateverDateAreReadAndKeptLikeAnyOther() {
    Topic<Article> topic = newsfeed.settings().topics().articles;
    Instant begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Map<String, Instant> dates = new LinkedHashMap<>();
    dates.put("record-0", Instant.EPOCH);
    dates.put("record-2017", JUNE_2017);
    dates.put("record-48-hours", begun.plus(Duration.ofHours(48)));
    dates.put("record-9999", Instant.parse("9999-12-31T23:59:59Z"));
    dates.put("record-extreme", Instant.ofEpochMilli(Long.MAX_VALUE));
    Map<String, RecordMetadata> places = new LinkedHashMap<>();

    dates.forEach((id, date) -> places.put(
        id,
        newsfeed.write(
            topic,
            id,
            topic.valueSerde().write(topic.name(), article(id, "records")),
            date.toEpochMilli())));
    nextArrives("records");

    soon(() -> assertThat(newsfeed.reading().wholeFeed("section/records"))
        .containsAll(dates.keySet())
        .hasSize(dates.size() + 1));
    places.forEach((id, place) -> {
      assertThat(Instant.ofEpochMilli(place.timestamp())).as(id).isBetween(begun, Instant.now());
      // an article without a date of its own bears the moment at which it was accepted
      assertThat(newsfeed.published(id).get(0).getFeedTime())
          .as(id)
          .isEqualTo(Instant.ofEpochMilli(place.timestamp()));
    });
    assertKept(places);
  }

  /** Retention has run over the topic since, and did not take them for old. */
  private void assertKept(Map<String, RecordMetadata> places) {
    String topic = newsfeed.settings().topics().articles.name();
    String sentinel = newsfeed.settings().topics().rejected.name();
    newsfeed.write(newsfeed.settings().topics().rejected, "sentinel", new byte[] {1});
    tuning.forgetAll(sentinel); // one round of the broker's retention at least
    Map<TopicPartition, Long> beginnings = tuning.beginnings(List.of(topic));
    places.forEach(
        (id, place) -> assertThat(beginnings.get(new TopicPartition(topic, place.partition())))
            .as(id)
            .isLessThanOrEqualTo(place.offset()));
  }

  private static boolean stoodAt(Rejected refused, RecordMetadata place) {
    return place.topic().equals(refused.getTopic())
        && Integer.valueOf(place.partition()).equals(refused.getPartition())
        && Long.valueOf(place.offset()).equals(refused.getOffset());
  }

  /** All that was sent before it has been decided on, and every job is still at work. */
  private void nextArrives(String section) {
    int partitions = newsfeed.settings().topics().articles.partitions();
    publish(List.of(article("after-" + section, section)));
    // one on each partition, so that nothing before them can still be under way
    publish(IntStream.range(0, 8 * partitions)
        .mapToObj(n -> article("fence-" + section + "-" + n, "fence-" + section))
        .toList());
    soon(() -> {
      assertThat(newsfeed.reading().wholeFeed("section/fence-" + section)).hasSize(8 * partitions);
      assertThat(newsfeed.reading().feed("section/" + section)).contains("after-" + section);
    });
    assertThat(newsfeed.failure()).isNull();
  }

  private void publish(List<Article> articles) {
    try (ArticlePublisher publisher =
        new ArticlePublisher(newsfeed.settings().kafka(), newsfeed.settings().topics())) {
      CompletableFuture.allOf(articles.stream()
              .map(article -> publisher.publish(article).toCompletableFuture())
              .toArray(CompletableFuture<?>[]::new))
          .join();
    }
  }

  /** Two articles share each moment, so the order among them is that of their ids. */
  private static Article of2017(int n) {
    Instant at = JUNE_2017.plus(MONTH.multipliedBy(n / 2).dividedBy(OLD / 2));
    return everywhere(dated("june-%03d".formatted(n), "backfill", at));
  }

  private static Article ofToday(int n) {
    Instant at = Instant.now().minusSeconds(60 - n).truncatedTo(ChronoUnit.MILLIS);
    return everywhere(dated("today-" + n, "backfill", at));
  }

  private static Article everywhere(Article article) {
    return Article.newBuilder(article)
        .setTopics(List.of(new Label("history", "History")))
        .setPersons(List.of(new Label("mara-velden", "Mara Velden")))
        .build();
  }

  private static Article dated(String id, String section, Instant firstPublished) {
    return Article.newBuilder(article(id, section))
        .setFirstPublished(firstPublished)
        .build();
  }

  private static Article article(String id, String section) {
    return Article.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setHeadline("Headline of " + id)
        .setSection(new Label(section, section))
        .build();
  }

  private static void soon(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(assertion);
  }
}
