package dev.newsfeed.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.GenerationPhase;
import dev.newsfeed.avro.JobGeneration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GenerationTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final Counting SUSPECTS = new Counting(true, null);
  private static final Counting LATE = new Counting(false, NOON);

  @Test
  void whatIsUsualIsSeenWhereNothingWasEverSaid() {
    assertThat(Generation.seen(null)).isEqualTo(Generation.AS_USUAL);
    assertThat(Generation.seen(said(GenerationPhase.serving, null, SUSPECTS)))
        .isEqualTo(Generation.AS_USUAL);
  }

  @Test
  void formerGenerationsOutputsAreSeenUntilTheNextOneServes() {
    assertThat(Generation.seen(said(GenerationPhase.building, SUSPECTS, LATE))).isEqualTo(LATE);
    assertThat(Generation.seen(said(GenerationPhase.switching, SUSPECTS, LATE))).isEqualTo(LATE);
    assertThat(Generation.seen(said(GenerationPhase.serving, SUSPECTS, LATE))).isEqualTo(SUSPECTS);
  }

  private static JobGeneration said(
      GenerationPhase phase, @Nullable Counting counting, @Nullable Counting former) {
    return new JobGeneration("most-read", 5L, phase, 3L, "mara", NOON, counting, former);
  }
}
