package dev.newsfeed.producer.formats;

import dev.newsfeed.schemas.ArticleRules;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Article ids and versions out of what a ninjs says of itself.
 *
 * <pre>
 * urn:newsml:dpa.com:20090101:190510-99-167362   the id as it is
 * http://tt.se/media/text/210526-militar-a0f2    ninjs-9f0c…, from its hash
 * http://api.ap.org/media/v/content/8c9f?qt=H1   the same for each qt: AP puts who asked behind the ?
 * </pre>
 */
final class NinjsIds {

  private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.+");
  private static final Pattern OF_AP =
      Pattern.compile("(https?://(?:[a-z0-9-]+\\.)*ap\\.org/[^?#]*)(?:[?#].*)?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private NinjsIds() {}

  /** The article id for a ninjs uri: the same one every time, and never one of a newsroom's own. */
  static String articleId(String uri) {
    Matcher ap = OF_AP.matcher(uri);
    String name = ap.matches() ? ap.group(1) : uri;
    return ABSOLUTE.matcher(name).matches() && ArticleRules.isArticleId(name)
        ? name
        : NewsImport.articleId("ninjs-", name);
  }

  /**
   * How a ninjs that was given an id by its sender names other articles: what stands before the id in
   * its own uri is the sender's namespace, and the rest of another uri in there is an id, too.
   */
  static UnaryOperator<String> among(String ownUri, String articleId) {
    String before =
        ownUri.endsWith(articleId) ? ownUri.substring(0, ownUri.length() - articleId.length()) : "";
    boolean namespace =
        !before.isEmpty() && !Character.isLetterOrDigit(before.charAt(before.length() - 1));
    return uri -> {
      String rest = namespace && uri.startsWith(before) ? uri.substring(before.length()) : "";
      return ArticleRules.isArticleId(rest) ? rest : articleId(uri);
    };
  }

  /**
   * The version that a number in {@code version} stands for; 0: it is no number. AP begins with 0, so
   * that its versions are one more here; for everyone else 0 is 1.
   */
  static long version(String uri, String version) {
    if (!NUMBER.matcher(version).matches()) {
      return 0;
    }
    long number = Long.parseLong(version);
    return OF_AP.matcher(uri).matches() ? number + 1 : Math.max(1, number);
  }
}
