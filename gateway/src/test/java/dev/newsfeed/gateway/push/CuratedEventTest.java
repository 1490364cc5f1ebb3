package dev.newsfeed.gateway.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.gateway.Samples;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CuratedEventTest {

  private static final String TOP = "curated/top-stories";

  private final EventLog log = new EventLog("t", 1, Map.of());

  private static Interests in(String... feedIds) {
    return Interests.of(Set.of(feedIds), Set.of("now"), Set.of("all"), "", null);
  }

  @Test
  void whoAsksForAnEditorsListIsToldThatItIsAnotherOne() {
    log.curated(TOP, "Top stories", Samples.NINE);

    EventLog.ListEvent event = log.listsFrom(0).get(0);
    assertThat(new String(event.wire(), StandardCharsets.UTF_8))
        .isEqualTo("event: curated\ndata: {\"feedId\":\"curated/top-stories\","
            + "\"title\":\"Top stories\",\"updated\":\"2026-03-02T09:00:00Z\"}\n\n");
    assertThat(in("all", TOP).in(event)).isTrue();
    assertThat(in("all").in(event)).isFalse();
    assertThat(in("curated/in-other-media").in(event)).isFalse();
  }

  @Test
  void whoComesBackIsToldOfTheNewestListAlone() {
    log.curated(TOP, "Top stories", Samples.NINE);
    log.curated(TOP, "Top stories", Samples.NINE.plusSeconds(1));

    assertThat(log.listsFrom(0)).hasSize(1);
    assertThat(new String(log.listsFrom(0).get(0).wire(), StandardCharsets.UTF_8))
        .contains("2026-03-02T09:00:01Z");
  }
}
