package dev.newsfeed.producer.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a body of any length, one at a time. Of a line beyond the limit the first part is kept
 * and the rest passed over. A line that has begun has to come at the {@link Pace} of a body.
 */
public final class Lines {

  private final InputStream in;
  private final int limit;
  private final Pace pace;
  private final byte[] buffer = new byte[16 * 1024];
  private int at;
  private int end;
  private long number;

  public Lines(InputStream in, int limit, Duration patience) {
    this.in = in;
    this.limit = limit;
    this.pace = new Pace(patience);
  }

  /** A sender that is too slow. */
  public static final class TooSlow extends IOException {
    TooSlow() {
      super("the line comes too slowly");
    }
  }

  /** The number of the line that was returned last, from 1. */
  public long number() {
    return number;
  }

  /** The next line that is not blank, without its end; null: there is none. */
  public Call.@Nullable Body next() throws IOException {
    while (true) {
      Call.Body line = line();
      if (line == null || !isBlank(line.bytes())) {
        return line;
      }
    }
  }

  private Call.@Nullable Body line() throws IOException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(256);
    boolean cut = false;
    boolean begun = false;
    pace.reset();
    while (true) {
      if (at == end && !fill(begun)) {
        if (!begun) {
          return null;
        }
        number++;
        return new Call.Body(kept.toByteArray(), cut);
      }
      begun = true;
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      int room = Math.min(at - from, limit - kept.size());
      kept.write(buffer, from, room);
      cut |= room < at - from;
      if (at < end) {
        at++;
        number++;
        return new Call.Body(kept.toByteArray(), cut);
      }
    }
  }

  private boolean fill(boolean begun) throws IOException {
    long asked = System.nanoTime();
    int came = in.read(buffer);
    at = 0;
    end = Math.max(came, 0);
    if (came > 0 && begun && pace.isTooSlow(System.nanoTime() - asked, came)) {
      throw new TooSlow();
    }
    return came > 0;
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
