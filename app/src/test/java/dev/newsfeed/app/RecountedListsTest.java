package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Counting;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecountedListsTest {

  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final Counting PLAIN = new Counting(false, null);
  private static final Counting SUSPECTS = new Counting(true, null);
  private static final Counting FROM_NOON = new Counting(false, NOON);

  private static RecountedLists asked(@Nullable Counting counting) {
    return new RecountedLists(
        KafkaSettings.of("localhost:1"),
        new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()),
        counting);
  }

  @Test
  void commandThatIsRepeatedGoesOnWithItsRecount() {
    assertThat(asked(null).isAlso(null)).isTrue();
    assertThat(asked(null).isAlso(PLAIN)).isTrue();
    assertThat(asked(SUSPECTS).isAlso(SUSPECTS)).isTrue();
    // "two days ago" is a minute later now
    assertThat(asked(new Counting(false, NOON.plusSeconds(60))).isAlso(FROM_NOON))
        .isTrue();
  }

  @Test
  void recountOfOtherClicksIsAnotherOne() {
    assertThat(asked(null).isAlso(SUSPECTS)).isFalse();
    assertThat(asked(SUSPECTS).isAlso(null)).isFalse();
    assertThat(asked(FROM_NOON).isAlso(null)).isFalse();
    assertThat(asked(SUSPECTS).isAlso(FROM_NOON)).isFalse();
    assertThat(asked(FROM_NOON).isAlso(new Counting(true, NOON))).isFalse();
  }
}
