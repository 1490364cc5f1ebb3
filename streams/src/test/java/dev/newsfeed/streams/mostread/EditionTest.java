package dev.newsfeed.streams.mostread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.streams.mostread.NewsroomCalendar.Week;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EditionTest {

  private static final Edition TOKYO = new Edition(
      "tokyo", new NewsroomCalendar(ZoneId.of("Asia/Tokyo"), DayOfWeek.SUNDAY, Week.ROLLING7));

  @Test
  void severalAreReadFromOneSetting() {
    assertThat(Edition.parse("tokyo=Asia/Tokyo:sunday, utc=UTC", Week.ROLLING7))
        .containsExactly(
            TOKYO,
            new Edition(
                "utc", new NewsroomCalendar(ZoneId.of("UTC"), DayOfWeek.MONDAY, Week.ROLLING7)));
    assertThat(Edition.parse("  ", Week.CALENDAR)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokyo",
        "tokyo=",
        "=Asia/Tokyo",
        "Tokyo=Asia/Tokyo",
        "tokyo=Asia/Edo",
        "tokyo=Asia/Tokyo:someday",
        "tokyo=Asia/Tokyo,",
        "odd=+09:07"
      })
  void whatIsNoEditionIsRefused(String setting) {
    assertThatThrownBy(() -> Edition.parse(setting, Week.CALENDAR))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theNameStandsInTheKeysOfItsLists() {
    assertThat(TOKYO.key(ReadWindow.TODAY, "section/world")).isEqualTo("today/section/world@tokyo");
    assertThat(Edition.own(TOKYO.calendar()).key(ReadWindow.THIS_WEEK, "all"))
        .isEqualTo("this-week/all");
  }

  @Test
  void twoEditionsOfOneNameAreRefused() {
    assertThatThrownBy(() -> ListRules.DEFAULT.withEditions(List.of(TOKYO, TOKYO)))
        .hasMessageContaining("tokyo");
    assertThatThrownBy(() -> new ListRules(20, 1, Duration.ofDays(1), 21, List.of()))
        .hasMessageContaining("21");
  }
}
