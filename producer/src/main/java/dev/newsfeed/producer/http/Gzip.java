package dev.newsfeed.producer.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Unpacks bodies that came with {@code Content-Encoding: gzip}. */
public final class Gzip {

  /** News unfolds to five or ten times its size, made-up lines to fifty, bombs to a thousand. */
  private static final int TIMES_AT_MOST = 200;

  private static final long FREE_BYTES = 1 << 20;
  private static final int BUFFER = 16 * 1024;

  private Gzip() {}

  /** A body that unfolds to so much more than it is that nobody meant it. */
  public static final class BombException extends IOException {
    BombException() {
      super("the body unfolds to more than " + TIMES_AT_MOST + " times its size");
    }
  }

  /**
   * A body of any length as it was before it was packed. Its reading ends with a {@link
   * BombException} where more than a mebibyte has come out, and that is 200 times what went in.
   *
   * @throws IOException when it is not gzip
   */
  public static InputStream unpacked(InputStream packed) throws IOException {
    Counted counted = new Counted(packed);
    return new FilterInputStream(
        new GZIPInputStream(new BufferedInputStream(counted, BUFFER), BUFFER)) {
      private long out;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int read = super.read(to, offset, length);
        out += Math.max(0, read);
        if (out > FREE_BYTES && out / TIMES_AT_MOST > counted.count) {
          throw new BombException();
        }
        return read;
      }
    };
  }

  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = super.read(to, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }

  /**
   * A body as it was before it was packed. Unpacking ends at the limit, so a small body that unfolds
   * into a huge one costs no more than one of that size.
   *
   * @throws IOException when it is not gzip, or its end is missing
   */
  public static Call.Body unpacked(byte[] packed, int limit) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] bytes = in.readNBytes(limit);
      return new Call.Body(bytes, in.read() >= 0);
    }
  }
}
