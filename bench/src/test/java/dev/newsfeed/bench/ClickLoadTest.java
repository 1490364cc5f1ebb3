package dev.newsfeed.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.avro.Click;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClickLoadTest {

  private final ClickLoad load =
      new ClickLoad(20_000, 1_000, 500, Instant.parse("2026-03-02T12:00:00Z"), 3_600_000, 10, 1);

  private List<Click> clicks() {
    List<Click> clicks = new ArrayList<>();
    load.forEach(clicks::add);
    return clicks;
  }

  @Test
  void theSameSeedGivesTheSameClicks() {
    assertThat(clicks()).isEqualTo(clicks());
  }

  @Test
  void theFirstArticleIsClickedTwiceAsOftenAsTheSecond() {
    List<String> ids = clicks().stream().map(Click::getArticleId).toList();
    double first = Collections.frequency(ids, ClickLoad.articleId(0));
    double second = Collections.frequency(ids, ClickLoad.articleId(1));

    assertThat(first / second).isBetween(1.7, 2.3);
  }

  @Test
  void clicksComeInOrderOfTimeApartFromTheLateOnes() {
    List<Click> clicks = clicks();
    long latest = Long.MIN_VALUE;
    int late = 0;
    for (Click click : clicks) {
      late += click.getReceivedAtMs() < latest ? 1 : 0;
      latest = Math.max(latest, click.getReceivedAtMs());
    }

    assertThat(late).isBetween(clicks.size() * 8 / 100, clicks.size() * 11 / 100);
  }
}
