package dev.newsfeed.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Control;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlRulesTest {

  static Stream<Control.Builder> fine() {
    return Stream.of(
        of("bridge"),
        of("bridge").setExcluded(true).setEvergreen(true).setAgeLimitDays(1),
        of("bridge").setPinnedRank(1).setAgeLimitDays(3_650),
        of("bridge").setPinnedRank(20).setEvergreen(false).setNote("n".repeat(1_000)),
        of("section").setPinnedRank(2), // an article that is called so
        of("section/world").setExcluded(true),
        of("section/world").setAgeLimitDays(3).setBy("b".repeat(100)));
  }

  @ParameterizedTest
  @MethodSource
  void fine(Control.Builder control) {
    assertThat(ControlRules.problems(control.build())).isEmpty();
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of("key", of("no id!")),
        Arguments.of("key", of("kind/gallery").setExcluded(true)),
        Arguments.of("key", of("section/")),
        Arguments.of("key", of("section/World")),
        Arguments.of("pinnedRank", of("bridge").setPinnedRank(0)),
        Arguments.of("pinnedRank", of("bridge").setPinnedRank(21)),
        Arguments.of("pinnedRank", of("bridge").setPinnedRank(1).setExcluded(true)),
        Arguments.of("pinnedRank", of("section/world").setPinnedRank(1)),
        Arguments.of("evergreen", of("section/world").setEvergreen(true)),
        Arguments.of("evergreen", of("section/world").setEvergreen(false)),
        Arguments.of("ageLimitDays", of("bridge").setAgeLimitDays(0)),
        Arguments.of("ageLimitDays", of("section/world").setAgeLimitDays(3_651)),
        Arguments.of("by", of("bridge").setBy(" ")),
        Arguments.of("by", of("bridge").setBy("b".repeat(101))),
        Arguments.of("note", of("bridge").setNote("n".repeat(1_001))));
  }

  @ParameterizedTest
  @MethodSource
  void wrong(String field, Control.Builder control) {
    assertThat(ControlRules.problems(control.build()))
        .extracting(Problem::field)
        .containsExactly(field);
  }

  @Test
  void everythingWrongIsNamedInTheOrderOfTheFields() {
    Control control =
        of("no id!").setPinnedRank(99).setAgeLimitDays(-1).setBy("").build();

    assertThat(ControlRules.problems(control))
        .extracting(Problem::field)
        .containsExactly("key", "pinnedRank", "ageLimitDays", "by");
  }

  @ParameterizedTest
  @ValueSource(strings = {"section", "sections/world", "section/world/africa", "Section/world"})
  void fewThingsAreSections(String key) {
    assertThat(ControlRules.isSection(key)).isFalse();
  }

  private static Control.Builder of(String key) {
    return Control.newBuilder().setKey(key).setBy("mara").setAt(Instant.EPOCH);
  }
}
