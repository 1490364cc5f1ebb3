package dev.newsfeed.app;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;

/**
 * What a command sees of the world around it.
 *
 * @param environment variables by name
 * @param in what is piped into the command
 * @param out results, for people and for the next program in a pipe
 * @param err what went wrong
 */
record Shell(
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Clock clock) {

  /** The one this process was started from. Text is UTF-8, whatever the machine's locale. */
  static Shell ofThisProcess() {
    return new Shell(
        System.getenv(),
        System.in,
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        Clock.systemUTC());
  }
}
