package dev.newsfeed.gateway.websub;

import dev.newsfeed.schemas.AddressLiteral;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscriber takes deliveries.
 *
 * @param host in lower case, an IPv6 address without its brackets
 * @param port the one of the scheme where none is written
 */
record CallbackUrl(URI uri, String host, int port) {

  private static final int MAX_LENGTH = 2_000;
  private static final int FIRST_FREE_PORT = 1_024;

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static CallbackUrl parse(String text) {
    require(text.length() <= MAX_LENGTH, "has more than " + MAX_LENGTH + " characters");
    URI uri = uri(text);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    require(scheme.equals("http") || scheme.equals("https"), "must be an http or https address");
    String host = uri.getHost();
    require(host != null && !host.isEmpty(), "has no host");
    require(uri.getRawUserInfo() == null, "must not name a user");
    require(uri.getRawFragment() == null, "must not have a fragment");
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    require(
        port == 80 || port == 443 || (port >= FIRST_FREE_PORT && port <= 65_535),
        "must be at port 80, 443, or 1024 to 65535");
    return new CallbackUrl(uri, bare(host), port);
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      require(text.chars().allMatch(c -> c > ' ' && c < 127), "must be ASCII; use its escapes");
      return uri;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("is not an address", e);
    }
  }

  private static String bare(@Nullable String host) {
    String lower = String.valueOf(host).toLowerCase(Locale.ROOT);
    return lower.startsWith("[") ? lower.substring(1, lower.length() - 1) : lower;
  }

  /** The address where the host is one and no name; null: a name server has to be asked. */
  @Nullable
  InetAddress literal() {
    return AddressLiteral.parse(host);
  }

  /** This address with more behind its query, which stays as it is. */
  URI with(String parameters) {
    String query = uri.getRawQuery();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + path + "?"
        + (query == null || query.isEmpty() ? "" : query + "&") + parameters);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
