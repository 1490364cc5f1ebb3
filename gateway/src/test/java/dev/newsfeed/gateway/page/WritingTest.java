package dev.newsfeed.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritingTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "en, ltr",
        "de-CH, ltr",
        "ar, rtl",
        "ar-EG, rtl",
        "he, rtl",
        "fa, rtl",
        "ur-PK, rtl",
        "az-Arab, rtl",
        "ku-Latn, ltr",
        "pa-Arab-PK, rtl",
        "yi, rtl",
        "none, auto",
        "'', auto",
        "'not a language', auto"
      })
  void directionIsThatOfTheScript(@Nullable String language, String direction) {
    assertThat(Writing.direction(language)).isEqualTo(direction);
  }
}
