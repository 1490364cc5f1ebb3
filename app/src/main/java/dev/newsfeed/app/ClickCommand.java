package dev.newsfeed.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends clicks through the intake, as pages do. */
@Command(name = "click", description = "Sends clicks on an article, each by another reader.")
final class ClickCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(paramLabel = "ID", description = "The article's id.")
  private String id = "";

  @Option(names = "--count", paramLabel = "N", description = "How many readers; default 1.")
  private int count = 1;

  ClickCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    IntakeClient intake =
        new IntakeClient(NewsfeedSettings.from(shell.environment()).intakeUrl());
    for (int n = 0; n < count; n++) {
      IntakeClient.Answer answer = intake.click(id, Reader.number(n));
      if (!answer.accepted()) {
        shell.err().println("refused: " + answer.problem());
        return 1;
      }
    }
    shell.out().println(count + (count == 1 ? " reader has" : " readers have") + " clicked " + id);
    return 0;
  }
}
