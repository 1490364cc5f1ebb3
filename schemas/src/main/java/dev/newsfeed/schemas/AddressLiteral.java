package dev.newsfeed.schemas;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An address that is written out. */
public final class AddressLiteral {

  private static final Pattern IPV4 =
      Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{1,45}");

  private AddressLiteral() {}

  /** The address; null for anything that is none, and for what a name server would be asked about. */
  public static @Nullable InetAddress parse(String text) {
    try {
      Matcher v4 = IPV4.matcher(text);
      if (v4.matches()) {
        byte[] bytes = new byte[4];
        for (int i = 0; i < bytes.length; i++) {
          int part = Integer.parseInt(v4.group(i + 1));
          if (part > 255) {
            return null;
          }
          bytes[i] = (byte) part;
        }
        return InetAddress.getByAddress(bytes);
      }
      return text.indexOf(':') >= 0 && IPV6.matcher(text).matches()
          ? InetAddress.getByName(text)
          : null;
    } catch (UnknownHostException e) {
      return null; // looked like an address and is none
    }
  }
}
