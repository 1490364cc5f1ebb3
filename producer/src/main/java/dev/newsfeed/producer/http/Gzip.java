package dev.newsfeed.producer.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Unpacks bodies that came with {@code Content-Encoding: gzip}. */
public final class Gzip {

  private Gzip() {}

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
