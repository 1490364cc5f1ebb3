package dev.newsfeed.gateway.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.owasp.html.Encoding;

/**
 * Text as the words by which it is found: cut by the rules of Unicode, which hold for any language,
 * in lower case. No word is left out: which ones are too common to mean anything is read off the
 * archive itself, so it needs to know no language for that.
 */
final class Words {

  /** So that no phrase begins in the headline and ends in the lead. */
  private static final int GAP = 100;

  private static final Pattern INLINE =
      Pattern.compile("</?(?:a|em|i|strong|b|small|sub|sup|code|q|cite|time)(?:\\s[^>]*)?>");
  private static final Pattern TAG = Pattern.compile("<[^>]*>");

  static final Analyzer ANALYZER = new Analyzer() {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer words = new StandardTokenizer();
      return new TokenStreamComponents(words, new LowerCaseFilter(words));
    }

    @Override
    public int getPositionIncrementGap(String field) {
      return GAP;
    }
  };

  private Words() {}

  /** The first words of a text, at most so many. */
  static List<String> of(String text, int atMost) {
    List<String> words = new ArrayList<>();
    try (TokenStream stream = ANALYZER.tokenStream("text", text)) {
      CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (words.size() < atMost && stream.incrementToken()) {
        words.add(word.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("text in memory cannot be read", e);
    }
    return words;
  }

  /** What a reader sees of sanitised HTML, in which every angle bracket belongs to a tag. */
  static String ofHtml(String html) {
    String joined = INLINE.matcher(html).replaceAll("");
    return Encoding.decodeHtml(TAG.matcher(joined).replaceAll(" "), false);
  }
}
