package dev.newsfeed.app.explain;

import static dev.newsfeed.app.explain.Evidence.NOON;
import static dev.newsfeed.app.explain.Evidence.version;
import static dev.newsfeed.app.explain.Evidence.withdrawal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.app.explain.Seat.Kind;
import dev.newsfeed.app.explain.Standing.State;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private static final Instant TOMORROW = Instant.parse("2026-11-24T06:00:00Z");

  @Nested
  class WhatThePublicSees {

    @Test
    void publishedArticleSaysSinceWhen() {
      Explanation explained = inItsFeeds(1).explained();

      assertThat(explained.standing().state()).isEqualTo(State.PUBLISHED);
      assertThat(explained.warnings()).isEmpty();
      assertThat(explained.text()).startsWith("""
              a1 “Secret headline 1”
              PUBLISHED  version 1, since 12:00:30 (9 min ago); first published 12:00:00
              """);
    }

    @Test
    void embargoedArticleThatWasNeverPublicStandsOnlyInArticles() {
      Explanation explained =
          new Evidence().arrived(version(1).setEmbargoedUntil(TOMORROW)).explained();

      assertThat(explained.standing().state()).isEqualTo(State.EMBARGOED);
      assertThat(explained.warnings()).isEmpty();
      assertThat(explained.text())
          .contains("EMBARGOED  version 1, until 2026-11-24 06:00:00 (in 17 h 50 min)")
          .contains("it was never public")
          .contains("all, section/world, topic/floods, kind/article: embargoed until 2026-11-24");
    }

    @Test
    void articleDatedAheadIsHeldLikeAnEmbargoedOne() {
      Explanation explained =
          new Evidence().arrived(version(1).setFirstPublished(TOMORROW)).explained();

      assertThat(explained.standing().state()).isEqualTo(State.EMBARGOED);
      assertThat(explained.standing().until()).isEqualTo(TOMORROW);
    }

    @Test
    void embargoOnAPublicArticleIsToldFromAWithheldOne() {
      Evidence embargoed = new Evidence()
          .arrived(version(1), version(2).setEmbargoedUntil(TOMORROW))
          .notice(2, Status.withheld);
      Evidence withheld = new Evidence()
          .arrived(version(1), version(2).setStatus(Status.withheld))
          .notice(2, Status.withheld);

      assertThat(embargoed.explained().standing().state()).isEqualTo(State.EMBARGOED);
      assertThat(embargoed.explained().text()).contains("it was public before");
      assertThat(withheld.explained().standing().state()).isEqualTo(State.WITHHELD);
      assertThat(withheld.explained().warnings()).isEmpty();
    }

    @Test
    void withdrawnArticleIsExplainedWithoutAWordOfItsText() {
      Explanation explained = new Evidence()
          .arrived(version(1), withdrawal(2))
          .arrivedRefused(version(3), "withdrawn", "it must say restore")
          .notice(3, Status.canceled)
          .explained();

      assertThat(explained.standing().state()).isEqualTo(State.WITHDRAWN);
      assertThat(explained.text())
          .startsWith("a1\nWITHDRAWN  version 2, since 12:00:30 (9 min ago)")
          .contains("reason: Not true")
          .contains("all, section/world, topic/floods, kind/article: withdrawn")
          .doesNotContain("Secret");
      assertThat(explained.json().toString()).doesNotContain("Secret");
    }

    @Test
    void withdrawnArticleOfWhichNothingIsLeftIsStillKnown() {
      Explanation explained = new Evidence().notice(2, Status.canceled).explained();

      assertThat(explained.known()).isTrue();
      assertThat(explained.standing().state()).isEqualTo(State.WITHDRAWN);
      assertThat(explained.seats()).isEmpty();
      assertThat(explained.text()).contains("reason: Not true");
    }

    @Test
    void expiredArticleIsInNoFeed() {
      Explanation explained =
          new Evidence().arrived(version(1)).expired(version(1)).explained();

      assertThat(explained.standing().state()).isEqualTo(State.EXPIRED);
      assertThat(explained.text()).contains("kind/article: expired");
    }

    @Test
    void articleThatOnlyTheIntakeKnowsWasRefused() {
      Explanation explained = new Evidence()
          .refusedByTheIntake("embargoUntil", "embargoUntil: there is no such field")
          .explained();

      assertThat(explained.standing().state()).isEqualTo(State.REFUSED);
      assertThat(explained.known()).isTrue();
      assertThat(explained.text())
          .contains("12:00:00  intake  invalid-field  embargoUntil: there is no such field\n");
    }

    @Test
    void unknownArticleIsSaidToBeUnknown() {
      Explanation explained = new Evidence().explained();

      assertThat(explained.known()).isFalse();
      assertThat(explained.text()).isEqualTo("a1\nUNKNOWN  no topic has heard of it\n");
    }
  }

  @Nested
  class WhatDoesNotFit {

    @Test
    void versionThatIsNotReadForLongIsWarnedAbout() {
      Evidence waiting = new Evidence().arrived(version(1)).readUpTo(0);

      assertThat(waiting.at(NOON.plusSeconds(3)).explained().warnings()).isEmpty();
      assertThat(waiting.at(NOON.plusSeconds(60)).explained().warnings())
          .containsExactly("what arrived at 12:00:00 (1 min ago) has not been read:"
              + " is the publication job running?");
      assertThat(waiting.explained().standing().state()).isEqualTo(State.WAITING);
    }

    @Test
    void publishedThatIsBehindIsWarnedAbout() {
      Explanation explained = inItsFeeds(1).arrived(version(2)).readUpTo(2).explained();

      assertThat(explained.warnings())
          .containsExactly("version 2 was accepted, but published has version 1:"
              + " is the publication job running?");
    }

    @Test
    void endedEmbargoThatPublishedKnowsNothingOfIsWarnedAbout() {
      Explanation explained = new Evidence()
          .arrived(version(1).setEmbargoedUntil(NOON.plusSeconds(60)))
          .readUpTo(1)
          .explained();

      assertThat(explained.standing().state()).isEqualTo(State.WAITING);
      assertThat(explained.warnings())
          .containsExactly("version 1 was accepted, but nothing stands on published:"
              + " is the publication job running?");
    }

    @Test
    void feedsThatAreWrongAreNamedOnTop() {
      Explanation explained = new Evidence()
          .arrived(version(1), version(2).setSection(new Label("sport", "Sport")))
          .published(version(2).setSection(new Label("sport", "Sport")))
          .head("all", 2, "a1:1", "b1:1")
          .head("section/world", 2, "b1:1", "a1:1")
          .head("section/sport", 1, "c1:1")
          .head("topic/floods", 1, "a1:2")
          .head("kind/article", 1, "a1:2")
          .head("person/nobody", 1, "a1:2")
          .explained();

      assertThat(explained.warnings())
          .containsExactly(
              "all shows an older version of it: is the feeds job running?",
              "section/sport should have it (its section) and has not: is the feeds job running?",
              "section/world has it at place 2 and should not (version 2 does not name it):"
                  + " is the feeds job running?",
              "person/nobody has it at place 1 and should not (nothing on the topics puts it there):"
                  + " is the feeds job running?");
      assertThat(explained.text()).contains("\n! section/sport should have it");
    }
  }

  @Nested
  class Feeds {

    @Test
    void eachFeedSaysWhyTheArticleIsInIt() {
      var article = version(1)
          .setExtraSections(List.of(new Label("home", "Home")))
          .setPersons(List.of(new Label("ada-l", "Ada L.")));

      assertThat(new Evidence().arrived(article).published(article).explained().seats())
          .extracting(Seat::feedId, Seat::why)
          .containsExactly(
              tuple("all", "every published article"),
              tuple("section/world", "its section"),
              tuple("section/home", "one of its extra sections"),
              tuple("topic/floods", "one of its topics"),
              tuple("person/ada-l", "one of its persons"),
              tuple("kind/article", "its kind"));
    }

    @Test
    void placeInTheHeadIsCountedFromTheTop() {
      Seat seat = seat(
          new Evidence()
              .arrived(version(1))
              .published(version(1))
              .head("section/world", 412, "b1:1", "b2:1", "a1:1"),
          "section/world");

      assertThat(seat.kind()).isEqualTo(Kind.IN_HEAD);
      assertThat(seat.place()).isEqualTo(3);
      assertThat(seat.total()).isEqualTo(412);
    }

    @Test
    void articleThatIsOlderThanTheHeadIsBelowIt() {
      var old = version(1).setFirstPublished(NOON.minusSeconds(3_600));
      Evidence evidence = new Evidence()
          .arrived(old)
          .published(old)
          .head("section/world", 412, "b1:1", "b2:1")
          .head("all", 2, "b1:1", "b2:1");

      assertThat(seat(evidence, "section/world").kind()).isEqualTo(Kind.BELOW_HEAD);
      assertThat(seat(evidence, "all").kind()).isEqualTo(Kind.MISSING); // the head is all of it
      assertThat(evidence.explained().text())
          .contains("section/world  below the first 2 of 412  its section");
    }

    @Test
    void sameMomentIsOrderedById() {
      var same = version(1).setFirstPublished(NOON.minusSeconds(1)); // as b2, the last of the head
      Evidence evidence = new Evidence()
          .arrived(same)
          .published(same)
          .head("section/world", 412, "b1:1", "b2:1")
          .head("all", 412, "b1:1", "a0:1");

      assertThat(seat(evidence, "section/world").kind()).isEqualTo(Kind.MISSING); // a1 before b2
      assertThat(seat(evidence, "all").kind()).isEqualTo(Kind.BELOW_HEAD); // a1 after a0
    }

    @Test
    void formerSectionIsNamedWithTheVersionThatLeftIt() {
      var moved = version(2).setSection(new Label("sport", "Sport"));
      Evidence evidence = new Evidence()
          .arrived(version(1), moved, version(3).setSection(new Label("sport", "Sport")))
          .published(version(3).setSection(new Label("sport", "Sport")));

      Seat world = seat(evidence, "section/world");
      assertThat(world.kind()).isEqualTo(Kind.OUT);
      assertThat(world.why()).isEqualTo("version 2 does not name it");
    }

    @Test
    void sectionThatItCameBackToIsNotAFormerOne() {
      Evidence evidence = new Evidence()
          .arrived(version(1), version(2).setSection(null), version(3))
          .published(version(3))
          .head("section/world", 1, "a1:3");

      assertThat(seat(evidence, "section/world").kind()).isEqualTo(Kind.IN_HEAD);
    }

    @Test
    void editorsListSaysWhoPutTheArticleThere() {
      Evidence evidence = inItsFeeds(1)
          .list("curated/top-stories", "b1", "a1")
          .head("curated/top-stories", 2, "b1:1", "a1:1");

      Seat seat = seat(evidence, "curated/top-stories");
      assertThat(seat.kind()).isEqualTo(Kind.IN_HEAD);
      assertThat(seat.why()).isEqualTo("place 2 in the list by mara of 12:00:00");
    }

    @Test
    void editorsListThatStillNamesAWithdrawnArticleIsSaid() {
      Evidence evidence = new Evidence()
          .arrived(version(1), withdrawal(2))
          .notice(2, Status.canceled)
          .list("curated/top-stories", "b1", "a1")
          .head("curated/top-stories", 1, "b1:1");

      Seat seat = seat(evidence, "curated/top-stories");
      assertThat(seat.kind()).isEqualTo(Kind.OUT);
      assertThat(seat.why())
          .isEqualTo("withdrawn, though at place 2 in the list by mara of 12:00:00");
      assertThat(evidence.explained().warnings()).isEmpty();
    }
  }

  @Nested
  class WhatIsPrinted {

    @Test
    void versionsSayWhatSetsThemApart() {
      Explanation explained = new Evidence()
          .arrived(
              version(1),
              version(2).setCorrection(new Correction("It was nine", NOON)),
              version(3).setSection(null).setRepublish(true),
              withdrawal(4))
          .arrivedRefused(version(5), "withdrawn", "it must say restore")
          .arrived(version(6).setRestore(true).setExpires(TOMORROW))
          .published(version(6))
          .explained();

      assertThat(explained.text()).contains("""
              Versions as they arrived
                12:00:00  v1  applied  section world
                12:00:01  v2  applied  correction
                12:00:02  v3  applied  no section, republish
                12:00:03  v4  applied  WITHDRAWAL “Not true”
                12:00:04  v5  refused  section world (it must say restore)
                12:00:05  v6  applied  section world, restore, expires 2026-11-24 06:00:00
              """);
    }

    @Test
    void autosavesThatAreRefusedAgainAndAgainAreCounted() {
      Explanation explained = inItsFeeds(1)
          .refusedByTheIntake("urgency", "must be 1 to 9, is 0")
          .refusedByTheIntake("urgency", "must be 1 to 9, is 0")
          .refusedByTheIntake("urgency", "must be 1 to 9, is 0")
          .refusedByTheIntake("kind", "must be one of article, gallery")
          .explained();

      assertThat(explained.text()).contains("""
              Refused before it was a version
                12:00:02  intake  invalid-field ×3  urgency: must be 1 to 9, is 0
                12:00:03  intake  invalid-field     kind: must be one of article, gallery
              """);
    }

    @Test
    void jsonSaysTheSame() {
      JsonNode json = inItsFeeds(1)
          .arrived(version(1))
          .arrivedRefused(version(1).setLead("x"), "version-conflict", "known with other content")
          .refusedByTheIntake("urgency", "must be 1 to 9, is 0")
          .explained()
          .json();

      assertThat(json.path("state").asText()).isEqualTo("published");
      assertThat(json.path("version").asLong()).isEqualTo(1);
      assertThat(json.path("feeds").findValuesAsText("is"))
          .containsExactly("in-head", "in-head", "in-head", "in-head");
      assertThat(json.path("versions").findValuesAsText("verdict"))
          .containsExactly("applied", "duplicate", "conflicting");
      assertThat(json.path("versions").path(2).path("offset").asLong()).isEqualTo(2);
      assertThat(json.path("refused").findValuesAsText("stage"))
          .containsExactly("publication", "intake");
    }
  }

  /** Applied, published and in all of its feeds. */
  private static Evidence inItsFeeds(long version) {
    String entry = "a1:" + version;
    return new Evidence()
        .arrived(version(version))
        .published(version(version))
        .head("all", 1, entry)
        .head("section/world", 1, entry)
        .head("topic/floods", 1, entry)
        .head("kind/article", 1, entry);
  }

  private static Seat seat(Evidence evidence, String feedId) {
    return evidence.explained().seats().stream()
        .filter(seat -> seat.feedId().equals(feedId))
        .findFirst()
        .orElseThrow();
  }
}
