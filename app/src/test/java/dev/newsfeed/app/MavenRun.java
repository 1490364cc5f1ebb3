package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maven in a process of its own, for what a test needs of other versions. */
final class MavenRun {

  private MavenRun() {}

  /**
   * Runs {@code mvn ARGUMENTS}: first with what this machine has, then, where something is missing, with
   * the network.
   *
   * @throws IllegalStateException with Maven's own words when it fails
   */
  static void in(Path directory, String... arguments) throws IOException, InterruptedException {
    if (run(directory, "-o", arguments) != null) {
      String said = run(directory, "-U", arguments);
      if (said != null) {
        throw new IllegalStateException(
            "mvn " + String.join(" ", arguments) + " in " + directory + ": " + said);
      }
    }
  }

  /** Returns what it said when it failed. */
  private static @Nullable String run(Path directory, String network, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("mvn", "-q", "-B", "-ntp", "-Dstyle.color=never", network));
    command.addAll(List.of(arguments));
    Process maven = new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .start();
    String said = new String(maven.getInputStream().readAllBytes(), UTF_8);
    return maven.waitFor() == 0 ? null : said;
  }
}
