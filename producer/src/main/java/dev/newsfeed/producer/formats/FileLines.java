package dev.newsfeed.producer.formats;

import dev.newsfeed.schemas.Refusals;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Parts of a file by the numbers of their lines, from the top down, byte for byte. A line ends with a
 * line feed. However long a part is, only what is kept of it is in memory.
 */
public final class FileLines implements AutoCloseable {

  private final InputStream in;
  private int line = 1;
  private Part last;

  /**
   * Some lines.
   *
   * @param bytes the first {@link Refusals#KEPT_BYTES}
   * @param size of all of them
   * @param sha256 of all of them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Part(byte[] bytes, long size, String sha256) {}

  /** Opens a file. What is none, a pipe, can be read only once and by others: it has no lines here. */
  public FileLines(Path file) throws IOException {
    in = Files.isRegularFile(file)
        ? new BufferedInputStream(Files.newInputStream(file), 64 * 1024)
        : InputStream.nullInputStream();
    last = read(line);
  }

  /**
   * The lines from one number to before another, and the first of them in any case. Two items may
   * stand on one line: of a line that was passed the last part is given again.
   */
  public Part from(int first, int before) throws IOException {
    if (first >= line) {
      while (line < first && skip()) {}
      last = read(Math.max(before, first + 1));
    }
    return last;
  }

  private boolean skip() throws IOException {
    for (int b = in.read(); b != -1; b = in.read()) {
      if (b == '\n') {
        line++;
        return true;
      }
    }
    return false;
  }

  private Part read(int before) throws IOException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    MessageDigest sha256 = sha256();
    long size = 0;
    while (line < before) {
      int b = in.read();
      if (b == -1) {
        break;
      }
      if (size++ < Refusals.KEPT_BYTES) {
        kept.write(b);
      }
      sha256.update((byte) b);
      line += b == '\n' ? 1 : 0;
    }
    return new Part(kept.toByteArray(), size, HexFormat.of().formatHex(sha256.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
