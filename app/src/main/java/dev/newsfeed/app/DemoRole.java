package dev.newsfeed.app;

import java.io.IOException;
import java.io.InputStream;
import picocli.CommandLine;

/**
 * A role of the demo in a process of its own, which ends with the demo: nobody writes to its input, and
 * where that is at its end, the process that held the other end is gone, however it went.
 */
final class DemoRole {

  private static final int ORPHANED = 1;

  private DemoRole() {}

  /** Runs {@code newsfeed ARGUMENTS}; a gateway has the pictures of the sample. */
  public static void main(String[] args) {
    Thread watch = new Thread(() -> endWith(System.in), "parent");
    watch.setDaemon(true);
    watch.start();
    Shell shell = Shell.ofThisProcess();
    CommandLine command = Newsfeed.commandLine(shell);
    if (args[0].equals("gateway")) {
      CommandLine gateway = new CommandLine(new GatewayCommand(shell, DemoNews.PHOTOS));
      command.getCommandSpec().removeSubcommand("gateway");
      command.addSubcommand(gateway);
    }
    System.exit(command.execute(args));
  }

  private static void endWith(InputStream input) {
    try {
      while (input.read() >= 0) {
        // nobody has anything to say
      }
    } catch (IOException e) {
      // as good as its end
    }
    Runtime.getRuntime().halt(ORPHANED);
  }
}
