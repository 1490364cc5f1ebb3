package dev.newsfeed.producer.clicks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The project crawler-user-agents' list of what crawlers, monitors and fetchers call themselves,
 * which its community keeps. Fifteen hundred patterns, nearly all of them plain words: those are
 * looked up by their beginnings at each place of a user agent, and not one after the other.
 *
 * <pre>
 * Mozilla/5.0 (compatible; Googlebot/2.1)     Moz → MozacFetch …   no
 *                          └┬┘                ozi → -
 *                           └─────────────▶   Goo → Googlebot/, GoogleOther …   yes
 * </pre>
 */
final class CrawlerList {

  /**
   * HTTP libraries, and a content delivery network that puts its own name in place of the reader's. A
   * click is posted, not crawled: what posts one with a library is an app or a newsroom's server.
   */
  private static final Set<String> CLIENTS = Set.of(
      "[wW]get",
      "^Apache-HttpClient",
      "^HTTPie\\/",
      "^PHP-Curl-Class",
      "^curl",
      "AHC\\/",
      "Amazon CloudFront",
      "AnyEvent",
      "CustomAsyncHttpClient",
      "Go-http-client",
      "HttpUrlConnection",
      "Jetty",
      "Python-urllib",
      "WordPress\\/",
      "aiohttp",
      "axios",
      "http_get",
      "httpx",
      "libwww-perl",
      "lwp-trivial",
      "node-fetch",
      "okhttp",
      "python-requests",
      "sindresorhus\\/got");

  /** What people read with as well: Sogou's browser, Fastmail, Notion and Code, apps and phones. */
  private static final Set<String> READERS =
      Set.of("008\\/", "Code\\/1\\.", "FastmailUA", "Fluid", "Notion\\/", "Sogou", "newspaper\\/");

  private static final String RESOURCE = "crawler-user-agents.json";
  private static final String META = ".[]{}()*+?^$|";

  private static final int BEGINNING = 3;

  private final Map<Integer, List<String>> wordsByBeginning = new HashMap<>();
  private final List<Pattern> patterns = new ArrayList<>();

  private CrawlerList() {}

  /** The list as shipped, without what readers and newsrooms use. */
  static CrawlerList shipped() {
    List<String> listed = read();
    Set<String> leftOut = new HashSet<>(CLIENTS);
    leftOut.addAll(READERS);
    CrawlerList list = new CrawlerList();
    for (String pattern : listed) {
      if (!leftOut.remove(pattern)) {
        list.add(pattern);
      }
    }
    if (!leftOut.isEmpty()) {
      throw new IllegalStateException(RESOURCE + " does not have " + leftOut);
    }
    return list;
  }

  private void add(String pattern) {
    String word = asWord(pattern);
    if (word == null || word.length() < BEGINNING) {
      patterns.add(Pattern.compile(pattern));
    } else {
      wordsByBeginning
          .computeIfAbsent(beginning(word, 0), b -> new ArrayList<>())
          .add(word);
    }
  }

  /** Other beginnings may have the same number, which costs a comparison. */
  private static int beginning(String text, int at) {
    return (text.charAt(at) * 31 + text.charAt(at + 1)) * 31 + text.charAt(at + 2);
  }

  private static List<String> read() {
    try (InputStream in = Objects.requireNonNull(
        CrawlerList.class.getResourceAsStream(RESOURCE), "not packaged: " + RESOURCE)) {
      return new ObjectMapper().readValue(in, new TypeReference<List<String>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE + " cannot be read", e);
    }
  }

  /** The word that a pattern stands for: {@code alexa\.com} is alexa.com; null: it is no mere word. */
  static @Nullable String asWord(String pattern) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (META.indexOf(c) >= 0) {
        return null;
      }
      if (c == '\\') {
        i++;
        if (i == pattern.length() || Character.isLetterOrDigit(pattern.charAt(i))) {
          return null; // \d, \s and the like
        }
        c = pattern.charAt(i);
      }
      word.append(c);
    }
    return word.toString();
  }

  /** Whether something in the list is in this user agent. */
  boolean names(String userAgent) {
    for (int at = 0; at + BEGINNING <= userAgent.length(); at++) {
      for (String word : wordsByBeginning.getOrDefault(beginning(userAgent, at), List.of())) {
        if (userAgent.startsWith(word, at)) {
          return true;
        }
      }
    }
    return patterns.stream().anyMatch(pattern -> pattern.matcher(userAgent).find());
  }
}
