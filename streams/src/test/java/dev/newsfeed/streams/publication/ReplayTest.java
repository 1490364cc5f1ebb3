package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.withdrawal;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.TestPipeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReplayTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private final Replay replay = new Replay(TOPICS);

  @Test
  void tellsWhatBecameOfEachEvent() {
    List<Verdict> verdicts = new ArrayList<>();
    for (Article event : List.of(
        article("a", 2).build(),
        article("a", 1).build(),
        article("a", 2).build(),
        article("a", 2).setHeadline("Other").build(),
        article("a", 3).setHeadline("").build(),
        withdrawal("a", 4),
        article("a", 5).build(),
        article("a", 6).setRestore(true).build())) {
      verdicts.add(replay.take(event, NOON).verdict());
    }

    assertThat(verdicts)
        .containsExactly(
            Verdict.APPLIED,
            Verdict.STALE,
            Verdict.DUPLICATE,
            Verdict.REFUSED,
            Verdict.REFUSED,
            Verdict.APPLIED,
            Verdict.REFUSED,
            Verdict.APPLIED);
  }

  @Test
  void knowsWhenTheClockChangesSomething() {
    replay.take(article("a", 1).setEmbargoedUntil(NOON.plusSeconds(60)).build(), NOON);

    assertThat(replay.nextChange()).contains(NOON.plusSeconds(60));
    assertThat(replay.toldBy(NOON.plusSeconds(59))).isEmpty();
    assertThat(replay.toldBy(NOON.plusSeconds(60)).orElseThrow().getStatus())
        .isEqualTo(Status.usable);
  }

  @Test
  void endsWhereTheJobEnded() {
    try (TestPipeline pipeline = new TestPipeline(new Publication(TOPICS, JobClock.REAL), NOON)) {
      for (Article event : Stream.of(
              article("a", 1).setEmbargoedUntil(NOON.plusSeconds(2)),
              article("a", 3).setUrl("/new").setRepublish(true),
              article("a", 2).setUrl("/old"))
          .map(Article.Builder::build)
          .toList()) {
        pipeline.pipe(TOPICS.articles, "a", event);
        replay.take(event, pipeline.now());
        pipeline.advance(Duration.ofSeconds(4));
      }

      PublishedArticle published =
          Objects.requireNonNull(pipeline.table(TOPICS.published).get("a"));
      assertThat(replay.toldBy(pipeline.now()).orElseThrow().toString())
          .isEqualTo(published.toString());
    }
  }
}
