package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;

/** Runs commands in this JVM and keeps what they print. */
final class CommandRun {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Shell shell;

  private CommandRun(Map<String, String> environment) {
    shell = new Shell(
        environment,
        InputStream.nullInputStream(),
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8),
        Clock.systemUTC());
  }

  static CommandRun with(String variable, String value) {
    return new CommandRun(Map.of(variable, value));
  }

  static CommandRun with(Map<String, String> environment) {
    return new CommandRun(environment);
  }

  static CommandRun plain() {
    return new CommandRun(Map.of());
  }

  /** Returns the status. */
  int execute(String... arguments) {
    return Newsfeed.commandLine(shell).execute(arguments);
  }

  String output() {
    return out.toString(UTF_8);
  }

  String errors() {
    return err.toString(UTF_8);
  }
}
