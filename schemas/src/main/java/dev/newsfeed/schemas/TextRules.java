package dev.newsfeed.schemas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which characters may stand in a text. What is left after {@link #cleaned} can be written as UTF-8 and
 * as XML, runs in no terminal, and cannot turn the text beside it around.
 *
 * <pre>
 * control characters, but not tab and line breaks   taken out    XML cannot carry them
 * half of a surrogate pair                          taken out    UTF-8 cannot carry it
 * U+FFFE, U+FFFF and their like                     taken out    are no characters
 * direction overrides (U+202D, U+202E)              taken out    show other words than are written
 * embeddings and isolates (U+202A … U+2069)         stay, closed at the end where the text forgot it
 * direction marks, joiners and all other characters stay
 * </pre>
 *
 * Embeddings and isolates are those of the Unicode Bidirectional Algorithm (UAX #9), which Hebrew and
 * Arabic need; one that is not closed goes on in whatever a page shows next.
 */
public final class TextRules {

  private static final char EMBED_LEFT = '\u202A';
  private static final char EMBED_RIGHT = '\u202B';
  private static final char POP = '\u202C';
  private static final char OVERRIDE_LEFT = '\u202D';
  private static final char OVERRIDE_RIGHT = '\u202E';
  private static final char ISOLATE_LEFT = '\u2066';
  private static final char ISOLATE_FIRST_STRONG = '\u2068';
  private static final char POP_ISOLATE = '\u2069';

  private TextRules() {}

  /** The text without what may not stand in it; the same where all of it may. */
  public static String cleaned(String text) {
    StringBuilder cleaned = new StringBuilder(text.length());
    Deque<Character> open = new ArrayDeque<>();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (isDirection(c)) {
        turn((char) c, open, cleaned);
      } else if (isText(c)) {
        cleaned.appendCodePoint(c);
      }
    }
    while (!open.isEmpty()) {
      close(open.pop(), cleaned);
    }
    return cleaned.toString();
  }

  private static void turn(char c, Deque<Character> open, StringBuilder cleaned) {
    switch (c) {
      case OVERRIDE_LEFT, OVERRIDE_RIGHT -> open.push(c);
      case POP -> {
        if (!open.isEmpty() && !isIsolate(open.peek())) {
          close(open.pop(), cleaned);
        }
      }
      case POP_ISOLATE -> {
        if (open.stream().anyMatch(TextRules::isIsolate)) {
          while (!isIsolate(open.peek())) {
            close(open.pop(), cleaned);
          }
          close(open.pop(), cleaned);
        }
      }
      default -> {
        open.push(c);
        cleaned.append(c);
      }
    }
  }

  /** What was opened by an override was never written, so its end is not either. */
  private static void close(char opened, StringBuilder cleaned) {
    if (isIsolate(opened)) {
      cleaned.append(POP_ISOLATE);
    } else if (opened == EMBED_LEFT || opened == EMBED_RIGHT) {
      cleaned.append(POP);
    }
  }

  private static boolean isDirection(int c) {
    return (c >= EMBED_LEFT && c <= OVERRIDE_RIGHT) || (c >= ISOLATE_LEFT && c <= POP_ISOLATE);
  }

  private static boolean isIsolate(char c) {
    return c >= ISOLATE_LEFT && c <= ISOLATE_FIRST_STRONG;
  }

  private static boolean isText(int c) {
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    boolean nonCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    boolean control = Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r';
    return !surrogate && !nonCharacter && !control;
  }

  /** Whether nobody would see anything of this text. */
  public static boolean isBlank(String text) {
    return text.codePoints()
        .allMatch(c -> Character.isWhitespace(c)
            || Character.isSpaceChar(c)
            || Character.isISOControl(c)
            || Character.getType(c) == Character.FORMAT);
  }

  /** What may not stand in this text, and where; null: all of it may. */
  static @Nullable String problem(String text) {
    String cleaned = cleaned(text);
    if (cleaned.equals(text)) {
      return null;
    }
    int at = 0;
    while (at < Math.min(text.length(), cleaned.length())
        && text.charAt(at) == cleaned.charAt(at)) {
      at++;
    }
    if (at == text.length()) {
      return "opens a direction and does not close it";
    }
    int c = text.codePointAt(at);
    return String.format(
        Locale.ROOT,
        "has %s (U+%04X) after %d characters",
        isDirection(c) ? "a change of direction" : "a character that is no text",
        c,
        at);
  }
}
