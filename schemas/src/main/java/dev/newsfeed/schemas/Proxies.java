package dev.newsfeed.schemas;

import java.net.InetAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a reader is behind the proxies that are believed.
 *
 * <pre>
 * X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.0.0.2      from 10.0.0.1; believed: 10.0.0.0/8
 *                  invented ◀── reader ◀── proxy ◀── proxy
 * </pre>
 *
 * Each proxy writes whom it was called by at the end. So the header is read from its end for as long
 * as the one who wrote is believed; what stands before the first other address is that one's invention.
 *
 * @param believed networks of proxies that write the header themselves
 */
public record Proxies(Networks believed) {

  /** As some proxies write it, with a port. */
  private static final Pattern WITH_PORT =
      Pattern.compile("(?:\\[([^\\]]*)\\]|([0-9.]+))(?::[0-9]{1,5})?");

  /**
   * The reader's address, or that of the last proxy that is known; null: not even that.
   *
   * @param peer who is connected
   * @param lines of the header {@code X-Forwarded-For}, in their order
   */
  public @Nullable InetAddress reader(@Nullable InetAddress peer, List<String> lines) {
    InetAddress address = peer;
    for (int line = lines.size() - 1; line >= 0; line--) {
      String[] hops = lines.get(line).split(",", -1);
      for (int hop = hops.length - 1; hop >= 0; hop--) {
        InetAddress before = believed.contain(address) ? address(hops[hop].strip()) : null;
        if (before == null) {
          return address;
        }
        address = before;
      }
    }
    return address;
  }

  private static @Nullable InetAddress address(String hop) {
    Matcher matcher = WITH_PORT.matcher(hop);
    if (!matcher.matches()) {
      return AddressLiteral.parse(hop);
    }
    return AddressLiteral.parse(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
  }
}
