package dev.newsfeed.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code newsfeed bench …}: each benchmark prints one line of JSON. */
@Command(
    name = "newsfeed bench",
    description = "Measures this machine. Each benchmark prints one line of JSON.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ClicksBench.class,
      FeedsBench.class,
      HttpBench.class,
      IntakeBench.class,
      LatencyBench.class,
      RecoveryBench.class,
      StartBench.class
    })
public final class Bench {

  private Bench() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }
}
