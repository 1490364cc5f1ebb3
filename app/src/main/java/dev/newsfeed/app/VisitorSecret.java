package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key of the hashes that stand for visitors. It has to outlive a restart, or everybody who reads
 * on would be counted once more.
 */
final class VisitorSecret {

  private static final Logger LOG = LoggerFactory.getLogger(VisitorSecret.class);
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
        make(file);
      }
      return Files.readString(file).strip().getBytes(UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the visitor secret cannot be kept in " + file, e);
    }
  }

  /** Several intakes of one directory may come here at once: the first one's is everybody's, and whole. */
  private static void make(Path file) throws IOException {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    Files.createDirectories(file.getParent());
    Path whole = Files.createTempFile(file.getParent(), FILE, ".new"); // which only we can read
    try {
      Files.writeString(whole, HexFormat.of().formatHex(bytes));
      Files.createLink(file, whole);
    } catch (FileAlreadyExistsException e) {
      LOG.info("another intake has made the visitor secret just now file={}", file);
    } finally {
      Files.delete(whole);
    }
  }
}
