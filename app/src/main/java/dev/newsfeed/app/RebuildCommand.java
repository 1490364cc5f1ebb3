package dev.newsfeed.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Builds the outputs of a job anew. */
@Command(
    name = "rebuild",
    description = "Builds outputs anew from the archive, beside the ones that are served.")
final class RebuildCommand {

  private final Shell shell;

  RebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Command(
      name = "feeds",
      description = "Builds every feed anew from \"published\" and \"curated\" and switches to it;"
          + " the feeds there are served meanwhile. The jobs must be running. Stopped at any"
          + " point, it goes on where it was when it is called again.")
  int feeds(
      @Option(
              names = "--cancel",
              description = "Gives up a rebuild that is still building; what serves goes on.")
          boolean cancel) {
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    String by = shell.environment().getOrDefault("USER", "unknown");
    try (Succession rebuild = new Succession(
        new RebuiltFeeds(settings.kafka(), settings.topics()),
        settings.kafka(),
        settings.topics(),
        by,
        shell.clock(),
        shell.out()::println)) {
      if (cancel) {
        rebuild.cancel();
      } else {
        rebuild.run();
      }
    }
    return 0;
  }
}
