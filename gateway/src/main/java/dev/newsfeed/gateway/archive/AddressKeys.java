package dev.newsfeed.gateway.archive;

import dev.newsfeed.avro.Article;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of articles as the archive keeps them: as hashes. An address often holds the
 * headline, and must go on answering 410 when nothing of that headline may be left.
 *
 * <pre>
 * https://news.example/2026/03/old.html?x=1   hash of //news.example/2026/03/old.html?x=1
 * /2026/03/old.html                           hash of /2026/03/old.html
 * </pre>
 */
final class AddressKeys {

  private static final int HASH_BYTES = 16;

  private AddressKeys() {}

  /** The keys of an article: of its address, and of those it had. */
  static Set<String> of(@Nullable Article article) {
    Set<String> keys = new HashSet<>();
    if (article != null) {
      if (article.getUrl() != null) {
        key(article.getUrl()).ifPresent(keys::add);
      }
      article.getAliases().forEach(alias -> key(alias).ifPresent(keys::add));
    }
    return keys;
  }

  /**
   * The keys under which an article at a path of this site may stand: the path alone or with the
   * site, and with the query or, because links collect parameters on their way, without.
   */
  static Set<String> asked(String authority, String path, String query) {
    Set<String> keys = new LinkedHashSet<>();
    for (String full : query.isEmpty() ? Set.of(path) : Set.of(path, path + "?" + query)) {
      keys.add(hash(full));
      keys.add(hash("//" + authority.toLowerCase(Locale.ROOT) + full));
    }
    return keys;
  }

  private static Optional<String> key(String address) {
    try {
      URI uri = new URI(address);
      String authority = uri.getRawAuthority();
      String site = authority == null ? "" : "//" + authority.toLowerCase(Locale.ROOT);
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      return uri.getPath() == null
          ? Optional.empty()
          : Optional.of(hash(site + uri.getPath() + query));
    } catch (URISyntaxException e) {
      return Optional.empty(); // nobody can ask for it
    }
  }

  private static String hash(String text) {
    try {
      byte[] sha256 =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(sha256, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
