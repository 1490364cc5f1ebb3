package dev.newsfeed.app;

import dev.newsfeed.app.chaos.RoleProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * A role of the demo in a process of its own, which ends with the demo: nobody writes to its input, and
 * where that is at its end, the process that held the other end is gone, however it went.
 */
final class DemoRole {

  private static final int ORPHANED = 1;

  private DemoRole() {}

  /**
   * One that is not running yet.
   *
   * @param name of its data directory and its log, too
   * @param heap as Java takes it; six of them share a laptop
   * @param environment all of it
   */
  static RoleProcess process(
      String name,
      String heap,
      List<String> arguments,
      Map<String, String> environment,
      Path data,
      RoleProcess.Probe probe) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--data", data.resolve(name).toString()));
    // and a compiler that is done soon
    List<String> java = List.of(
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx" + heap,
        "--enable-native-access=ALL-UNNAMED");
    Path log = data.resolve(name + ".log");
    return new RoleProcess(name, java, DemoRole.class, all, environment, log, probe);
  }

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
