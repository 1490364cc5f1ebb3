package dev.newsfeed.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a process keeps what must survive it, or what may go with it.
 *
 * @param path exists, absolute
 * @param kept false: removed on close
 */
record DataDirectory(Path path, boolean kept) implements AutoCloseable {

  /** Secrets are in it, unpublished articles, and what was withdrawn and is not erased yet. */
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** The given one, made where it is missing; a temporary one for null. */
  static DataDirectory of(@Nullable Path given) {
    try {
      return given == null
          ? new DataDirectory(Files.createTempDirectory("newsfeed-"), false)
          : new DataDirectory(
              Files.createDirectories(given.toAbsolutePath().normalize(), OWNER_ONLY), true);
    } catch (IOException e) {
      throw new UncheckedIOException("no data can be kept in " + given + ": " + e, e);
    }
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
