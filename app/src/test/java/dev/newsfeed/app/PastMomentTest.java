package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PastMomentTest {

  private static final Instant NOON = Instant.parse("2026-03-30T12:00:00Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @ParameterizedTest
  @CsvSource({
    "2026-03-29T10:00:00Z, 2026-03-29T10:00:00Z",
    "2026-03-29T10:00+02:00, 2026-03-29T08:00:00Z",
    "2026-03-29, 2026-03-28T23:00:00Z",
    "2026-03-30, 2026-03-29T22:00:00Z", // summer time began the day before
    "-P2D, 2026-03-28T12:00:00Z",
    "-PT90M, 2026-03-30T10:30:00Z",
    "2026-03-30T11:59:59.123456Z, 2026-03-30T11:59:59.123Z",
    "PT0S, 2026-03-30T12:00:00Z"
  })
  void momentIsATimeADayOfTheNewsroomOrAWhileAgo(String text, Instant moment) {
    assertThat(PastMoment.parse("--from", text, NOON, BERLIN)).isEqualTo(moment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "yesterday", "2026-02-30", "2026-03-29T10:00", "-P1Y", "-P999999999999D"})
  void anythingElseIsNamedWithWhatItMustBe(String text) {
    assertThatThrownBy(() -> PastMoment.parse("--from", text, NOON, BERLIN))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("--from must be a time such as")
        .hasMessageEndingWith("is " + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"P2D", "2026-03-31", "2026-03-30T12:00:01Z"})
  void whatIsStillToComeIsRefused(String text) {
    assertThatThrownBy(() -> PastMoment.parse("--from", text, NOON, BERLIN))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("must not lie in the future");
  }

  @Test
  void nowIsNotStillToCome() {
    assertThat(PastMoment.parse("--from", NOON.toString(), NOON, BERLIN)).isEqualTo(NOON);
  }
}
