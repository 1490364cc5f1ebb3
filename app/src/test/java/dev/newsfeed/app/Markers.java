package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Words that stand in one story each and nowhere else in the world, made of lower-case letters and
 * digits so that no format and no tokenizer changes them: {@code zq3f0c…07} is that of story 7.
 */
final class Markers {

  private static final int DIGITS = 2;

  private final String common =
      "zq" + UUID.randomUUID().toString().replace("-", "").substring(0, 14);

  /** The word of a story, 0 to 99. */
  String of(int story) {
    return common + "%02d".formatted(story);
  }

  /** What all of them begin with. */
  String common() {
    return common;
  }

  /** The stories whose words stand in a text. */
  Set<Integer> in(String text) {
    Set<Integer> found = new TreeSet<>();
    for (int at = text.indexOf(common); at >= 0; at = text.indexOf(common, at + 1)) {
      int number = at + common.length();
      found.add(
          number + DIGITS <= text.length()
              ? Integer.parseInt(text.substring(number, number + DIGITS))
              : -1);
    }
    return found;
  }

  /** The same in bytes of whatever kind. */
  Set<Integer> in(byte[] bytes) {
    return in(new String(bytes, ISO_8859_1));
  }
}
