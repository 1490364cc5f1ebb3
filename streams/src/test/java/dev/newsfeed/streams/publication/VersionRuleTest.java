package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.withdrawal;
import static dev.newsfeed.streams.TestPipeline.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.avro.state.Told;
import dev.newsfeed.streams.publication.VersionRule.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionRuleTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

  private @Nullable ArticleState state;
  private @Nullable PublishedArticle told;
  private @Nullable Decision last;
  private Instant now = NOON;

  private Decision send(Article event) {
    return take(VersionRule.apply(state, event, String.valueOf(event.hashCode()), now, now));
  }

  private Decision tick(Duration later) {
    now = now.plus(later);
    return take(VersionRule.tick(Objects.requireNonNull(state), now));
  }

  private Decision take(Decision decision) {
    state = decision.state();
    told = decision.tell() == null ? told : decision.tell();
    last = decision;
    return decision;
  }

  private PublishedArticle told() {
    return Objects.requireNonNull(told);
  }

  @Test
  void higherVersionIsApplied() {
    send(article("a", 1).build());

    send(article("a", 2).build());

    assertThat(told().getVersion()).isEqualTo(2);
    assertThat(told().getChange()).isEqualTo(Change.updated);
  }

  @Test
  void lowerVersionIsStale() {
    send(article("a", 1).build());
    send(article("a", 3).build());

    Decision late = send(article("a", 2).build());

    assertThat(late.verdict()).isEqualTo(Verdict.STALE);
    assertThat(told().getVersion()).isEqualTo(3);
  }

  @Test
  void sameVersionWithSameContentHasNoEffect() {
    send(article("a", 1).build());

    Decision again = send(article("a", 1).build());

    assertThat(again.verdict()).isEqualTo(Verdict.DUPLICATE);
    assertThat(again.tell()).isNull();
  }

  @Test
  void sameVersionWithOtherContentIsRefusedWithBothHashes() {
    Article first = article("a", 1).build();
    Article other = article("a", 1).setHeadline("Something else").build();
    send(first);

    Decision conflict = send(other);

    assertThat(conflict.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(Objects.requireNonNull(conflict.problem()).reason()).isEqualTo("version-conflict");
    assertThat(conflict.problem().detail())
        .contains(String.valueOf(first.hashCode()), String.valueOf(other.hashCode()));
    assertThat(told().getArticle()).isEqualTo(first);
  }

  @Test
  void withdrawalLeavesNoTextInNoticeOrState() {
    send(article("a", 1).setBodyHtml("<p>marker</p>").build());

    send(withdrawal("a", 2));

    assertThat(told().getStatus()).isEqualTo(Status.canceled);
    assertThat(told().getChange()).isEqualTo(Change.withdrawn);
    assertThat(told().getArticle()).isNull();
    assertThat(told().toString()).doesNotContain("marker", "Headline");
    assertThat(String.valueOf(state)).doesNotContain("marker", "Headline");
  }

  @Test
  void withdrawalWinsAtItsOwnVersion() {
    send(article("a", 2).build());

    send(withdrawal("a", 2));

    assertThat(told().getStatus()).isEqualTo(Status.canceled);
  }

  @Test
  void lateWithdrawalTakesLaterVersionsWithItAndVersionsNeverGoDown() {
    send(article("a", 1).build());
    send(article("a", 5).build());

    send(withdrawal("a", 3));

    assertThat(told().getStatus()).isEqualTo(Status.canceled);
    assertThat(told().getVersion()).isEqualTo(5);
  }

  @Test
  void plainUpdateAfterAWithdrawalIsRefused() {
    send(article("a", 1).build());
    send(withdrawal("a", 2));

    Decision autosave = send(article("a", 3).build());

    assertThat(autosave.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(Objects.requireNonNull(autosave.problem()).reason()).isEqualTo("withdrawn");
    assertThat(told().getStatus()).isEqualTo(Status.canceled);
  }

  @Test
  void restoreBringsTheArticleBackAtItsOldTime() {
    send(article("a", 1).build());
    now = now.plus(Duration.ofHours(1));
    send(withdrawal("a", 2));
    now = now.plus(Duration.ofHours(1));

    send(article("a", 3).setRestore(true).build());

    assertThat(told().getStatus()).isEqualTo(Status.usable);
    assertThat(told().getChange()).isEqualTo(Change.published);
    assertThat(told().getFeedTime()).isEqualTo(NOON);
    assertThat(told().getFirstPublished()).isEqualTo(NOON);
  }

  @Test
  void withdrawalOfAnUnknownArticleIsRemembered() {
    send(withdrawal("a", 4));

    Decision late = send(article("a", 3).build());
    Decision newer = send(article("a", 5).build());

    assertThat(late.verdict()).isEqualTo(Verdict.STALE);
    assertThat(newer.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(told().getStatus()).isEqualTo(Status.canceled);
  }

  @Test
  void embargoedArticleAppearsWhenTheClockSaysSo() {
    Instant release = NOON.plus(Duration.ofHours(2));
    Decision early = send(article("a", 1).setEmbargoedUntil(release).build());
    assertThat(early.tell()).isNull();
    assertThat(Objects.requireNonNull(state).getDueAt()).isEqualTo(release);

    tick(Duration.ofHours(2));

    assertThat(told().getChange()).isEqualTo(Change.published);
    assertThat(told().getFeedTime()).isEqualTo(release);
    assertThat(Objects.requireNonNull(state).getDueAt()).isNull();
  }

  @Test
  void articleDatedAheadWaitsForItsDate() {
    Instant ahead = NOON.plus(Duration.ofHours(48));

    Decision early = send(article("a", 1).setFirstPublished(ahead).build());

    assertThat(early.tell()).isNull();
    assertThat(tick(Duration.ofHours(48)).tell()).isNotNull();
  }

  @Test
  void articleWithoutADateBearsTheTimeItWasAcceptedNotTheTimeItWasProcessed() {
    Instant accepted = NOON.minus(Duration.ofMinutes(10));

    take(VersionRule.apply(null, article("a", 1).build(), "h", accepted, NOON));

    assertThat(told().getFirstPublished()).isEqualTo(accepted);
    assertThat(told().getFeedTime()).isEqualTo(accepted);
  }

  @Test
  void embargoedArticleWithoutADateBearsTheEndOfItsEmbargo() {
    send(article("a", 1).setEmbargoedUntil(NOON.plusSeconds(60)).build());
    send(article("a", 2).setEmbargoedUntil(NOON.plusSeconds(30)).build());

    tick(Duration.ofSeconds(31));

    assertThat(told().getFirstPublished()).isEqualTo(NOON.plusSeconds(30));
  }

  @Test
  void backfilledArticleIsPlacedAtItsDate() {
    Instant june2017 = Instant.parse("2017-06-01T08:00:00Z");

    send(article("a", 1).setFirstPublished(june2017).build());

    assertThat(told().getFeedTime()).isEqualTo(june2017);
  }

  @Test
  void expiredArticleIsToldOnceAndKeepsItsText() {
    send(article("a", 1).setExpires(NOON.plus(Duration.ofHours(1))).build());

    tick(Duration.ofHours(1));

    assertThat(told().getChange()).isEqualTo(Change.expired);
    assertThat(told().getExpired()).isTrue();
    assertThat(told().getArticle()).isNotNull();
    assertThat(tick(Duration.ofHours(1)).tell()).isNull();
  }

  @Test
  void withheldArticleGoesAndComesBack() {
    send(article("a", 1).build());

    send(article("a", 2).setStatus(Status.withheld).build());
    assertThat(told().getStatus()).isEqualTo(Status.withheld);
    assertThat(told().getArticle()).isNull();

    send(article("a", 3).build());
    assertThat(told().getChange()).isEqualTo(Change.published);
    assertThat(told().getFeedTime()).isEqualTo(NOON);
  }

  @Test
  void correctionIsMarkedAndKeptByLaterUpdates() {
    send(article("a", 1).build());

    send(article("a", 2).setCorrection(new Correction("Name misspelt", NOON)).build());
    assertThat(told().getChange()).isEqualTo(Change.corrected);

    send(article("a", 3).build());
    assertThat(told().getCorrections())
        .extracting(Correction::getText)
        .containsExactly("Name misspelt");
  }

  @Test
  void republishedArticleMovesUpAndKeepsItsFirstDate() {
    send(article("a", 1).build());
    now = now.plus(Duration.ofDays(1));

    send(article("a", 2).setRepublish(true).build());

    assertThat(told().getFeedTime()).isEqualTo(now);
    assertThat(told().getFirstPublished()).isEqualTo(NOON);
  }

  @Test
  void lateCorrectionIsAddedAndMarked() {
    send(article("a", 1).build());
    send(article("a", 3).build());

    Decision late = send(
        article("a", 2).setCorrection(new Correction("Name misspelt", NOON)).build());

    assertThat(late.verdict()).isEqualTo(Verdict.STALE);
    assertThat(told().getVersion()).isEqualTo(3);
    assertThat(told().getChange()).isEqualTo(Change.corrected);
    assertThat(told().getCorrections()).hasSize(1);
  }

  @Test
  void laterVersionThatRepeatsACorrectionIsAnUpdate() {
    Correction correction = new Correction("Name misspelt", NOON);
    send(article("a", 1).build());
    send(article("a", 2).setCorrection(correction).build());

    send(article("a", 3).setCorrection(correction).build());

    assertThat(told().getChange()).isEqualTo(Change.updated);
    assertThat(told().getCorrections()).hasSize(1);
  }

  @Test
  void endlessCorrectionsOfTheLargestArticleStillFitTheirRecords() {
    String text = "\u20ac".repeat(9_990); // three bytes each
    String body = "x".repeat(1_000_000);

    for (int version = 1; version <= 60; version++) {
      Correction correction = new Correction(version + text, NOON);
      send(article("a", version).setBodyHtml(body).setCorrection(correction).build());
    }

    int published = TOPICS.published.valueSerde().write("t", told()).length;
    int kept = TOPICS.serde(ArticleState.class).write("t", state).length;
    assertThat(published).isLessThan(2 << 20);
    assertThat(kept).isLessThan(4 << 20);
    assertThat(told().getCorrections())
        .hasSize(10)
        .last()
        .satisfies(last -> assertThat(last.getText()).startsWith("60"));
  }

  @Test
  void lateRepublishStillMovesTheArticleUp() {
    send(article("a", 1).build());
    now = now.plus(Duration.ofHours(1));
    send(article("a", 3).build());

    send(article("a", 2).setRepublish(true).build());

    assertThat(told().getFeedTime()).isEqualTo(now);
    assertThat(told().getFirstPublished()).isEqualTo(NOON);
  }

  @Test
  void staleEventsAreCounted() {
    send(article("a", 3).build());
    send(article("a", 1).build());
    send(article("a", 2).build());

    assertThat(Objects.requireNonNull(state).getStale()).isEqualTo(2);
  }

  @Test
  void formerAddressesBecomeAliases() {
    send(article("a", 1).setUrl("/old").setAliases(List.of("/older")).build());

    send(article("a", 2).setUrl("/new").build());

    assertThat(told().getArticle().getUrl()).isEqualTo("/new");
    assertThat(told().getArticle().getAliases()).containsExactly("/old");
  }

  @Test
  void addressThatWasNeverSeenIsNoAlias() {
    send(article("a", 1)
        .setUrl("/secret")
        .setEmbargoedUntil(NOON.plusSeconds(60))
        .build());

    send(article("a", 2).setUrl("/public").build());

    assertThat(told().getArticle().getAliases()).isEmpty();
  }

  @Test
  void embargoExtendedAfterPublishingHidesTheArticleUntilThen() {
    send(article("a", 1).build());
    Instant release = NOON.plus(Duration.ofHours(2));

    send(article("a", 2).setEmbargoedUntil(release).build());
    assertThat(told().getStatus()).isEqualTo(Status.withheld);

    tick(Duration.ofHours(2));
    assertThat(told().getChange()).isEqualTo(Change.published);
    assertThat(told().getFeedTime()).isEqualTo(release);
    assertThat(told().getFirstPublished()).isEqualTo(NOON);
  }

  @Test
  void embargoLiftedIsPublishedAtOnce() {
    send(article("a", 1).setEmbargoedUntil(NOON.plus(Duration.ofHours(2))).build());
    now = now.plusSeconds(60);

    send(article("a", 2).build());

    assertThat(told().getFeedTime()).isEqualTo(now);
    assertThat(told().getVersion()).isEqualTo(2);
  }

  @Test
  void embargoLiftedAfterPublishingChangesNothing() {
    send(article("a", 1).setEmbargoedUntil(NOON.plusSeconds(60)).build());
    tick(Duration.ofSeconds(60));

    send(article("a", 2).build());

    assertThat(told().getFeedTime()).isEqualTo(NOON.plusSeconds(60));
  }

  @Test
  void clockThatIsSetBackTakesNothingBack() {
    Instant release = NOON.plusSeconds(60);
    Instant expires = NOON.plusSeconds(120);
    send(article("a", 1).setEmbargoedUntil(release).setExpires(expires).build());
    tick(Duration.ofSeconds(120));

    now = NOON;
    send(article("a", 2).setEmbargoedUntil(release).setExpires(expires).build());

    assertThat(told().getStatus()).isEqualTo(Status.usable);
    assertThat(told().getExpired()).isTrue();
  }

  @Test
  void clockThatWasFarAheadDoesNotLiftALaterEmbargo() {
    send(article("a", 1).build());
    tick(Duration.ofDays(20_000));

    now = NOON;
    send(article("a", 2).setEmbargoedUntil(NOON.plusSeconds(60)).build());

    assertThat(told().getStatus()).isEqualTo(Status.withheld);
  }

  @Test
  void updateThatCameAfterTheRestoreInTheNewsroomIsShownWhenItOvertookIt() {
    send(article("a", 1).build());
    send(withdrawal("a", 3));
    send(article("a", 5).build());

    send(article("a", 4).setRestore(true).build());

    assertThat(told().getVersion()).isEqualTo(5);
    assertThat(told().getStatus()).isEqualTo(Status.usable);
  }

  @Test
  void textAboveAWithdrawalIsErasedWhenNoRestoreCame() {
    send(article("a", 5).setBodyHtml("<p>marker</p>").setUrl("/marker").build());
    send(withdrawal("a", 3));
    assertThat(String.valueOf(state)).contains("marker");

    tick(VersionRule.SETTLE);

    assertThat(String.valueOf(state)).doesNotContain("marker", "Headline");
    Decision tooLow = send(article("a", 4).setRestore(true).build());
    assertThat(Objects.requireNonNull(tooLow.problem()).reason()).isEqualTo("text-erased");
    assertThat(told().getStatus()).isEqualTo(Status.canceled);
    send(article("a", 6).setRestore(true).build());
    assertThat(told().getStatus()).isEqualTo(Status.usable);
  }

  @Test
  void higherWithdrawalReplacesTheReason() {
    send(article("a", 5).build());
    send(withdrawal("a", 2));

    Article second = Article.newBuilder(withdrawal("a", 3))
        .setWithdrawal(new Withdrawal("wrong person", null, "b"))
        .build();
    send(second);

    assertThat(told().getWithdrawal().getReason()).isEqualTo("wrong person");
  }

  @Test
  void stateOfBeforeRevisionsWereKeptGoesOn() {
    Article v3 = article("a", 3).build();
    state = ArticleState.newBuilder()
        .setArticleId("a")
        .setLatest(v3)
        .setLatestVersion(3)
        .setFirstPublished(NOON)
        .setFeedTime(NOON)
        .setTold(Told.newBuilder()
            .setVersion(3)
            .setStatus(Status.usable)
            .setExpired(false)
            .build())
        .build();
    now = NOON.plusSeconds(3_600);

    assertThat(send(article("a", 2).build()).verdict()).isEqualTo(Verdict.STALE);
    send(article("a", 4).build());
    assertThat(told().getVersion()).isEqualTo(4);
    assertThat(told().getFeedTime()).isEqualTo(NOON);
    send(withdrawal("a", 5));
    assertThat(told().getStatus()).isEqualTo(Status.canceled);
  }
}
