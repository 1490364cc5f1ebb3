package dev.newsfeed.app;

import dev.newsfeed.gateway.GatewaySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host name in the ids of feeds and articles, {@code tag:news.example,2026:bridge}. Reader software
 * takes an article with another id for another article, so it must outlive a move of the site.
 *
 * <pre>
 * NEWSFEED_TAG_AUTHORITY   if set
 * tag-authority            in the data directory: what it was before
 * NEWSFEED_PUBLIC_URL      its host, remembered from then on
 * </pre>
 *
 * The address at which a gateway merely listens names articles, too, but is not remembered: it is
 * somebody's own machine.
 */
final class TagAuthority {

  private static final Logger LOG = LoggerFactory.getLogger(TagAuthority.class);
  private static final String FILE = "tag-authority";

  private TagAuthority() {}

  /**
   * The authority to use.
   *
   * @param publicUrl null: none is set
   * @return null: the host of the address at which the gateway listens
   */
  static @Nullable String of(@Nullable String set, @Nullable URI publicUrl, Path dir) {
    Path file = dir.resolve(FILE);
    try {
      String before = Files.isReadable(file) ? Files.readString(file).strip() : null;
      if (before != null && !GatewaySettings.isTagAuthority(before)) {
        throw new BadSettingException(file + " must hold a host name, see "
            + NewsfeedSettings.TAG_AUTHORITY + "; it holds " + before);
      }
      String host = publicUrl == null ? null : publicUrl.getHost().toLowerCase(Locale.ROOT);
      String authority = set != null ? set : before != null ? before : host;
      if (authority == null || !GatewaySettings.isTagAuthority(authority)) {
        return null;
      }
      if (before != null && !before.equals(authority)) {
        LOG.warn(
            "every feed and article has another id from now on, so readers see all of them anew"
                + " authority={} before={}",
            authority,
            before);
      } else if (set == null && host != null && !host.equals(authority)) {
        LOG.warn(
            "ids of feeds and articles keep the host they have always had authority={} host={};"
                + " set {}={} for every gateway",
            authority,
            host,
            NewsfeedSettings.TAG_AUTHORITY,
            authority);
      }
      if (!authority.equals(before)) {
        remember(file, authority);
      }
      return authority;
    } catch (IOException e) {
      throw new UncheckedIOException("the authority of ids cannot be kept in " + file, e);
    }
  }

  /** By one rename, so that a kill leaves the old one or the new one. */
  private static void remember(Path file, String authority) throws IOException {
    Files.createDirectories(file.getParent());
    Path whole = Files.writeString(file.resolveSibling(FILE + ".new"), authority + "\n");
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
