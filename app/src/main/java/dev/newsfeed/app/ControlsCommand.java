package dev.newsfeed.app;

import dev.newsfeed.schemas.ControlRules;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what editors have decided about most-read. */
@Command(
    name = "controls",
    description = {
      "Prints the decisions about most-read that are in force, by whom and why. Reads the topic at"
          + " KAFKA_BOOTSTRAP_SERVERS and changes nothing.",
      "",
      "  newsfeed controls",
      "  newsfeed controls flood-2026-11 --history",
      ""
    })
final class ControlsCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KEY",
      description = "Only those about this: an article's id, or section/world.")
  private @Nullable String key;

  @Option(
      names = "--history",
      description = "Every decision, the newest last; those of the last 400 days are all there.")
  private boolean history;

  ControlsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    if (key != null && !ControlRules.isKey(key)) {
      throw new BadSettingException(key + " is neither an article's id nor section/ and a slug");
    }
    DecisionLog log = DecisionLog.read(
        settings.kafka(), settings.topics().controls, line -> shell.err().println(line));
    if (key != null) {
      log = log.about(key);
    }
    if (!history) {
      log = log.inForce();
    }
    if (log.decisions().isEmpty()) {
      shell.out().println(history ? "nothing was decided" : "nothing is decided");
    } else {
      shell.out().print(log.text(settings.zone()));
    }
    return 0;
  }
}
