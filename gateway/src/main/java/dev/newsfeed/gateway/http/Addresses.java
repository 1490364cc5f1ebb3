package dev.newsfeed.gateway.http;

import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.MediaLink;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Where things are, as readers on other machines must write it. */
public final class Addresses {

  /** Links and images in the body that begin on this site. */
  private static final Pattern OWN_PATH = Pattern.compile("(\\s(?:href|src)=\")(/(?!/))");

  private static final String NOT_IN_URIS = "\"%<>[\\]^`{|}\u007F";

  private final String base;
  private final String authority;
  private final String site;

  /** Addresses of the gateway that readers reach at {@code publicUrl}, whose host names articles. */
  public Addresses(URI publicUrl) {
    this(publicUrl, publicUrl.getHost());
  }

  /**
   * Addresses of the gateway that readers reach at {@code publicUrl}.
   *
   * @param authority who names articles in {@link #tag}, wherever they are read
   */
  public Addresses(URI publicUrl, String authority) {
    String text = publicUrl.toString();
    this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    // RFC 4151 knows no brackets: a gateway reached by an IPv6 address is on somebody's own machine
    this.authority = authority.startsWith("[") ? "localhost" : authority.toLowerCase(Locale.ROOT);
    this.site = publicUrl.getRawAuthority();
  }

  /** The front page. */
  public String home() {
    return base + "/";
  }

  /** Where documents of this site can be subscribed to (WebSub). */
  public String hub() {
    return base + "/hub";
  }

  /** The header {@code Link} of a document that can be subscribed to (WebSub 4). */
  public String links(String self) {
    return "<" + hub() + ">; rel=\"hub\", <" + self + ">; rel=\"self\"";
  }

  /** An address as it is, or a path of this site made whole. */
  public String absolute(String url) {
    return url.startsWith("/") ? base + url : url;
  }

  /**
   * The same in the characters that a URI may have (RFC 3986): feeds are read by software that takes
   * no others, while newsrooms write addresses in letters of any script.
   */
  public String uri(String url) {
    String whole = absolute(url);
    try {
      return new URI(whole).toASCIIString();
    } catch (URISyntaxException e) {
      StringBuilder ascii = new StringBuilder(whole.length() + 16);
      for (byte b : whole.getBytes(StandardCharsets.UTF_8)) {
        if (b > ' ' && NOT_IN_URIS.indexOf(b) < 0) {
          ascii.append((char) b);
        } else {
          ascii.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
        }
      }
      return ascii.toString();
    }
  }

  /** An entry's canonical address: the newsroom's own page or the other medium's, or else ours. */
  public String article(FeedEntry entry) {
    String url = entry.getUrl();
    return url == null ? articlePage(entry.getArticleId()) : absolute(url);
  }

  /** Our page of an article. */
  public String articlePage(String articleId) {
    return base + "/articles/" + articleId;
  }

  /** A path of this site with parameters, in their order. */
  public static String path(String path, Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + encode(parameter.getValue()))
        .collect(Collectors.joining("&", path + "?", ""));
  }

  /** Whether an address is of this site. */
  public boolean isOurs(String url) {
    return url.startsWith("/") || url.equals(base) || url.startsWith(base + "/");
  }

  /** The site's host, with its port where it is not the usual one. */
  public String site() {
    return site;
  }

  /** The page for people that shows a feed. */
  public String page(String feedId) {
    return feedId.equals("all") ? home() : home() + feedId;
  }

  /** A feed in a format, such as {@code json}. */
  public String feed(String feedId, String extension) {
    return base + "/feeds/" + feedId + "." + extension;
  }

  /**
   * Names an article for ever (RFC 4151), whatever becomes of its headline or address. The year is
   * the one in which the scheme began, not the article's.
   */
  public String tag(String articleId) {
    return "tag:" + authority + ",2026:" + articleId;
  }

  /** The name of what an entry leads to. For a link the address is all that tells it from others. */
  public String tag(FeedEntry entry) {
    MediaLink link = entry.getLink();
    return link == null
        ? tag(entry.getArticleId())
        : tag("link/" + Content.hash(link.getUrl().getBytes(StandardCharsets.UTF_8)));
  }

  /** Sanitised HTML in which paths of this site are made whole. */
  public String absoluteLinks(String html) {
    return OWN_PATH.matcher(html).replaceAll("$1" + Matcher.quoteReplacement(base) + "$2");
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
