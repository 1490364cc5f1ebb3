package dev.newsfeed.streams.publication;

import static dev.newsfeed.streams.News.article;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.avro.state.Revision;
import dev.newsfeed.streams.publication.OrderlyNewsroom.Seen;
import dev.newsfeed.streams.publication.VersionRule.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any interleaving, repetition and reordering of the same events, with the clock in between, ends in
 * what an orderly newsroom would have seen.
 */
class AnyOrderTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final List<Integer> LOOKS = List.of(0, 2, 5, 12, 20, 60);

  private record Sent(Article event, Instant acceptedAt) {}

  /** Takes events as the job does: each at some moment, and the clock when something is due. */
  private static final class Desk {
    private @Nullable ArticleState state;
    private @Nullable PublishedArticle told;
    private long version;

    void take(Sent sent, Instant now) {
      String hash = Integer.toHexString(sent.event().toString().hashCode());
      take(VersionRule.apply(state, sent.event(), hash, sent.acceptedAt(), now));
    }

    void look(Instant now) {
      if (state != null && state.getDueAt() != null && !state.getDueAt().isAfter(now)) {
        take(VersionRule.tick(state, now));
        assertThat(state.getDueAt())
            .satisfiesAnyOf(
                due -> assertThat(due).isNull(), due -> assertThat(due).isAfter(now));
      }
    }

    private void take(Decision decision) {
      state = decision.state();
      if (decision.tell() != null) {
        told = decision.tell();
        assertThat(told.getVersion()).as("versions never go down").isGreaterThanOrEqualTo(version);
        version = told.getVersion();
      }
    }

    Seen seen() {
      return Seen.of(told);
    }
  }

  static List<Long> seeds() {
    return new Random(20261123).longs(4_000).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anyOrderEndsInWhatAnOrderlyNewsroomWouldHaveSeen(long seed) {
    Random random = new Random(seed);
    List<Sent> events = events(random, 1 + random.nextInt(7));
    List<Sent> arriving = new ArrayList<>(events);
    for (int again = random.nextInt(4); again > 0; again--) {
      Sent first = events.get(random.nextInt(events.size()));
      arriving.add(new Sent(first.event(), first.acceptedAt().plusSeconds(random.nextInt(30))));
    }
    Collections.shuffle(arriving, random);
    Desk desk = new Desk();

    Instant now = NOON;
    for (Sent sent : arriving) {
      now = now.plusSeconds(random.nextInt(30));
      if (random.nextBoolean()) {
        desk.look(now);
      }
      desk.take(sent, now);
    }

    for (int minutes : LOOKS) {
      Instant moment = now.plus(Duration.ofMinutes(minutes));
      desk.look(moment);
      assertThat(desk.seen())
          .as("seed %d after %d min, in the order %s", seed, minutes, arriving)
          .isEqualTo(orderly(events, moment));
    }
    assertThat(String.valueOf(desk.state))
        .as("seed %d: nothing withdrawn is left in the state", seed)
        .doesNotContain(withdrawnWords(events));
    if (desk.seen().withdrawn()) {
      assertThat(String.valueOf(desk.state)).as("seed %d", seed).doesNotContain("of-version");
    }
  }

  private static Seen orderly(List<Sent> events, Instant moment) {
    OrderlyNewsroom newsroom = new OrderlyNewsroom();
    events.forEach(sent -> newsroom.send(sent.event(), sent.acceptedAt()));
    return newsroom.at(moment);
  }

  /** Headlines, corrections and addresses say their version; those at and below a kill are gone. */
  private static String[] withdrawnWords(List<Sent> events) {
    long killed = events.stream()
        .filter(sent -> sent.event().getStatus() == Status.canceled)
        .mapToLong(sent -> sent.event().getVersion())
        .max()
        .orElse(0);
    return IntStream.rangeClosed(0, (int) killed)
        .mapToObj(v -> "of-version-" + v + ".")
        .toArray(String[]::new);
  }

  private static List<Sent> events(Random random, int versions) {
    List<Sent> events = new ArrayList<>();
    boolean inTurn = random.nextInt(3) > 0;
    Instant accepted = NOON.minus(Duration.ofMinutes(6));
    for (int version = 1; version <= versions; version++) {
      accepted = inTurn
          ? accepted.plusSeconds(30L * random.nextInt(3))
          : NOON.minusSeconds(30L * random.nextInt(12));
      int dice = random.nextInt(10);
      if (dice < 9) {
        events.add(new Sent(revision(random, version), accepted));
      }
      if (dice > 7) {
        events.add(new Sent(kill(version), accepted));
      }
    }
    return events;
  }

  private static Article kill(int version) {
    return Article.newBuilder()
        .setArticleId("a")
        .setVersion(version)
        .setStatus(Status.canceled)
        .setWithdrawal(new Withdrawal("reason of v" + version, null, null))
        .build();
  }

  private static Article revision(Random random, int version) {
    Article.Builder article = article("a", version)
        .setHeadline("Headline of-version-" + version + ".")
        .setUrl("/2026/of-version-" + version + ".html")
        .setStatus(random.nextInt(6) == 0 ? Status.withheld : Status.usable)
        .setRestore(random.nextInt(4) == 0)
        .setRepublish(random.nextInt(5) == 0);
    if (random.nextInt(3) == 0) {
      article.setFirstPublished(around(random, 20));
    }
    if (random.nextInt(3) == 0) {
      article.setEmbargoedUntil(around(random, 15));
    }
    if (random.nextInt(5) == 0) {
      article.setExpires(around(random, 30));
    }
    if (random.nextInt(3) == 0) {
      article.setCorrection(new Correction("Correction of-version-" + version + ".", NOON));
    }
    return article.build();
  }

  private static Instant around(Random random, int minutes) {
    return NOON.plusSeconds(30L * (random.nextInt(4 * minutes) - 2 * minutes));
  }

  @Test
  void thousandsOfVersionsEndTheSameInAStateThatDoesNotGrow() {
    Random random = new Random(32);
    List<Sent> events = new ArrayList<>();
    for (int version = 1; version <= 2_000; version++) {
      Article event = revision(random, version);
      events.add(new Sent(
          Article.newBuilder(event)
              .setExpires(null)
              .setCorrection(version % 50 == 0 ? event.getCorrection() : null)
              .setUrl("/page-" + version / 100)
              .build(),
          NOON.minusSeconds(2_000 - version)));
    }
    // each comes at most some places too late
    List<Sent> arriving = new ArrayList<>(events);
    arriving.sort(
        Comparator.comparingLong(sent -> 16 * sent.event().getVersion() + random.nextInt(16 * 10)));
    Desk desk = new Desk();

    arriving.forEach(sent -> desk.take(sent, NOON));
    Instant later = NOON.plus(Duration.ofHours(1));
    desk.look(later);

    assertThat(desk.seen()).isEqualTo(orderly(events, later));
    List<Revision> kept = desk.state.getRevisions();
    assertThat(kept).hasSizeLessThanOrEqualTo(VersionRule.KEPT_REVISIONS);
  }
}
