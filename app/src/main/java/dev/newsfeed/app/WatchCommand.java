package dev.newsfeed.app;

import dev.newsfeed.app.watch.Watch;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole, measured from outside, in a process of its own. */
@Command(
    name = "watch",
    description =
        "Publishes a canary article, which readers do not see, through NEWSFEED_INTAKE_URL"
            + " and measures how long it takes to where, as far as an event stream of"
            + " NEWSFEED_PUBLIC_URL; also how old lists are, how far jobs are behind, and what is refused."
            + " GET /metrics on NEWSFEED_HEALTH_PORT (8082).")
final class WatchCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "How often the canary is published, at least PT1S, default PT15S.")
  private Duration every = Duration.ofSeconds(15);

  WatchCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), UpCommand.DEFAULTS);
    if (every.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new BadSettingException("--every: must be at least PT1S, is " + every);
    }
    int healthPort = settings.healthPort().orElse(NewsfeedSettings.DEFAULT_HEALTH_PORT);
    AllInOne.requirePort(
        settings.host(), healthPort, "--health-port", NewsfeedSettings.HEALTH_PORT);
    URI gateway = settings.gatewayUrl();
    Lifetime lifetime = Lifetime.begin();
    return lifetime.run(
        () -> {
          Meters meters = Meters.ofProcess("watch");
          try (Watch watch = new Watch(
                  settings.kafka(),
                  settings.topics(),
                  IntakeClient.of(settings),
                  gateway,
                  every,
                  shell.clock(),
                  meters.registry());
              HealthServer health = HealthServer.start(
                  settings.host(),
                  healthPort,
                  () -> Optional.ofNullable(watch.failure()).map(Throwable::toString),
                  meters)) {
            shell
                .out()
                .println("watching " + settings.intakeUrl() + " and " + gateway
                    + ", metrics on port " + health.port());
            return lifetime.awaitStop(watch::failure);
          }
        },
        shell);
  }
}
