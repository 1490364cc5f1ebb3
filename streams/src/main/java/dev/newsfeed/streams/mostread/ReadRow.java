package dev.newsfeed.streams.mostread;

import java.nio.ByteBuffer;

/**
 * One read as the changelog keeps it, in 15 bytes, or 23 with an event:
 *
 * <pre>
 * flags, 1 │ minute of the day, 2 │ network, 4 │ visitor, 8 │ event, 8 when flagged
 * </pre>
 */
final class ReadRow {

  static final int MAX_BYTES = 23;

  private static final int HAS_EVENT = 0x80;

  /** Takes the rows of a record, one after the other. */
  interface Reader {
    void row(int namedBy, int minute, int network, long visitor, long event);
  }

  private ReadRow() {}

  static void put(ByteBuffer out, int namedBy, int minute, int network, long visitor, long event) {
    out.put((byte) (namedBy | (event == 0 ? 0 : HAS_EVENT)));
    out.putShort((short) minute);
    out.putInt(network);
    out.putLong(visitor);
    if (event != 0) {
      out.putLong(event);
    }
  }

  static void readAll(ByteBuffer rows, Reader reader) {
    ByteBuffer in = rows.duplicate();
    while (in.hasRemaining()) {
      int flags = in.get();
      int minute = in.getShort();
      int network = in.getInt();
      long visitor = in.getLong();
      long event = (flags & HAS_EVENT) == 0 ? 0 : in.getLong();
      reader.row(flags & ~HAS_EVENT & 0xff, minute, network, visitor, event);
    }
  }
}
