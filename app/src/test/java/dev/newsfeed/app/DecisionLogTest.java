package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.newsfeed.avro.Control;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionLogTest {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static final DecisionLog LOG = new DecisionLog(List.of(
      decided(0, control("bridge").setExcluded(true).setNote("in memoriam page")),
      decided(1, control("section/world").setAgeLimitDays(3)),
      decided(2, control("flood").setPinnedRank(2).setEvergreen(true)),
      decided(3, control("bridge").setBy("ole")),
      decided(4, control("bridge").setPinnedRank(1).setAgeLimitDays(1)),
      decided(5, control("flood")),
      new Decision("old", NOON.plusSeconds(6), null)));

  @Test
  void lastDecisionOfEachIsInForceWhileItChangesAnything() {
    assertThat(LOG.inForce().decisions())
        .extracting(Decision::key, Decision::inWords)
        .containsExactly(
            tuple("bridge", "pinned at 1, age limit 1 day"),
            tuple("section/world", "age limit 3 days"));
  }

  @Test
  void historyOfOneIsAllThatWasDecidedAboutIt() {
    assertThat(LOG.about("bridge").decisions())
        .extracting(Decision::inWords)
        .containsExactly("excluded", "nothing", "pinned at 1, age limit 1 day");
    assertThat(LOG.about("bridge").last()).isEqualTo(LOG.decisions().get(4));
    assertThat(LOG.about("nobody").last()).isNull();
  }

  @Test
  void everyDecisionIsToldWithWhenWhoAndWhy() {
    assertThat(LOG.text(ZoneId.of("Europe/Berlin"))).isEqualTo("""
        when                 key            decision                      by    note
        2026-11-23 13:00:00  bridge         excluded                      mara  in memoriam page
        2026-11-23 13:00:01  section/world  age limit 3 days              mara
        2026-11-23 13:00:02  flood          pinned at 2, evergreen        mara
        2026-11-23 13:00:03  bridge         nothing                       ole
        2026-11-23 13:00:04  bridge         pinned at 1, age limit 1 day  mara
        2026-11-23 13:00:05  flood          nothing                       mara
        2026-11-23 13:00:06  old            deleted
        """);
  }

  @Test
  void nobodyWritesToTheTerminalThroughANote() {
    DecisionLog log =
        new DecisionLog(List.of(decided(0, control("bridge").setNote("a\u001b[2Jb\nc"))));

    assertThat(log.text(ZoneId.of("UTC"))).contains("a [2Jb c").hasLineCount(2);
  }

  private static Control.Builder control(String key) {
    return Control.newBuilder().setKey(key).setBy("mara").setAt(NOON);
  }

  private static Decision decided(int second, Control.Builder control) {
    return new Decision(control.getKey(), NOON.plusSeconds(second), control.build());
  }
}
