package dev.newsfeed.producer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells visitors apart without knowing them:
 *
 * <pre>
 * visitor = first 64 bits of HMAC-SHA256(secret, day │ address prefix │ user agent)
 * network = first 64 bits of HMAC-SHA256(secret, day │ address prefix)
 * named   = first 64 bits of HMAC-SHA256(secret, day │ id)
 * </pre>
 *
 * The prefix is /24 of an IPv4 and /48 of an IPv6 address. A reader who has consented to an id of the
 * page's own is told apart by that instead. Keys change at the newsroom's midnight, whatever they are
 * made of, and without the secret nobody can try out addresses or ids.
 */
final class VisitorKeys {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int IPV4_PREFIX_BYTES = 3;
  private static final int IPV6_PREFIX_BYTES = 6;
  private static final int IPV4_BYTES = 4;
  private static final int EVENT_BYTES = 16;

  private final SecretKeySpec secret;
  private final ZoneId zone;

  VisitorKeys(byte[] secret, ZoneId zone) {
    this.secret = new SecretKeySpec(secret, ALGORITHM);
    this.zone = zone;
  }

  long visitor(Instant at, InetAddress address, String userAgent) {
    return hash("visitor", at, prefix(address), userAgent);
  }

  long network(Instant at, InetAddress address) {
    return hash("network", at, prefix(address), "");
  }

  /** The visitor who bears an id of the page's own. */
  long named(Instant at, String id) {
    return hash("named", at, "", id);
  }

  /**
   * An event's id for a line of an access log: the same for the same line, and no way back to the
   * address in it.
   */
  String event(String line) {
    byte[] mac = mac("event\n" + line);
    return "log-" + HexFormat.of().formatHex(Arrays.copyOf(mac, EVENT_BYTES));
  }

  private long hash(String what, Instant at, String prefix, String last) {
    // no part but the last can hold a line break, so two inputs never read the same
    String input = what + "\n" + LocalDate.ofInstant(at, zone) + "\n" + prefix + "\n" + last;
    return ByteBuffer.wrap(mac(input)).getLong();
  }

  private byte[] mac(String input) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac.doFinal(input.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  private static String prefix(InetAddress address) {
    byte[] bytes = address.getAddress();
    int length = bytes.length == IPV4_BYTES ? IPV4_PREFIX_BYTES : IPV6_PREFIX_BYTES;
    return HexFormat.of().formatHex(Arrays.copyOf(bytes, length));
  }
}
