package dev.newsfeed.producer.clicks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.newsfeed.schemas.AddressLiteral;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request as a web server has logged it in the combined format of Apache and nginx:
 *
 * <pre>
 * 198.51.100.7 - - [17/May/2015:10:05:03 +0000] "GET /world/flood?p=1 HTTP/1.1" 200 2030 "-" "Mozilla/5.0 …" "prefetch"
 * address           at                           method target                 status   referer agent        purposes
 * </pre>
 *
 * What both escape ({@code \"}, {@code \x22}) is read as it was sent. Quoted fields behind the user
 * agent are what a newsroom has added: {@code "%{Sec-Purpose}i"}.
 *
 * @param address null: the server has logged a name
 * @param agent empty: none was sent
 */
record AccessLogLine(
    @Nullable InetAddress address,
    Instant at,
    String method,
    String target,
    int status,
    String agent,
    List<String> purposes) {

  /** The reason why a line cannot be read. */
  static final class Unreadable extends Exception {
    Unreadable(String reason) {
      super(reason, null, false, false); // there may be millions
    }
  }

  private static final String QUOTED = "\"((?:[^\"\\\\]++|\\\\.)*+)\"";
  private static final Pattern COMBINED = Pattern.compile("(\\S+) \\S+ .+? \\[([^\\]]{1,40})\\] "
      + QUOTED + " ([0-9]{3}) (?:[0-9]+|-) " + QUOTED + " " + QUOTED + "(.*)");
  private static final Pattern MORE = Pattern.compile(QUOTED);
  private static final Pattern REQUEST =
      Pattern.compile("([A-Z]{1,20}) (\\S.*?)(?: HTTP/[0-9.]{1,5})?");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(?:x([0-9A-Fa-f]{2})|(.))");
  private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
      .parseCaseInsensitive()
      .appendPattern("dd/MMM/uuuu:HH:mm:ss Z")
      .toFormatter(Locale.ENGLISH)
      .withResolverStyle(ResolverStyle.STRICT);

  /**
   * Reads a line.
   *
   * @param line one character for each byte
   */
  static AccessLogLine parse(String line) throws Unreadable {
    Matcher parts = COMBINED.matcher(line);
    if (!parts.matches()) {
      throw new Unreadable("not-combined");
    }
    Matcher request = REQUEST.matcher(unescaped(parts.group(3)));
    if (!request.matches()) {
      throw new Unreadable("bad-request");
    }
    return new AccessLogLine(
        AddressLiteral.parse(parts.group(1)),
        time(parts.group(2)),
        request.group(1),
        request.group(2),
        Integer.parseInt(parts.group(4)),
        orNone(unescaped(parts.group(6))),
        purposes(parts.group(7)));
  }

  private static Instant time(String text) throws Unreadable {
    try {
      return TIME.parse(text, Instant::from);
    } catch (DateTimeException e) {
      throw new Unreadable("bad-time");
    }
  }

  private static List<String> purposes(String rest) {
    if (rest.isBlank()) {
      return List.of();
    }
    List<String> purposes = new ArrayList<>();
    Matcher each = MORE.matcher(rest);
    while (each.find()) {
      purposes.add(unescaped(each.group(1)));
    }
    return purposes;
  }

  private static String orNone(String logged) {
    return logged.equals("-") ? "" : logged;
  }

  private static String unescaped(String logged) {
    if (logged.indexOf('\\') < 0) {
      return logged;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(logged.length());
    Matcher each = ESCAPED.matcher(logged);
    int from = 0;
    while (each.find(from)) {
      bytes.writeBytes(logged.substring(from, each.start()).getBytes(ISO_8859_1));
      bytes.write(
          each.group(1) != null
              ? Integer.parseInt(each.group(1), 16)
              : control(each.group(2).charAt(0)));
      from = each.end();
    }
    bytes.writeBytes(logged.substring(from).getBytes(ISO_8859_1));
    return bytes.toString(ISO_8859_1);
  }

  private static char control(char escaped) {
    return switch (escaped) {
      case 'b' -> '\b';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> '\u000b';
      default -> escaped;
    };
  }
}
