package dev.newsfeed.producer.clicks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.newsfeed.avro.Click;
import dev.newsfeed.schemas.Networks;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Clicks out of a web server's access log, in the combined format of Apache and nginx, plain or gzipped.
 * Nothing is sent anywhere:
 *
 * <pre>
 * "GET /world/flood HTTP/1.1" 200   a click on the article at that address, at the time of the line
 *      … "Googlebot/2.1 …"          the same, suspect: bot
 * "GET /style.css HTTP/1.1" 200     asset
 * "GET /about HTTP/1.1" 200         no-article
 * "HEAD /world/flood HTTP/1.1" 200  method
 * "GET /world/flood HTTP/1.1" 404   status
 * ?!%                               not-combined
 * </pre>
 *
 * A click bears the keys that the collector would have given it, so that a reader whose page has
 * reported the click as well is one reader. Its event id is a keyed hash of the line: the same line
 * read again is the same click.
 *
 * <p>Not safe for use by several threads.
 */
public final class AccessLog {

  /** Longer lines are left out; none that a server writes with its usual limits is longer. */
  static final int MAX_LINE_BYTES = 64 * 1024;

  private static final Set<String> ASSETS = Set.of(
      "css",
      "js",
      "mjs",
      "map",
      "json",
      "webmanifest",
      "wasm",
      "xml",
      "rss",
      "rdf",
      "atom",
      "txt",
      "ico",
      "png",
      "jpg",
      "jpeg",
      "gif",
      "webp",
      "avif",
      "svg",
      "bmp",
      "tif",
      "tiff",
      "cur",
      "woff",
      "woff2",
      "ttf",
      "otf",
      "eot",
      "mp3",
      "m4a",
      "ogg",
      "wav",
      "mp4",
      "webm",
      "mov",
      "avi",
      "pdf",
      "ps",
      "zip",
      "gz",
      "tgz",
      "bz2",
      "xz",
      "rar",
      "7z",
      "tar",
      "rpm",
      "deb",
      "jar",
      "exe",
      "dmg",
      "iso",
      "csv",
      "swf");

  /** Which article is shown at an address. */
  public interface Pages {

    /** Where several are and nothing says which, {@link Several}. */
    sealed interface Found permits One, Several, None {}

    /**
     * This one.
     *
     * @param site host of the page, as the collector tells visitors apart by it; empty: not known
     */
    record One(String articleId, String site) implements Found {}

    /** Articles of several sites: which of them the log is of, it does not say. */
    record Several() implements Found {}

    /** None. */
    record None() implements Found {}

    /**
     * Finds it.
     *
     * @param target a path with its query, as browsers send it; seldom a whole address
     */
    Found at(String target);
  }

  /** What became of a line. */
  public sealed interface Line permits Read, LeftOut {}

  /** It is a click; suspects are, too. */
  public record Read(Click click) implements Line {}

  /**
   * It is none.
   *
   * @param reason asset, no-article, several-articles, method, status; or why it could not be read:
   *     not-combined, bad-request, bad-time, too-long
   * @param readable whether it was a request at all
   */
  public record LeftOut(String reason, boolean readable) implements Line {}

  private final BufferedInputStream in;
  private final Pages pages;
  private final VisitorKeys keys;
  private final Suspicion suspicion;
  private long number;

  /**
   * A log from its first line on.
   *
   * @param visitorSecret that of the collectors
   * @param zone the newsroom's
   * @throws IOException when it cannot be read
   */
  public AccessLog(
      InputStream in,
      Pages pages,
      byte[] visitorSecret,
      ZoneId zone,
      Networks staff,
      Networks monitors)
      throws IOException {
    this.in = unpacked(new BufferedInputStream(in, 1 << 16));
    this.pages = pages;
    this.keys = new VisitorKeys(visitorSecret, zone);
    this.suspicion = new Suspicion(staff, monitors);
  }

  private static BufferedInputStream unpacked(BufferedInputStream in) throws IOException {
    in.mark(2);
    boolean packed = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return packed ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16) : in;
  }

  /** The number of the line that was read last, from 1. */
  public long number() {
    return number;
  }

  /**
   * Reads the next line that is not empty.
   *
   * @return null: there is none
   */
  public @Nullable Line next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    int last;
    do {
      bytes.reset();
      last = line(bytes);
      number += last == -1 && bytes.size() == 0 ? 0 : 1;
    } while (bytes.size() == 0 && last != -1);
    if (bytes.size() == 0) {
      return null;
    }
    return bytes.size() > MAX_LINE_BYTES
        ? new LeftOut("too-long", false)
        : line(bytes.toString(ISO_8859_1));
  }

  /** Reads up to the end of the line, keeping no more than one byte too many. */
  private int line(ByteArrayOutputStream bytes) throws IOException {
    int next = in.read();
    for (; next != -1 && next != '\n'; next = in.read()) {
      if (next != '\r' && bytes.size() <= MAX_LINE_BYTES) {
        bytes.write(next);
      }
    }
    return next;
  }

  private Line line(String text) {
    AccessLogLine line;
    try {
      line = AccessLogLine.parse(text);
    } catch (AccessLogLine.Unreadable e) {
      return new LeftOut(String.valueOf(e.getMessage()), false);
    }
    if (!line.method().equals("GET")) {
      return new LeftOut("method", true);
    }
    if (line.status() != 200 && line.status() != 304) {
      return new LeftOut("status", true);
    }
    if (isAsset(line.target())) {
      return new LeftOut("asset", true);
    }
    Pages.Found found = pages.at(line.target());
    if (found instanceof Pages.One one) {
      return new Read(click(one, line, text));
    }
    return new LeftOut(found instanceof Pages.Several ? "several-articles" : "no-article", true);
  }

  private static boolean isAsset(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/')
        && ASSETS.contains(path.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private Click click(Pages.One page, AccessLogLine line, String text) {
    InetAddress address = line.address();
    return Click.newBuilder()
        .setArticleId(page.articleId())
        .setReceivedAtMs(line.at().toEpochMilli())
        .setEventId(keys.event(text))
        .setVisitor(
            address == null ? null : keys.visitor(line.at(), page.site(), address, line.agent()))
        .setNetwork(address == null ? null : keys.network(line.at(), address))
        .setSuspect(suspicion.of(address, line.agent(), line.purposes()))
        .build();
  }
}
