package dev.newsfeed.gateway.page;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** In which direction a language is written. */
final class Writing {

  private static final Set<String> RIGHT_TO_LEFT_SCRIPTS =
      Set.of("Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa");
  private static final Set<String> RIGHT_TO_LEFT = Set.of(
      "ar", "arc", "arz", "ckb", "dv", "fa", "he", "iw", "ji", "nqo", "pnb", "prs", "ps", "sd",
      "syr", "ug", "ur", "yi");

  private Writing() {}

  /**
   * The value of an element's {@code dir}.
   *
   * @param language as in BCP 47; null: not said, and the text itself must show it
   */
  static String direction(@Nullable String language) {
    Locale locale = language == null ? Locale.ROOT : Locale.forLanguageTag(language);
    if (locale.getLanguage().isEmpty()) {
      return "auto";
    }
    boolean rightToLeft = locale.getScript().isEmpty()
        ? RIGHT_TO_LEFT.contains(locale.getLanguage())
        : RIGHT_TO_LEFT_SCRIPTS.contains(locale.getScript());
    return rightToLeft ? "rtl" : "ltr";
  }
}
