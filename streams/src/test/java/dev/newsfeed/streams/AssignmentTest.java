package dev.newsfeed.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.GenerationPhase;
import dev.newsfeed.avro.JobGeneration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final Counting USUAL = Generation.AS_USUAL;
  private static final Counting SUSPECTS = new Counting(true, null);
  private static final Counting LATE = new Counting(false, NOON);

  private static Assignment when(GenerationPhase phase) {
    return when(phase, null, null);
  }

  private static Assignment when(GenerationPhase phase, Counting counting, Counting former) {
    return Assignment.of(new JobGeneration("feeds", 5L, phase, 3L, "mara", NOON, counting, former));
  }

  @Test
  void firstGenerationServesWhereNothingWasEverSaid() {
    assertThat(Assignment.of(null)).isEqualTo(new Assignment(Map.of(1L, USUAL), 1));
  }

  @Test
  void formerGenerationServesWhileTheNextIsBuilt() {
    assertThat(when(GenerationPhase.building))
        .isEqualTo(new Assignment(Map.of(3L, USUAL, 5L, USUAL), 3));
  }

  @Test
  void nobodyWritesWhileTheySwitch() {
    assertThat(when(GenerationPhase.switching))
        .isEqualTo(new Assignment(Map.of(5L, USUAL), Assignment.NONE));
    assertThat(when(GenerationPhase.switching).isSettled()).isFalse();
  }

  @Test
  void onlyTheLatestIsLeftWhenItServes() {
    assertThat(when(GenerationPhase.serving)).isEqualTo(new Assignment(Map.of(5L, USUAL), 5));
    assertThat(when(GenerationPhase.serving).isSettled()).isTrue();
  }

  @Test
  void eachGenerationCountsWhatItWasAskedTo() {
    assertThat(when(GenerationPhase.building, SUSPECTS, LATE).running())
        .isEqualTo(Map.of(3L, LATE, 5L, SUSPECTS));
    assertThat(when(GenerationPhase.switching, SUSPECTS, LATE).running())
        .isEqualTo(Map.of(5L, SUSPECTS));
    assertThat(when(GenerationPhase.serving, SUSPECTS, null).running())
        .isEqualTo(Map.of(5L, SUSPECTS));
  }

  @Test
  void internalTopicsBelongToOneGeneration() {
    assertThat(Jobs.isInternalTopic("newsfeed-feeds", "newsfeed-feeds-heads-changelog"))
        .isTrue();
    assertThat(Jobs.isInternalTopic("newsfeed-feeds", "newsfeed-feeds-by-feed-repartition"))
        .isTrue();
    assertThat(Jobs.isInternalTopic("newsfeed-feeds", "newsfeed-feeds-g2-heads-changelog"))
        .isFalse();
    assertThat(Jobs.isInternalTopic("newsfeed-feeds-g2", "newsfeed-feeds-g2-heads-changelog"))
        .isTrue();
    assertThat(Jobs.isInternalTopic("newsfeed-feeds-g2", "newsfeed-feeds-g20-heads-changelog"))
        .isFalse();
    assertThat(Jobs.isInternalTopic("newsfeed-feeds", "newsfeed.feeds")).isFalse();
    assertThat(Jobs.isGenerationOf("newsfeed-feeds", "newsfeed-feeds-g12")).isTrue();
    assertThat(Jobs.isGenerationOf("newsfeed-feeds", "newsfeed-feeds")).isTrue();
    assertThat(Jobs.isGenerationOf("newsfeed-feeds", "newsfeed-feedsaver")).isFalse();
  }
}
