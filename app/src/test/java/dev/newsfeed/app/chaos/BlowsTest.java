package dev.newsfeed.app.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.app.chaos.Blows.Blow;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BlowsTest {

  private static final List<String> ROLES = List.of("broker", "intake", "streams-1", "gateway-1");

  private static List<Blow> blows(long seed) {
    return Stream.generate(new Blows(ROLES, seed)::next).limit(40).toList();
  }

  @Test
  void sameSeedDealsTheSameBlowsAndAnotherOneOthers() {
    assertThat(blows(7)).isEqualTo(blows(7)).isNotEqualTo(blows(8));
  }

  @Test
  void everyoneIsHitOnceBeforeAnyoneIsAgain() {
    List<Blow> blows = blows(7);

    for (int round = 0; round < blows.size(); round += ROLES.size()) {
      assertThat(blows.subList(round, round + ROLES.size()))
          .extracting(Blow::role)
          .containsExactlyInAnyOrderElementsOf(ROLES);
    }
  }
}
