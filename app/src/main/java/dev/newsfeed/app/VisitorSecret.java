package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The key of the hashes that stand for visitors. It has to outlive a restart, or everybody who reads
 * on would be counted once more.
 */
final class VisitorSecret {

  private static final int BYTES = 32;
  private static final String FILE = "visitor-secret";

  private VisitorSecret() {}

  /**
   * The same, but of an intake that has been at work: a new one would make other visitors of its
   * readers.
   *
   * @throws BadSettingException when there is none
   */
  static byte[] known(@Nullable String set, Path dir) {
    if (set == null && !Files.isReadable(dir.resolve(FILE))) {
      throw new BadSettingException(NewsfeedSettings.VISITOR_SECRET + " must be set to what the"
          + " intake has, or " + NewsfeedSettings.DATA + " to the intake's directory");
    }
    return of(set, dir);
  }

  /** The one that was set; otherwise the one kept in the directory, made on first use. */
  static byte[] of(@Nullable String set, Path dir) {
    if (set != null) {
      return set.getBytes(UTF_8);
    }
    Path file = dir.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        Files.createDirectories(dir);
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(bytes));
      }
      return Files.readString(file).strip().getBytes(UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the visitor secret cannot be kept in " + file, e);
    }
  }
}
