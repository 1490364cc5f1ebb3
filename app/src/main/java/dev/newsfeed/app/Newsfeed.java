package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code newsfeed} command. */
@Command(
    name = "newsfeed",
    mixinStandardHelpOptions = true,
    versionProvider = Newsfeed.Version.class,
    description = "From \"the CMS published something\" to \"every site shows the right thing\".",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Start with \"newsfeed demo\". Every setting is also an environment variable; see README.md."
    })
public final class Newsfeed implements Runnable {

  /** What picocli reports to the shell for a wrong command line, and we for a wrong setting. */
  private static final int WRONG_USE = CommandLine.ExitCode.USAGE;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  private Newsfeed() {}

  /** Runs one command and ends the process with its status. */
  public static void main(String[] args) {
    System.exit(commandLine(Shell.ofThisProcess()).execute(args));
  }

  static CommandLine commandLine(Shell shell) {
    CommandLine line = new CommandLine(new Newsfeed())
        .addSubcommand(new DemoCommand(shell))
        .addSubcommand(new UpCommand(shell))
        .addSubcommand(new BrokerCommand(shell))
        .addSubcommand(new IntakeCommand(shell))
        .addSubcommand(new StreamsCommand(shell))
        .addSubcommand(new GatewayCommand(shell, null))
        .addSubcommand(new WatchCommand(shell))
        .addSubcommand(new StatusCommand(shell))
        .addSubcommand(new PublishCommand(shell))
        .addSubcommand(new WithdrawCommand(shell))
        .addSubcommand(new CurateCommand(shell))
        .addSubcommand(new ControlCommand(shell))
        .addSubcommand(new ControlsCommand(shell))
        .addSubcommand(new ImportCommand(shell))
        .addSubcommand(new ClickCommand(shell))
        .addSubcommand(new ImportClicksCommand(shell))
        .addSubcommand(new KeysCommand(shell))
        .addSubcommand(new TopicsCommand(shell))
        .addSubcommand(new ExplainCommand(shell))
        .addSubcommand(new RejectedCommand(shell))
        .addSubcommand(new RebuildCommand(shell))
        .addSubcommand(new RecountCommand(shell))
        .addSubcommand(new HealthCommand(shell));
    line.setOut(new PrintWriter(shell.out(), true, UTF_8));
    line.setErr(new PrintWriter(shell.err(), true, UTF_8));
    line.setExecutionExceptionHandler((e, command, parsed) -> {
      shell.err().println("newsfeed: " + oneLine(e));
      return e instanceof BadSettingException ? WRONG_USE : 1;
    });
    return line;
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.lines().findFirst().orElse(e.toString());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to do.");
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Newsfeed.class.getPackage().getImplementationVersion();
      return new String[] {"newsfeed " + (version == null ? "(not packaged)" : version)};
    }
  }
}
