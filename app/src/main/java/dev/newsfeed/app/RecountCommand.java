package dev.newsfeed.app;

import dev.newsfeed.avro.Counting;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Counts the most-read lists anew. */
@Command(
    name = "recount",
    description = "Counts every most-read list anew from \"clicks\" and switches to it; the lists"
        + " there are served meanwhile. The jobs must be running. Stopped at any point, it goes on"
        + " where it was when it is called again. Without options everything is counted as"
        + " usual.")
final class RecountCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Leaves out clicks that the broker got before: a time"
          + " (2026-11-20T06:00:00Z), a day in the newsroom's zone (2026-11-20), or how long ago"
          + " (-P2D). Default: all that the log holds.")
  private @Nullable String from;

  @Option(
      names = "--include-suspect",
      description = "Counts clicks as reads that the collector took for no reader's (bots, staff"
          + " …), until the next recount.")
  private boolean includeSuspect;

  @Option(
      names = "--cancel",
      description = "Gives up a recount that is still building; what serves goes on.")
  private boolean cancel;

  RecountCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    Instant begin = from == null
        ? null
        : PastMoment.parse("--from", from, shell.clock().instant(), settings.zone());
    boolean usual = begin == null && !includeSuspect;
    String by = shell.environment().getOrDefault("USER", "unknown");
    try (Succession recount = new Succession(
        new RecountedLists(
            settings.kafka(),
            settings.topics(),
            usual ? null : new Counting(includeSuspect, begin)),
        settings.kafka(),
        settings.topics(),
        by,
        shell.clock(),
        shell.out()::println)) {
      if (cancel) {
        recount.cancel();
      } else {
        recount.run();
      }
    }
    return 0;
  }
}
