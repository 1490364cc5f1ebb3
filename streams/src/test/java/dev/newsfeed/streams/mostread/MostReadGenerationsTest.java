package dev.newsfeed.streams.mostread;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.notice;
import static dev.newsfeed.streams.News.published;
import static dev.newsfeed.streams.TestPipeline.BERLIN;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.state.LocalList;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.Job;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.News;
import dev.newsfeed.streams.TestPipeline;
import dev.newsfeed.streams.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.junit.jupiter.api.Test;

/** A recount: a later generation of the job, that serves when it is told to. */
class MostReadGenerationsTest {

  /** Monday, one in the afternoon in Berlin. */
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private static final Topic<LocalList> PARTS = new Topic<>(
      "parts",
      "parts",
      "window/scope",
      LocalList.class,
      TOPICS.serde(LocalList.class),
      4,
      Map.of(),
      "",
      "",
      "");

  private final AtomicBoolean serves = new AtomicBoolean();

  private MostRead job(Counting counting) {
    return new MostRead(
        TOPICS,
        JobClock.REAL,
        BERLIN,
        ReadRules.DEFAULT,
        ListRules.DEFAULT,
        new Generation(2, counting, serves::get));
  }

  private static void publish(TestPipeline pipeline, String id) {
    send(pipeline, published(article(id, 1).build(), NOON.minusSeconds(60)));
  }

  private static void send(TestPipeline pipeline, PublishedArticle published) {
    pipeline.pipe(TOPICS.published, published.getArticleId(), published);
  }

  private static void send(TestPipeline pipeline, Click click) {
    pipeline.pipe(TOPICS.clicks, click.getArticleId(), click);
  }

  private static Click suspect(String articleId, long visitor) {
    return Click.newBuilder(News.click(articleId, NOON, visitor))
        .setSuspect("bot")
        .build();
  }

  private static List<String> ids(MostReadList list) {
    return list.getEntries().stream()
        .map(e -> e.getArticleId() + ":" + e.getReads())
        .toList();
  }

  @Test
  void generationThatDoesNotServeWritesNothingAndEveryListWhenItDoes() {
    try (TestPipeline pipeline = new TestPipeline(job(Generation.AS_USUAL), NOON)) {
      publish(pipeline, "a");
      publish(pipeline, "b");
      send(pipeline, News.click("a", NOON, 1));
      send(pipeline, News.click("b", NOON, 1));
      send(pipeline, News.click("b", NOON, 2));
      pipeline.advance(Duration.ofMinutes(1));
      send(pipeline, notice("a", 2, NOON));
      pipeline.advance(Duration.ofSeconds(5));
      assertThat(pipeline.table(TOPICS.mostRead)).isEmpty();

      serves.set(true);
      pipeline.advance(Duration.ofSeconds(2));

      assertThat(pipeline.table(TOPICS.mostRead).keySet())
          .contains("now/all", "today/section/world", "this-week/kind/article");
      assertThat(pipeline.all(TOPICS.mostRead)).allSatisfy(list -> {
        assertThat(list.getGeneration()).isEqualTo(2);
        assertThat(ids(list)).containsExactly("b:2");
      });
    }
  }

  @Test
  void ranksAreComparedWithThoseOfTheSwitchNotOfAHalfReadLog() {
    try (TestPipeline pipeline = new TestPipeline(job(Generation.AS_USUAL), NOON)) {
      publish(pipeline, "a");
      publish(pipeline, "b");
      send(pipeline, News.click("a", NOON, 1));
      pipeline.advance(Duration.ofMinutes(6));
      send(pipeline, News.click("b", NOON, 1));
      send(pipeline, News.click("b", NOON, 2));

      serves.set(true);
      pipeline.advance(Duration.ofSeconds(3));

      assertThat(pipeline.table(TOPICS.mostRead).get("now/all").getEntries())
          .hasSize(2)
          .extracting(MostReadEntry::getRank, MostReadEntry::getPreviousRank)
          .allSatisfy(ranks ->
              assertThat(ranks.toList().get(0)).isEqualTo(ranks.toList().get(1)));
    }
  }

  @Test
  void suspectsAreReadsWhereThatWasAskedForAndTheListSaysSo() {
    serves.set(true);
    try (TestPipeline pipeline = new TestPipeline(job(new Counting(true, null)), NOON)) {
      publish(pipeline, "a");
      send(pipeline, News.click("a", NOON, 1));
      send(pipeline, suspect("a", 2));
      send(pipeline, suspect("a", 2));
      pipeline.advance(Duration.ofSeconds(3));

      MostReadList list = pipeline.table(TOPICS.mostRead).get("now/all");
      assertThat(ids(list)).containsExactly("a:2");
      assertThat(list.getRefused()).containsExactly(Map.entry("repeat", 1L));
      assertThat(list.getCountsSuspects()).isTrue();
    }
  }

  @Test
  void listSaysFromWhenItCountsOnlyWhereItsWindowBeganBefore() {
    serves.set(true);
    Instant morning = NOON.minus(Duration.ofHours(3));
    try (TestPipeline pipeline = new TestPipeline(job(new Counting(false, morning)), NOON)) {
      publish(pipeline, "a");
      send(pipeline, News.click("a", NOON, 1));
      pipeline.advance(Duration.ofSeconds(3));

      Map<String, MostReadList> lists = pipeline.table(TOPICS.mostRead);
      assertThat(lists.get("now/all").getCountedFrom()).isNull();
      assertThat(lists.get("today/all").getCountedFrom()).isEqualTo(morning);
      assertThat(lists.get("this-week/all").getCountedFrom()).isEqualTo(morning);
      assertThat(lists.get("now/all").getCountsSuspects()).isFalse();
    }
  }

  @Test
  void listsAreThoseOfThePartsAndNowIsThatOfEveryEdition() {
    assertThat(MostRead.lists(List.of(
            "now/all|0",
            "now/all|7",
            "today/all|0",
            "today/all@tokyo|0",
            "now/section/world|3",
            "this-week/section/world@new-york|3")))
        .containsExactlyInAnyOrder(
            "now/all",
            "now/all@tokyo",
            "now/all@new-york",
            "today/all",
            "today/all@tokyo",
            "now/section/world",
            "now/section/world@tokyo",
            "now/section/world@new-york",
            "this-week/section/world@new-york");
  }

  /** The merging half of the job: parts go straight into it. */
  private record Merge(MostRead job) implements Job {
    @Override
    public String name() {
      return "merge-side";
    }

    @Override
    public Duration commitInterval() {
      return Duration.ofMillis(500);
    }

    @Override
    public void addTo(StreamsBuilder streams) {
      KStream<String, SpecificRecord> merged = streams.stream(
              PARTS.name(), Wire.values("from-parts", PARTS))
          .process(new MergeLists(job), Named.as("merge-lists"));
      Wire.into(merged, TOPICS.mostRead, MostRead.INTO_MOST_READ);
    }
  }

  private static LocalList part(int partition, boolean serving) {
    return LocalList.newBuilder()
        .setPartition(partition)
        .setScope("all")
        .setWindow("now")
        .setAsOf(NOON)
        .setWindowStart(NOON.minusSeconds(3600))
        .setWindowEnd(NOON)
        .setReads(partition + 1)
        .setRefused(Map.of())
        .setEntries(List.of())
        .setServing(serving)
        .build();
  }

  @Test
  void listIsNotWrittenWhileOneOfItsPartsWasRankedBeforeTheSwitch() {
    try (TestPipeline pipeline = new TestPipeline(new Merge(job(Generation.AS_USUAL)), NOON)) {
      pipeline.pipe(PARTS, "now/all", part(0, false));
      pipeline.pipe(PARTS, "now/all", part(1, false));
      pipeline.pipe(PARTS, "now/all", part(0, true));
      pipeline.advance(Duration.ofSeconds(1));
      assertThat(pipeline.all(TOPICS.mostRead)).isEmpty();

      pipeline.pipe(PARTS, "now/all", part(1, true));
      pipeline.advance(Duration.ofSeconds(1));

      assertThat(pipeline.all(TOPICS.mostRead))
          .extracting(MostReadList::getReads)
          .containsExactly(3L);
    }
  }
}
