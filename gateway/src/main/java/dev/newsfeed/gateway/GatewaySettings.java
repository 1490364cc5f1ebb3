package dev.newsfeed.gateway;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Networks;
import dev.newsfeed.schemas.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway needs to know.
 *
 * @param host the address to listen on
 * @param port 0: any free one
 * @param publicUrl where readers reach the gateway, without a path; null: where it listens
 * @param dataDir its own directory, for the archive; rebuilt from the topic when it is lost
 * @param title the name of the newsroom, above its pages and in its feeds
 * @param intakeUrl whose script tells it that an article is read; empty: none does
 * @param zone the newsroom's, for the times that pages show
 * @param sections the slugs of the sections in the order of the navigation; others follow by title
 * @param mediaResources classpath folder whose files are served below {@code /media/}; null: none
 * @param maxSubscribers event streams that may be open at the same time
 * @param eraseEvery how far apart the merges are at least by which withdrawn texts leave the
 *     archive's files; each rewrites most of them
 * @param maxPerAddress event streams that one address may have open; 0: as many as it likes
 * @param proxies networks of the proxies in front, whose {@code X-Forwarded-For} is believed
 * @param tagAuthority who names articles in feeds for ever (RFC 4151), a host name; null: the host of
 *     the public address, so that a move renames all
 * @param callbackNetworks where WebSub may deliver to although nobody else could reach it there
 */
public record GatewaySettings(
    String host,
    int port,
    @Nullable URI publicUrl,
    KafkaSettings kafka,
    Topics topics,
    Path dataDir,
    String title,
    String intakeUrl,
    Clock clock,
    ZoneId zone,
    List<String> sections,
    @Nullable String mediaResources,
    int maxSubscribers,
    Duration eraseEvery,
    int maxPerAddress,
    Networks proxies,
    @Nullable String tagAuthority,
    Networks callbackNetworks) {

  /** Enough for a busy site; each costs a few kilobytes. */
  public static final int DEFAULT_MAX_SUBSCRIBERS = 10_000;

  /** More than the people behind one office's address have open at once. */
  public static final int DEFAULT_MAX_PER_ADDRESS = 100;

  /** Soon enough for a lawyer, seldom enough for a disk. */
  public static final Duration DEFAULT_ERASE_EVERY = Duration.ofMinutes(1);

  private static final Pattern TAG_AUTHORITY =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  public GatewaySettings {
    sections = List.copyOf(sections);
    require(!host.isBlank(), "the gateway's host must not be empty");
    require(port >= 0 && port <= 65_535, "the gateway's port must be 0 to 65535, is " + port);
    require(!title.isBlank(), "the gateway's title must not be empty");
    require(
        publicUrl == null || isWebOrigin(publicUrl),
        "the gateway's public address must be like https://news.example, is " + publicUrl);
    require(
        intakeUrl.isEmpty() || isWebOrigin(URI.create(intakeUrl)),
        "the intake's address must be like https://intake.example, is " + intakeUrl);
    require(maxSubscribers > 0, "the number of subscribers must be 1 or more");
    require(maxPerAddress >= 0, "the number of subscribers of an address must be 0 or more");
    require(
        tagAuthority == null || isTagAuthority(tagAuthority),
        "the authority of tags must be a host name like news.example, is " + tagAuthority);
    require(!eraseEvery.isNegative(), "the time between erasures must not be negative");
  }

  /** Settings with the defaults for what is not named. */
  public GatewaySettings(
      String host,
      int port,
      @Nullable URI publicUrl,
      KafkaSettings kafka,
      Topics topics,
      Path dataDir,
      String title,
      String intakeUrl,
      Clock clock,
      ZoneId zone,
      List<String> sections,
      @Nullable String mediaResources,
      int maxSubscribers) {
    this(
        host,
        port,
        publicUrl,
        kafka,
        topics,
        dataDir,
        title,
        intakeUrl,
        clock,
        zone,
        sections,
        mediaResources,
        maxSubscribers,
        DEFAULT_ERASE_EVERY,
        DEFAULT_MAX_PER_ADDRESS,
        Networks.LOOPBACK,
        null,
        Networks.NONE);
  }

  /** Whether this can stand in a tag as the one who gave it: a host name in small letters. */
  public static boolean isTagAuthority(String text) {
    return text.length() <= 253 && TAG_AUTHORITY.matcher(text).matches();
  }

  private static boolean isWebOrigin(URI uri) {
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    boolean bare =
        uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
    return web && uri.getHost() != null && bare && uri.getQuery() == null;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
