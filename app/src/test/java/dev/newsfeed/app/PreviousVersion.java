package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The jars of another commit of this repository, built from a copy of it below {@code target}. */
final class PreviousVersion {

  private static final Path BUILT = Path.of("target", "previous");

  private PreviousVersion() {}

  /**
   * Builds a commit, once.
   *
   * @param commit whatever git takes for one
   * @return the class path of its command
   */
  static String classPath(String commit) throws IOException, InterruptedException {
    String hash = new String(git("rev-parse", "--verify", commit + "^{commit}"), UTF_8).strip();
    Path source = BUILT.resolve(hash).toAbsolutePath();
    Path target = source.resolve("app").resolve("target");
    if (!Files.isDirectory(target.resolve("lib"))) {
      unpack(git("archive", "--format=zip", hash), source);
      MavenRun.in(source, "-DskipTests", "-pl", "app", "-am", "package");
    }
    try (Stream<Path> jars = Files.list(target)) {
      Path app = jars.filter(jar -> jar.getFileName().toString().matches("newsfeed-app-.*\\.jar"))
          .findFirst()
          .orElseThrow();
      return app + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }
  }

  private static byte[] git(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "git";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process git = new ProcessBuilder(command)
        .directory(new File(".."))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    byte[] said = git.getInputStream().readAllBytes();
    if (git.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + " failed");
    }
    return said;
  }

  private static void unpack(byte[] archive, Path to) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = to.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.write(file, zip.readAllBytes());
        }
      }
    }
  }
}
