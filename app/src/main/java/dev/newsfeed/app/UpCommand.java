package dev.newsfeed.app;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Everything in one process, for real work on one machine. */
@Command(
    name = "up",
    description = "Runs a broker and every role in one process; data is kept in data/.")
final class UpCommand implements Callable<Integer> {

  /** Roles without a place of their own keep what they keep here. */
  static final Map<String, String> DEFAULTS = Map.of(NewsfeedSettings.DATA, "data");

  private final Shell shell;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  UpCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), DEFAULTS);
    shell.out().println("newsfeed up: " + settings);
    Lifetime lifetime = Lifetime.begin();
    return lifetime.run(
        () -> {
          try (DataDirectory data = DataDirectory.of(settings.data());
              AllInOne all =
                  AllInOne.start(settings, data.path(), shell.clock(), null, shell.out()::println);
              HealthServer health = HealthServer.metrics(settings, all.meters())) {
            if (health != null) {
              shell.out().println("metrics     http://localhost:" + health.port() + "/metrics");
            }
            shell.out().println("front page  " + all.gatewayUrl());
            shell.out().println("intake      " + all.intakeUrl());
            shell.out().println("Kafka       " + all.settings().kafka().bootstrapServers());
            shell.out().println("data        " + data.path());
            shell.out().println("stop with Ctrl-C");
            return lifetime.awaitStop(all::failure);
          }
        },
        shell);
  }
}
