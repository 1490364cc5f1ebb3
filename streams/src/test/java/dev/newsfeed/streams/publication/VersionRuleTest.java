package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.News.article;
import static dev.newsfeed.streams.News.withdrawal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.streams.publication.VersionRule.Decision;
import dev.newsfeed.streams.publication.VersionRule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  static List<Long> seeds() {
    return new Random(20260302).longs(300).boxed().toList();
  }

  /** The obvious model: highest version wins, unless a withdrawal stands that nobody lifted. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anyOrderAndAnyRepetitionOfPlainVersionsAndOneKillEndsTheSame(long seed) {
    Random random = new Random(seed);
    List<Article> events = new ArrayList<>();
    int versions = 1 + random.nextInt(6);
    for (int version = 1; version <= versions; version++) {
      events.add(article("a", version).build());
    }
    boolean killed = random.nextBoolean();
    if (killed) {
      events.add(withdrawal("a", 1 + random.nextInt(versions + 2)));
    }
    List<Article> sent = new ArrayList<>(events);
    for (int i = random.nextInt(4); i > 0; i--) {
      sent.add(events.get(random.nextInt(events.size())));
    }
    Collections.shuffle(sent, random);

    long versionBefore = 0;
    for (Article event : sent) {
      send(event);
      long version = told == null ? 0 : told.getVersion();
      assertThat(version)
          .as("seed %d: versions never go down", seed)
          .isGreaterThanOrEqualTo(versionBefore);
      versionBefore = version;
    }

    assertThat(told().getStatus())
        .as("seed %d", seed)
        .isEqualTo(killed ? Status.canceled : Status.usable);
    if (!killed) {
      assertThat(told().getVersion()).as("seed %d", seed).isEqualTo(versions);
    }
  }
}
