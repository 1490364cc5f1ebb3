package dev.newsfeed.producer.formats;

import dev.newsfeed.producer.PlainText;
import dev.newsfeed.schemas.TextRules;
import java.nio.charset.Charset;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.owasp.html.Encoding;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/** Readable text out of HTML, and HTML out of text. */
final class NewsText {

  private static final PolicyFactory TEXT_ONLY = new HtmlPolicyBuilder().toFactory();
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final Pattern BLOCK =
      Pattern.compile("(?i)<(?=/?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|th|blockquote|figcaption)\\b)");
  private static final Pattern CUT_TAG = Pattern.compile("<[A-Za-z/!][^>]*$");
  private static final Pattern WINDOWS_NUMBER = Pattern.compile("&#1([2-5][0-9]);");
  private static final Pattern NOT_SLUG = Pattern.compile("[^a-z0-9]+");
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final int MAX_SLUG = 100;

  private NewsText() {}

  /** The text of some HTML in one line: no tags, no entities, blocks apart. */
  static String ofHtml(String html) {
    String apart = BLOCK.matcher(CUT_TAG.matcher(html).replaceFirst("")).replaceAll(" <");
    String text = Encoding.decodeHtml(TEXT_ONLY.sanitize(windowsNumbers(apart)), false);
    return PlainText.of(text);
  }

  /** Text as HTML that shows it. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** The text, or its beginning up to a word, ended with three dots. */
  static String shortened(String text, int atMost) {
    if (text.length() <= atMost) {
      return text;
    }
    int end = text.lastIndexOf(' ', atMost - 1);
    // no half of a character, and no direction left open
    return TextRules.cleaned(text.substring(0, end > 0 ? end : atMost - 1)) + "…";
  }

  /** "Foreign Policy" gives foreign-policy; empty when nothing of it can stand in a slug. */
  static String slug(String title) {
    String plain =
        MARKS.matcher(Normalizer.normalize(title, Normalizer.Form.NFD)).replaceAll("");
    String slug = NOT_SLUG.matcher(plain.toLowerCase(Locale.ROOT)).replaceAll("-");
    String cut = slug.substring(0, Math.min(slug.length(), MAX_SLUG));
    return cut.replaceAll("^-|-$", "");
  }

  /** A slug for any title: one of which nothing can stand in a slug has one made from its hash. */
  static String slugOf(String title) {
    String slug = slug(title);
    return slug.isEmpty() ? NewsImport.articleId("x-", title) : slug;
  }

  /** Numbers 128 to 159 are controls in Unicode; whoever writes them means Windows' characters. */
  private static String windowsNumbers(String html) {
    return WINDOWS_NUMBER.matcher(html).replaceAll(number -> {
      int code = 100 + Integer.parseInt(number.group(1));
      return code < 128 ? number.group() : new String(new byte[] {(byte) code}, WINDOWS);
    });
  }
}
