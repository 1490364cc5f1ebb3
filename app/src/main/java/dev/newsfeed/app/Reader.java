package dev.newsfeed.app;

import java.util.List;

/**
 * Somebody who reads news, as a collector sees them.
 *
 * @param address of a network that is set apart for trials (198.18.0.0/15, RFC 2544), so that no real
 *     person has it
 */
record Reader(String address, String userAgent) {

  private static final int NETWORKS = 512;
  private static final int VERSIONS = 50;
  private static final List<String> BROWSERS = List.of(
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/%d.0",
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/%d.0 Safari/537.36",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/%d.6 Mobile Safari/604.1",
      "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/%d.0 Mobile Safari/537.36");
  private static final String CRAWLER =
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

  /**
   * Person number {@code n}: the same number is always the same reader. The first 12,800 are all
   * different, the first 200 even where a collector sees one address for all of them.
   */
  static Reader number(int n) {
    String browser = BROWSERS.get(n % BROWSERS.size());
    return new Reader(address(n), browser.formatted(100 + n / BROWSERS.size() % VERSIONS));
  }

  /** A crawler, whose clicks are no reads. */
  static Reader crawler(int n) {
    return new Reader(address(n), CRAWLER);
  }

  /** Collectors take a network for one household or office, so readers are spread over many. */
  private static String address(int n) {
    int network = n % NETWORKS;
    return "198.%d.%d.%d".formatted(18 + network / 256, network % 256, 1 + n / NETWORKS % 254);
  }
}
