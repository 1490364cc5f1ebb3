package dev.newsfeed.schemas;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some networks, such as the newsroom's own.
 *
 * <pre>
 * 192.0.2.0/24, 2001:db8:7::/48, 198.51.100.7      the last one is a single address
 * </pre>
 */
public final class Networks {

  /** No network at all. */
  public static final Networks NONE = new Networks(List.of());

  /** This machine's own. */
  public static final Networks LOOPBACK = parse("127.0.0.0/8, ::1");

  private final List<Block> blocks;

  private Networks(List<Block> blocks) {
    this.blocks = blocks;
  }

  /**
   * Reads networks in CIDR notation, IPv4 and IPv6, joined by commas.
   *
   * @throws IllegalArgumentException saying what is wrong with the first one that is none
   */
  public static Networks parse(String text) {
    List<Block> blocks = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      if (!entry.isBlank()) {
        blocks.add(Block.parse(entry.strip()));
      }
    }
    return new Networks(List.copyOf(blocks));
  }

  /** Whether an address is in one of them. */
  public boolean contain(@Nullable InetAddress address) {
    if (address == null || blocks.isEmpty()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    return blocks.stream().anyMatch(block -> block.contains(bytes));
  }

  /** How many there are; which ones is nobody's business in a log. */
  @Override
  public String toString() {
    return String.valueOf(blocks.size());
  }

  /** The addresses whose first {@code length} bits are those of {@code prefix}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(byte[] prefix, int length) {

    static Block parse(String entry) {
      int slash = entry.indexOf('/');
      InetAddress address = AddressLiteral.parse(slash < 0 ? entry : entry.substring(0, slash));
      if (address == null) {
        throw new IllegalArgumentException(
            "\"" + entry + "\" is no network such as 192.0.2.0/24 or 2001:db8:7::/48");
      }
      byte[] prefix = address.getAddress();
      int bits = prefix.length * Byte.SIZE;
      String stated = slash < 0 ? String.valueOf(bits) : entry.substring(slash + 1);
      if (!stated.matches("[0-9]{1,3}") || Integer.parseInt(stated) > bits) {
        throw new IllegalArgumentException(
            "\"" + entry + "\" must end in a length of 0 to " + bits + " bits");
      }
      Block block = new Block(prefix, Integer.parseInt(stated));
      if (!block.isWithoutHost()) {
        // 10.1.2.3/8 is a slip of the pen, and would mark sixteen million readers
        throw new IllegalArgumentException("\"" + entry + "\" has bits behind its length of "
            + stated + ": give the network's first address");
      }
      return block;
    }

    private boolean isWithoutHost() {
      for (int bit = length; bit < prefix.length * Byte.SIZE; bit++) {
        if ((prefix[bit / Byte.SIZE] & (0x80 >> (bit % Byte.SIZE))) != 0) {
          return false;
        }
      }
      return true;
    }

    boolean contains(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = length / Byte.SIZE;
      for (int i = 0; i < whole; i++) {
        if (address[i] != prefix[i]) {
          return false;
        }
      }
      int mask = 0xff00 >> (length % Byte.SIZE) & 0xff;
      return mask == 0 || (address[whole] & mask) == (prefix[whole] & mask);
    }
  }
}
