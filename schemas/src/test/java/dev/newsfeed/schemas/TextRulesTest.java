package dev.newsfeed.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextRulesTest {

  private static final long SEED = 20_261_128;
  private static final int[] TROUBLE = {
    'a', ' ', '\n', '\t', 0, 7, 0x1B, 0x7F, 0x9B, 0xD83D, 0xDE00, 0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFE,
    0x200B, 0x200E, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x5D0,
    0x1F600
  };

  @Test
  void whateverIsCleanedMayStandAndIsCleanedOnce() {
    Random random = new Random(SEED);
    for (int run = 0; run < 20_000; run++) {
      String text = text(random);

      String cleaned = TextRules.cleaned(text);

      assertThat(TextRules.problem(cleaned)).as("%s: %s", SEED, escaped(text)).isNull();
      assertThat(TextRules.cleaned(cleaned)).as("%s: %s", SEED, escaped(text)).isEqualTo(cleaned);
      assertThat(new String(cleaned.getBytes(UTF_8), UTF_8)).as(escaped(text)).isEqualTo(cleaned);
      assertThat(naiveDepths(cleaned)).as("%s: %s", SEED, escaped(text)).isZero();
      assertThat(TextRules.problem(text) == null).as(escaped(text)).isEqualTo(cleaned.equals(text));
    }
  }

  /** How many directions are open at the end, counted without regard to their kind. */
  private static int naiveDepths(String text) {
    int open = 0;
    for (char c : text.toCharArray()) {
      open += "\u202A\u202B\u2066\u2067\u2068".indexOf(c) >= 0 ? 1 : 0;
      open -= c == '\u202C' || c == '\u2069' ? 1 : 0;
      assertThat(c).isNotIn('\u202D', '\u202E');
      assertThat(open).isNotNegative();
    }
    return open;
  }

  @ParameterizedTest
  @CsvSource({
    "A\\u202Egpj.exe, Agpj.exe", // shown as Aexe.jpg
    "a\\u202Eb\\u202Cc, abc",
    "\\u2067abc, \\u2067abc\\u2069",
    "\\u202Babc\\u202C, \\u202Babc\\u202C",
    "abc\\u202C\\u2069, abc",
    "\\u2067a\\u202Ab\\u2069c, \\u2067a\\u202Ab\\u202C\\u2069c",
    "\\u2067a\\u202Cb\\u2069, \\u2067ab\\u2069", // a pop does not close an isolate
    "\\uD83D!, !",
    "\\uD83D\\uDE00, \\uD83D\\uDE00",
    "a\\u0000b\\u001B[31mc, ab[31mc",
  })
  void whatMayNotStandIsTakenOut(String text, String cleaned) {
    assertThat(TextRules.cleaned(unescaped(text))).isEqualTo(unescaped(cleaned));
  }

  @Test
  void wordsThatPeopleWriteStayAsTheyAre() {
    for (String text : new String[] {
      "Ærøskøbing – 5 °C\n\tnext line",
      "\u05E9\u05DC\u05D5\u05DD\u200F!",
      "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
      "family \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67"
    }) {
      assertThat(TextRules.cleaned(text)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "\\u200B\\u2067\\u2069", "\\u00A0\\uFEFF", "\\u0007"})
  void whatNobodySeesIsBlank(String text) {
    assertThat(TextRules.isBlank(unescaped(text))).isTrue();
    assertThat(TextRules.isBlank(unescaped(text) + ".")).isFalse();
  }

  @Test
  void problemSaysWhichCharacterAndWhere() {
    assertThat(TextRules.problem("abc\u202Edef"))
        .isEqualTo("has a change of direction (U+202E) after 3 characters");
    assertThat(TextRules.problem("abc\u0007"))
        .isEqualTo("has a character that is no text (U+0007) after 3 characters");
    assertThat(TextRules.problem("abc\u2067")).isEqualTo("opens a direction and does not close it");
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      int c = TROUBLE[random.nextInt(TROUBLE.length)];
      if (c >= 0xD800 && c <= 0xDFFF) {
        text.append((char) c);
      } else {
        text.appendCodePoint(c);
      }
    }
    return text.toString();
  }

  private static String unescaped(String text) {
    return Pattern.compile("\\\\u([0-9A-F]{4})")
        .matcher(text)
        .replaceAll(
            m -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 16))));
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars().forEach(c -> escaped.append(String.format("\\u%04X", c)));
    return escaped.toString();
  }
}
