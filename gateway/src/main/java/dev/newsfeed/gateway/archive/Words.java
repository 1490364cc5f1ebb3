package dev.newsfeed.gateway.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.owasp.html.Encoding;

/**
 * Text as the words by which it is found: cut by the rules of Unicode, which hold for any language,
 * in lower case and without accents. Chinese, Japanese and Korean, which these rules cut into single
 * characters, are words in pairs, too. No word is left out: which ones are too common to mean
 * anything is read off the archive itself, so it needs to know no language for that.
 *
 * <pre>
 * Müller besucht 東京都   0 muller   1 besucht   2 東, 東京   3 京, 京都   4 都
 * </pre>
 */
final class Words {

  /** A word and where in the text it stands: the how manieth it is, and its characters. */
  record Word(String text, int position, int start, int end) {}

  /** Parts of what is one word by the rules of Unicode; Thai is written without spaces. */
  static final int MOST_IN_A_WORD = 200;

  /** So that no phrase begins in the headline and ends in the lead. */
  private static final int GAP = 100;

  private static final Pattern INLINE =
      Pattern.compile("</?(?:a|em|i|strong|b|small|sub|sup|code|q|cite|time)(?:\\s[^>]*)?>");
  private static final Pattern TAG = Pattern.compile("<[^>]*>");

  private static final Pattern IN_PAIRS =
      Pattern.compile("[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}]");

  private static final int PAIRED = CJKBigramFilter.HAN
      | CJKBigramFilter.HIRAGANA
      | CJKBigramFilter.KATAKANA
      | CJKBigramFilter.HANGUL;

  /** Words as they are written. */
  private static final Analyzer WRITTEN = new Analyzer() {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer words = new StandardTokenizer();
      TokenStream folded = Folding.of(new LowerCaseFilter(new CJKWidthFilter(words)));
      return new TokenStreamComponents(words, new CJKBigramFilter(folded, PAIRED, true));
    }

    @Override
    public int getPositionIncrementGap(String field) {
      return GAP;
    }
  };

  /** What goes into each field: words as written, or the stems of a language. */
  static final Analyzer ANALYZER =
      new DelegatingAnalyzerWrapper(Analyzer.PER_FIELD_REUSE_STRATEGY) {
        @Override
        protected Analyzer getWrappedAnalyzer(String field) {
          int in = field.indexOf(Documents.IN);
          return in < 0 ? WRITTEN : Languages.analyzer(field.substring(in + Documents.IN.length()));
        }
      };

  private Words() {}

  /** The first words of a text, at most so many. */
  static List<String> of(String text, int atMost) {
    return placed(text, atMost).stream().map(Word::text).toList();
  }

  /** The first words of a text and where they stand, at most so many. */
  static List<Word> placed(String text, int atMost) {
    return placed(WRITTEN, text, atMost);
  }

  static List<Word> placed(Analyzer analyzer, String text, int atMost) {
    List<Word> words = new ArrayList<>();
    try (TokenStream stream = analyzer.tokenStream("", text)) {
      CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
      PositionIncrementAttribute step = stream.addAttribute(PositionIncrementAttribute.class);
      OffsetAttribute place = stream.addAttribute(OffsetAttribute.class);
      stream.reset();
      int position = -1;
      while (words.size() < atMost && stream.incrementToken()) {
        position += step.getPositionIncrement();
        words.add(new Word(word.toString(), position, place.startOffset(), place.endOffset()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("text in memory cannot be read", e);
    }
    return words;
  }

  /**
   * The words that must stand in a text, each at its distance from the first, for it to say what
   * was typed: where characters are words in pairs, the pairs, which are less common.
   */
  static List<Word> asked(String typed, int atMost) {
    List<Word> asked = new ArrayList<>();
    for (Word word : placed(typed, 2 * atMost)) {
      Word last = asked.isEmpty() ? null : asked.get(asked.size() - 1);
      if (last != null && last.position() == word.position()) {
        asked.set(asked.size() - 1, word); // the pair comes after its first character
      } else if (last == null || last.end() < word.end()) {
        asked.add(word);
      }
    }
    return asked.subList(0, Math.min(atMost, asked.size()));
  }

  /** Whether a word is of a script without spaces, in which neighbours make words. */
  static boolean isInPairs(String word) {
    return IN_PAIRS.matcher(word).find();
  }

  /** What a reader sees of sanitised HTML, in which every angle bracket belongs to a tag. */
  static String ofHtml(String html) {
    String joined = INLINE.matcher(html).replaceAll("");
    return Encoding.decodeHtml(TAG.matcher(joined).replaceAll(" "), false);
  }
}
