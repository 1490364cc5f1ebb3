package dev.newsfeed.producer;

import dev.newsfeed.schemas.TextRules;
import java.util.Locale;
import java.util.regex.Pattern;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * The HTML that may stand in an article. What is not on this list is taken out, its text kept;
 * scripts and styles go with their content. Sites show the result inside their own pages, so nothing
 * that runs, loads a document or changes the page around it may pass.
 *
 * <pre>
 * p br h2 h3 h4 ul ol li blockquote strong em b i
 * a       href: http and https addresses
 * figure figcaption img   src: http and https addresses and own paths; alt
 * table caption thead tbody tfoot tr th td   colspan rowspan scope
 * </pre>
 */
public final class BodyHtml {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");
  private static final Pattern SCOPE = Pattern.compile("(?:row|col)(?:group)?");

  private static final PolicyFactory ALLOWED = new HtmlPolicyBuilder()
      .allowElements("p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote")
      .allowElements("strong", "em", "b", "i")
      .allowElements("a", "figure", "figcaption", "img")
      .allowElements("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
      .allowUrlProtocols("http", "https")
      .allowAttributes("href")
      .matching((element, attribute, value) -> isWeb(value) ? value : null)
      .onElements("a")
      .allowAttributes("src")
      .matching((element, attribute, value) -> isWeb(value) || isOwnPath(value) ? value : null)
      .onElements("img")
      .allowAttributes("alt")
      .onElements("img")
      .allowAttributes("colspan", "rowspan")
      .matching(NUMBER)
      .onElements("th", "td")
      .allowAttributes("scope")
      .matching(SCOPE)
      .onElements("th")
      .toFactory();

  private BodyHtml() {}

  /** What of this HTML may be shown. */
  public static String sanitised(String html) {
    // after the sanitiser, which turns &#x202e; into the character
    return TextRules.cleaned(ALLOWED.sanitize(html));
  }

  private static boolean isWeb(String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    return lower.startsWith("http://") || lower.startsWith("https://");
  }

  /** {@code //host/…} and {@code /\host/…} lead away, though they look like paths. */
  private static boolean isOwnPath(String url) {
    return url.startsWith("/") && !url.startsWith("//") && !url.contains("\\");
  }
}
