package dev.newsfeed.gateway.websub;

import dev.newsfeed.schemas.Networks;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * Finds the addresses of a callback's host and leaves out those that are not on the public internet:
 * a stranger names the host, and must not have the hub knock at doors behind our walls. The client
 * connects to what stands here and asks nobody again, so a name server that answers differently the
 * second time gains nothing.
 *
 * <p>What is public: IANA's registries of special-purpose addresses (RFC 6890 and later), as of 2025.
 */
final class PublicAddresses implements SocketAddressResolver {

  private static final Networks NOT_PUBLIC_4 =
      Networks.parse("0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10,"
          + "127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.31.196.0/24,"
          + "192.52.193.0/24, 192.88.99.0/24, 192.168.0.0/16, 192.175.48.0/24, 198.18.0.0/15,"
          + "198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/4, 240.0.0.0/4");

  /** All other IPv6 is unassigned, local, multicast, or has an IPv4 address in it. */
  private static final Networks GLOBAL_6 = Networks.parse("2000::/3");

  // 2001::/23 has Teredo in it, 2002::/16 is 6to4: both have an IPv4 address in them
  private static final Networks NOT_PUBLIC_6 =
      Networks.parse("2001::/23, 2001:db8::/32, 2002::/16, 2620:4f:8000::/48, 3fff::/20");

  /** NAT64 (RFC 6052): how an IPv6-only host sees an IPv4 address, which is then what matters. */
  private static final Networks NAT64 = Networks.parse("64:ff9b::/96");

  private final SocketAddressResolver names;
  private final Networks allowed;

  /**
   * Addresses that may be connected to.
   *
   * @param names asks name servers
   * @param allowed networks that are fine although they are not public
   */
  PublicAddresses(SocketAddressResolver names, Networks allowed) {
    this.names = names;
    this.allowed = allowed;
  }

  @Override
  public void resolve(
      String host,
      int port,
      Map<String, Object> context,
      Promise<List<InetSocketAddress>> promise) {
    try {
      names.resolve(host, port, context, new Promise<>() {
        @Override
        public void succeeded(List<InetSocketAddress> found) {
          List<InetSocketAddress> usable =
              found.stream().filter(a -> mayReach(a.getAddress())).toList();
          if (usable.isEmpty()) {
            promise.failed(new UnknownHostException(host + " has no public address"));
          } else {
            promise.succeeded(usable);
          }
        }

        @Override
        public void failed(Throwable cause) {
          promise.failed(cause);
        }
      });
    } catch (RejectedExecutionException e) {
      promise.failed(e); // too many names are being asked for
    }
  }

  /** Whether a connection to an address is allowed. */
  boolean mayReach(InetAddress address) {
    return allowed.contain(address) || isPublic(address);
  }

  private static boolean isPublic(InetAddress address) {
    if (address instanceof Inet4Address) { // Java makes these of IPv4-mapped ones, too
      return !NOT_PUBLIC_4.contain(address);
    }
    if (NAT64.contain(address)) {
      return isPublic(lastFourBytes(address));
    }
    return GLOBAL_6.contain(address) && !NOT_PUBLIC_6.contain(address);
  }

  private static InetAddress lastFourBytes(InetAddress address) {
    byte[] bytes = address.getAddress();
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
