package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** When the jobs of a process are said to be ready. */
class StreamsCommandTest {

  private static final Map<String, String> RUNNING =
      Map.of("feeds", "RUNNING", "most-read", "RUNNING");

  @Test
  void jobsThatRunAndAreNotFarBehindAreReady() {
    assertThat(StreamsCommand.missing(null, RUNNING, Map.of("feeds", 0L, "most-read", 100L), 100))
        .isEmpty();
  }

  @Test
  void jobThatIsTooFarBehindIsNamedWithItsRecords() {
    assertThat(StreamsCommand.missing(null, RUNNING, Map.of("feeds", 0L, "most-read", 101L), 100))
        .hasValue("records behind: {most-read=101}");
  }

  @Test
  void jobThatMovesOrRestoresIsNamedWithItsState() {
    Map<String, String> states = Map.of("feeds", "RUNNING", "most-read", "REBALANCING");

    assertThat(StreamsCommand.missing(null, states, Map.of(), 100))
        .hasValue("not running yet: {most-read=REBALANCING}");
  }

  @Test
  void failureComesFirst() {
    assertThat(StreamsCommand.missing(
            new IllegalStateException("why"), Map.of("feeds", "ERROR"), Map.of("feeds", 999L), 1))
        .hasValueSatisfying(text -> assertThat(text).startsWith("failed").contains("why"));
  }
}
