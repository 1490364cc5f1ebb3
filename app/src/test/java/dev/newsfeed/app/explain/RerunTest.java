package dev.newsfeed.app.explain;

import static dev.newsfeed.app.explain.Evidence.version;
import static dev.newsfeed.app.explain.Evidence.withdrawal;
import static dev.newsfeed.app.explain.Version.Verdict.APPLIED;
import static dev.newsfeed.app.explain.Version.Verdict.CONFLICTING;
import static dev.newsfeed.app.explain.Version.Verdict.DUPLICATE;
import static dev.newsfeed.app.explain.Version.Verdict.REFUSED;
import static dev.newsfeed.app.explain.Version.Verdict.STALE;
import static dev.newsfeed.app.explain.Version.Verdict.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.app.explain.Standing.State;
import dev.newsfeed.avro.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RerunTest {

  private static final Instant TOMORROW = Instant.parse("2026-11-24T06:00:00Z");

  @Test
  void lateVersionIsStaleAndTheSameOneADuplicate() {
    List<Version> versions = new Evidence()
        .arrived(version(1), version(3), version(2), version(3))
        .explained()
        .versions();

    assertThat(versions)
        .extracting(Version::verdict)
        .containsExactly(APPLIED, APPLIED, STALE, DUPLICATE);
    assertThat(versions.get(2).why()).isEqualTo("version 3 was there already");
  }

  @Test
  void withdrawalCoversItsVersionAndAllBelow() {
    List<Version> versions = new Evidence()
        .arrived(version(1), withdrawal(3), version(2), version(3), withdrawal(3), withdrawal(2))
        .explained()
        .versions();

    assertThat(versions)
        .extracting(Version::verdict)
        .containsExactly(APPLIED, APPLIED, STALE, STALE, DUPLICATE, STALE);
    assertThat(versions.get(3).why()).isEqualTo("the withdrawal with version 3 covers it");
  }

  @Test
  void withdrawalWinsOverLaterVersionsThatCameBeforeItButNotOverARestore() {
    assertThat(new Evidence().arrived(version(5), withdrawal(3)).explained().versions())
        .extracting(Version::verdict)
        .containsExactly(APPLIED, APPLIED);
    assertThat(new Evidence()
            .arrived(withdrawal(3), version(4).setRestore(true), withdrawal(2), withdrawal(3))
            .explained()
            .versions())
        .extracting(Version::verdict)
        .containsExactly(APPLIED, APPLIED, STALE, DUPLICATE);
  }

  @Test
  void whatWasRefusedIsTakenFromWhereItIsKept() {
    List<Version> versions = new Evidence()
        .arrived(version(1), withdrawal(2))
        .arrivedRefused(version(3), "withdrawn", "it must say restore")
        .arrived(version(4).setRestore(true))
        .arrivedRefused(version(4), "version-conflict", "known with other content")
        .explained()
        .versions();

    assertThat(versions)
        .extracting(Version::verdict)
        .containsExactly(APPLIED, APPLIED, REFUSED, APPLIED, CONFLICTING);
    assertThat(versions.get(2).why()).isEqualTo("it must say restore");
    assertThat(versions.get(4).why()).isEqualTo("known with other content");
  }

  @Test
  void restoreThatWasOvertakenByItsUpdateStillCounts() {
    assertThat(new Evidence()
            .arrived(version(5), withdrawal(3), version(4).setRestore(true))
            .explained()
            .versions())
        .extracting(Version::verdict)
        .containsExactly(APPLIED, APPLIED, APPLIED);
  }

  @Test
  void refusedVersionLeavesNoTrace() {
    assertThat(new Evidence()
            .arrivedRefused(version(9), "invalid-field", "the headline is too long")
            .arrived(version(2))
            .explained()
            .versions())
        .extracting(Version::verdict)
        .containsExactly(REFUSED, APPLIED);
  }

  @Test
  void versionRefusedAfterAWithdrawalIsLetInByALateRestore() {
    Explanation explained = new Evidence()
        .arrived(version(1), withdrawal(2))
        .arrivedRefused(version(4).setEmbargoedUntil(TOMORROW), "withdrawn", "must say restore")
        .arrived(version(3).setRestore(true))
        .notice(4, Status.withheld)
        .explained();

    assertThat(explained.versions())
        .extracting(Version::verdict)
        .containsExactly(APPLIED, APPLIED, REFUSED, APPLIED);
    assertThat(explained.standing().state()).isEqualTo(State.EMBARGOED);
    assertThat(explained.standing().until()).isEqualTo(TOMORROW);
    assertThat(explained.headline()).isEqualTo("Secret headline 4");
  }

  @Test
  void garbageIsRefused() {
    assertThat(new Evidence().arrivedGarbage().explained().versions())
        .extracting(Version::verdict)
        .containsExactly(REFUSED);
  }

  @Test
  void whatThePublicationJobHasNotReadWaits() {
    assertThat(new Evidence()
            .arrived(version(1), version(2))
            .readUpTo(1)
            .explained()
            .versions())
        .extracting(Version::verdict)
        .containsExactly(APPLIED, WAITING);
  }
}
