package dev.newsfeed.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.GenerationPhase;
import dev.newsfeed.avro.JobGeneration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  private static Assignment when(GenerationPhase phase) {
    Instant noon = Instant.parse("2026-03-02T12:00:00Z");
    return Assignment.of(new JobGeneration("feeds", 5L, phase, 3L, "mara", noon));
  }

  @Test
  void firstGenerationServesWhereNothingWasEverSaid() {
    assertThat(Assignment.of(null)).isEqualTo(new Assignment(Set.of(1L), 1));
  }

  @Test
  void formerGenerationServesWhileTheNextIsBuilt() {
    assertThat(when(GenerationPhase.building)).isEqualTo(new Assignment(Set.of(3L, 5L), 3));
  }

  @Test
  void nobodyWritesWhileTheySwitch() {
    assertThat(when(GenerationPhase.switching))
        .isEqualTo(new Assignment(Set.of(5L), Assignment.NONE));
    assertThat(when(GenerationPhase.switching).isSettled()).isFalse();
  }

  @Test
  void onlyTheLatestIsLeftWhenItServes() {
    assertThat(when(GenerationPhase.serving)).isEqualTo(new Assignment(Set.of(5L), 5));
    assertThat(when(GenerationPhase.serving).isSettled()).isTrue();
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
