package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.withdrawal;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.Jobs;
import dev.newsfeed.streams.TestPipeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublicationTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private final TestPipeline pipeline =
      new TestPipeline(new Publication(TOPICS, JobClock.REAL), NOON);

  @AfterEach
  void close() {
    pipeline.close();
  }

  private void send(Article event) {
    pipeline.pipe(TOPICS.articles, event.getArticleId(), event);
  }

  @Test
  void versionsInAnyOrderEndAtTheHighest() {
    send(article("a", 1).build());
    send(article("a", 3).build());
    send(article("a", 2).build());

    assertThat(pipeline.table(TOPICS.published).get("a").getVersion()).isEqualTo(3);
    assertThat(pipeline.all(TOPICS.published)).hasSize(2);
    assertThat(pipeline.all(TOPICS.rejected)).isEmpty();
    assertThat(pipeline.counted("stale")).isEqualTo(1);
    assertThat(pipeline.counted("applied")).isEqualTo(2);
  }

  @Test
  void sameVersionWithOtherContentIsRefusedWithBothHashesAndItsBytes() {
    Article first = article("a", 1).build();
    Article other = article("a", 1).setHeadline("Something else").build();
    send(first);
    send(other);

    Rejected rejected = pipeline.onlyRejected();
    assertThat(rejected.getReason()).isEqualTo("version-conflict");
    assertThat(rejected.getDetail()).contains(hash(first), hash(other));
    assertThat(rejected.getBytes().array())
        .isEqualTo(TOPICS.articles.valueSerde().write("t", other));
    assertThat(pipeline.table(TOPICS.published).get("a").getArticle().getHeadline())
        .isEqualTo(first.getHeadline());
    assertThat(pipeline.counted("refused")).isEqualTo(1);
  }

  private static String hash(Article article) {
    return Refusals.sha256(TOPICS.articles.valueSerde().write("t", article));
  }

  @Test
  void anAutosaveAfterAKillIsRefusedAndItsTextIsSoonGoneFromTheState() {
    send(article("a", 1).build());
    send(withdrawal("a", 2));
    send(article("a", 3).setBodyHtml("<p>marker</p>").build());

    assertThat(pipeline.onlyRejected().getReason()).isEqualTo("withdrawn");
    assertThat(pipeline.table(TOPICS.published).get("a").getStatus()).isEqualTo(Status.canceled);
    assertThat(state("a")).contains("marker");
    pipeline.advance(VersionRule.SETTLE);
    assertThat(state("a")).doesNotContain("marker");
  }

  private String state(String articleId) {
    String changelog = Jobs.applicationId(new Publication(TOPICS, JobClock.REAL), TOPICS) + "-"
        + Publication.ARTICLES_BY_ID + "-changelog";
    return new String(pipeline.rawTable(changelog).get(articleId), StandardCharsets.UTF_8);
  }

  @Test
  void aRetryIsADuplicateAlthoughItWasSentLater() {
    send(article("a", 1).setVersionCreated(NOON).build());
    send(article("a", 1).setVersionCreated(NOON.plusSeconds(9)).build());

    assertThat(pipeline.all(TOPICS.published)).hasSize(1);
    assertThat(pipeline.all(TOPICS.rejected)).isEmpty();
  }

  @Test
  void withdrawalIsASmallNoticeAndNeverANull() {
    send(article("a", 1).build());
    send(withdrawal("a", 2));

    PublishedArticle notice = pipeline.table(TOPICS.published).get("a");
    assertThat(notice.getStatus()).isEqualTo(Status.canceled);
    assertThat(notice.getWithdrawal().getReason()).isEqualTo("legal");
    assertThat(notice.getArticle()).isNull();
  }

  @Test
  void whatIsNoDecisionOfAnEditorIsKeptForTheJobThatPassesItOver() {
    byte[] garbage = "?!%".getBytes(StandardCharsets.UTF_8);
    Control control = Control.newBuilder()
        .setKey("a")
        .setExcluded(true)
        .setBy("mara")
        .setAt(pipeline.now())
        .build();

    pipeline.pipeBytes(TOPICS.controls, "a", garbage);
    pipeline.pipe(TOPICS.controls, "b", control);
    pipeline.pipe(TOPICS.controls, "a", control);
    pipeline.pipeBytes(TOPICS.controls, "a", null);

    List<Rejected> rejected = pipeline.all(TOPICS.rejected);
    assertThat(rejected)
        .extracting(Rejected::getReason)
        .containsExactly("not-a-control", "wrong-key");
    assertThat(rejected).extracting(Rejected::getStage).containsOnly("controls");
    assertThat(rejected).extracting(Rejected::getTopic).containsOnly(TOPICS.controls.name());
    assertThat(rejected.get(0).getBytes().array()).isEqualTo(garbage);
  }

  /** A key of its sender's choosing must not make a record that the topic does not take. */
  @Test
  void keyThatFillsTheRecordIsNotKept() {
    pipeline.pipeBytes(TOPICS.articles, "k".repeat(1_000_000), new byte[] {1});

    assertThat(pipeline.onlyRejected().getCut()).isTrue();
    assertThat(pipeline.written(TOPICS.rejected.name())).isEqualTo(1);
  }

  @Test
  void garbageIsKeptWithItsBytesAndTheNextArticleStillArrives() {
    byte[] garbage = "?!%".getBytes(StandardCharsets.UTF_8);

    pipeline.pipeBytes(TOPICS.articles, "a", garbage);
    send(article("b", 1).build());

    Rejected rejected = pipeline.onlyRejected();
    assertThat(rejected.getReason()).isEqualTo("not-an-article");
    assertThat(rejected.getBytes().array()).isEqualTo(garbage);
    assertThat(rejected.getSha256()).isEqualTo(Refusals.sha256(garbage));
    assertThat(rejected.getTopic()).isEqualTo(TOPICS.articles.name());
    assertThat(pipeline.table(TOPICS.published)).containsOnlyKeys("b");
  }

  @Test
  void truncatedAndOverlongValuesAreRefused() {
    byte[] whole = TOPICS.articles.valueSerde().write("t", article("a", 1).build());

    pipeline.pipeBytes(TOPICS.articles, "a", Arrays.copyOf(whole, whole.length - 3));
    pipeline.pipeBytes(TOPICS.articles, "a", Arrays.copyOf(whole, whole.length + 1));
    pipeline.pipeBytes(TOPICS.articles, "a", new byte[0]);
    pipeline.pipeBytes(TOPICS.articles, "a", null);

    assertThat(pipeline.all(TOPICS.rejected)).hasSize(4);
    assertThat(pipeline.all(TOPICS.published)).isEmpty();
  }

  @Test
  void anArticleWithoutHeadlineIsRefusedNamingTheField() {
    send(article("a", 1).setHeadline(" ").build());

    Rejected rejected = pipeline.onlyRejected();
    assertThat(rejected.getReason()).isEqualTo("missing-field");
    assertThat(rejected.getField()).isEqualTo("headline");
  }

  @Test
  void aRecordUnderAnotherKeyIsRefused() {
    pipeline.pipe(TOPICS.articles, "b", article("a", 1).build());

    assertThat(pipeline.onlyRejected().getField()).isEqualTo("articleId");
  }

  @Test
  void datesOutOfRangeAreRefusedAndNoRecordTimeStopsTheJob() {
    byte[] good = TOPICS.articles.valueSerde().write("t", article("late", 1).build());
    pipeline.pipeBytes(TOPICS.articles, "late", good, Instant.parse("9999-01-01T00:00:00Z"));
    send(article("far", 1)
        .setFirstPublished(Instant.parse("9999-01-01T00:00:00Z"))
        .build());
    send(article("old", 1)
        .setFirstPublished(Instant.ofEpochMilli(Long.MIN_VALUE / 2))
        .build());
    send(article("b", 1).build());

    assertThat(pipeline.table(TOPICS.published)).containsOnlyKeys("late", "b");
    assertThat(pipeline.all(TOPICS.rejected))
        .extracting(Rejected::getField)
        .containsExactly("firstPublished", "firstPublished");
  }

  @Test
  void anEmbargoEndsByTheClockWithNoFurtherInput() {
    send(article("a", 1).setEmbargoedUntil(NOON.plusSeconds(60)).build());
    pipeline.advance(Duration.ofSeconds(59));
    assertThat(pipeline.all(TOPICS.published)).isEmpty();

    pipeline.advance(Duration.ofSeconds(2));

    assertThat(pipeline.table(TOPICS.published).get("a").getFeedTime())
        .isEqualTo(NOON.plusSeconds(60));
  }

  @Test
  void anEmbargoThatWasMovedEndsOnceAtItsNewTime() {
    send(article("a", 1).setEmbargoedUntil(NOON.plusSeconds(60)).build());
    send(article("a", 2).setEmbargoedUntil(NOON.plusSeconds(120)).build());

    pipeline.advance(Duration.ofSeconds(90));
    assertThat(pipeline.all(TOPICS.published)).isEmpty();
    pipeline.advance(Duration.ofSeconds(60));

    assertThat(pipeline.all(TOPICS.published)).hasSize(1);
  }
}
