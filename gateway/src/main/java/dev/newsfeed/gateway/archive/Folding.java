package dev.newsfeed.gateway.archive;

import java.io.IOException;
import java.text.Normalizer;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Words without what people leave out when they type: accents, vowel points and soft hyphens.
 *
 * <pre>
 * Müller, Mu¨ller → muller      Łódź → lodz      ёлка → елка      йод → йод      が → が
 * </pre>
 *
 * Marks that make another letter of another alphabet stay: a Russian й is no и, and a Japanese が no か.
 */
final class Folding extends TokenFilter {

  private final CharTermAttribute word = addAttribute(CharTermAttribute.class);

  private Folding(TokenStream words) {
    super(words);
  }

  /** The words of a stream, folded. */
  static TokenStream of(TokenStream words) {
    return new ASCIIFoldingFilter(
        new Folding(words)); // knows the letters that have no accent: ø, ł
  }

  @Override
  public boolean incrementToken() throws IOException {
    if (!input.incrementToken()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) >= 0x80) {
        String folded = fold(word.toString());
        word.setEmpty().append(folded);
        break;
      }
    }
    return true;
  }

  private static String fold(String word) {
    String apart = Normalizer.normalize(word, Normalizer.Form.NFD);
    StringBuilder folded = new StringBuilder(apart.length());
    char letter = 0; // to which the marks belong
    for (int i = 0; i < apart.length(); i++) {
      char c = apart.charAt(i);
      boolean mark = Character.getType(c) == Character.NON_SPACING_MARK;
      if (!mark) {
        letter = c;
      }
      if (c == 'ς') {
        folded.append('σ'); // which one is written depends on the place in the word only
      } else if (c != '\u00AD' && !(mark && isLeftOut(letter, c))) {
        folded.append(c);
      }
    }
    return Normalizer.normalize(folded, Normalizer.Form.NFC);
  }

  private static boolean isLeftOut(char letter, char mark) {
    return switch (Character.UnicodeScript.of(letter)) {
      case LATIN, GREEK, ARABIC, HEBREW -> true;
      case CYRILLIC -> mark <= '\u0301' || (letter == 'е' && mark == '\u0308'); // stress, and ё
      default -> false;
    };
  }
}
