package dev.newsfeed.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswerCountsTest {

  @Test
  void notNowIsNoFault() {
    AnswerCounts counts = new AnswerCounts();

    IntStream.of(200, 204, 206, 304, 404, 410, 503, 503, 500, 502).forEach(counts::count);

    assertThat(AnswerCounts.STATUSES).extracting(counts::of).containsExactly(3L, 1L, 2L, 2L, 2L);
  }
}
