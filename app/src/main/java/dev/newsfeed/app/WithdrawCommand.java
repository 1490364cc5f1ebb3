package dev.newsfeed.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Withdraws an article through the intake, as a CMS does. */
@Command(
    name = "withdraw",
    description = "Takes an article out of every feed, list, page and stream.")
final class WithdrawCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(paramLabel = "ID", description = "The article's id.")
  private String id = "";

  @Option(
      names = "--version",
      paramLabel = "N",
      required = true,
      description = "Higher than the version to be withdrawn.")
  private long version;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Shown to readers and subscribers.")
  private String reason = "";

  WithdrawCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    IntakeClient.Answer answer =
        IntakeClient.of(NewsfeedSettings.from(shell.environment())).withdraw(id, version, reason);
    if (!answer.accepted()) {
      shell.err().println("refused: " + answer.problem());
      return 1;
    }
    shell.out().println("withdrawn " + id + " with version " + version);
    return 0;
  }
}
