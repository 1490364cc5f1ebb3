package dev.newsfeed.app;

import dev.newsfeed.producer.files.DropFolder;
import dev.newsfeed.producer.intake.Intake;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The newsroom's HTTP door in a process of its own. */
@Command(
    name = "intake",
    description = "Takes articles and clicks over HTTP. Kafka is at KAFKA_BOOTSTRAP_SERVERS; the"
        + " visitor secret is NEWSFEED_VISITOR_SECRET, the same for every intake of a newsroom.")
final class IntakeCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  IntakeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), UpCommand.DEFAULTS);
    shell.out().println("newsfeed intake: " + settings);
    AllInOne.requirePort(
        settings.host(), settings.intakePort(), "--intake-port", NewsfeedSettings.INTAKE_PORT);
    Lifetime lifetime = Lifetime.begin();
    return lifetime.run(
        () -> {
          try (DataDirectory data = DataDirectory.of(settings.data())) {
            Roles roles = new Roles(settings, data.path(), shell.clock());
            shell.out().println("may publish: " + settings.whoMayPublish(data.path()));
            Meters meters = Meters.ofProcess("intake");
            try (DropFolder dropped = roles.dropFolder();
                Intake intake = roles.intake();
                HealthServer health = HealthServer.metrics(settings, meters)) {
              meters.of(intake);
              if (dropped != null) {
                shell.out().println("taking files from " + settings.dropFolder());
              }
              if (health != null) {
                shell.out().println("metrics on port " + health.port());
              }
              shell.out().println("listening on port " + intake.port());
              return lifetime.awaitStop(() -> null);
            }
          }
        },
        shell);
  }
}
