package dev.newsfeed.producer;

import dev.newsfeed.schemas.TextRules;

/** Text of one line that every output format can carry. */
public final class PlainText {

  private PlainText() {}

  /**
   * The text without what {@link TextRules} take out; white space, line breaks included, is one blank
   * each, and none at the ends.
   */
  public static String of(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    boolean blank = false;
    for (int i = 0; i < raw.length(); ) {
      int c = raw.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isWhitespace(c) || c == 0xA0 || c == 0x85) {
        blank = true;
      } else if (!Character.isISOControl(c)) {
        if (blank && text.length() > 0) {
          text.append(' ');
        }
        blank = false;
        text.appendCodePoint(c);
      }
    }
    return TextRules.cleaned(text.toString());
  }
}
