package dev.newsfeed.app;

import dev.newsfeed.gateway.Gateway;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The sites' side in a process of its own. */
@Command(
    name = "gateway",
    description = "Serves feeds, lists, pages and event streams. Kafka is at"
        + " KAFKA_BOOTSTRAP_SERVERS; NEWSFEED_PUBLIC_URL is where readers reach it,"
        + " NEWSFEED_INTAKE_URL where their pages send clicks.")
final class GatewayCommand implements Callable<Integer> {

  private final Shell shell;
  private final @Nullable String media;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  /** {@code media}: class path folder with pictures to serve; null: none. */
  GatewayCommand(Shell shell, @Nullable String media) {
    this.shell = shell;
    this.media = media;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), UpCommand.DEFAULTS);
    shell.out().println("newsfeed gateway: " + settings);
    AllInOne.requirePort(
        settings.host(), settings.gatewayPort(), "--gateway-port", NewsfeedSettings.GATEWAY_PORT);
    Lifetime lifetime = Lifetime.begin();
    return lifetime.run(
        () -> {
          Meters meters = Meters.ofProcess("gateway");
          try (DataDirectory data = DataDirectory.of(settings.data());
              Gateway gateway = new Roles(settings, data.path(), shell.clock())
                  .gateway(settings.intakeUrl(), media);
              HealthServer health = HealthServer.metrics(settings, meters)) {
            meters.of(gateway);
            if (health != null) {
              shell.out().println("metrics on port " + health.port());
            }
            shell.out().println("listening on port " + gateway.port());
            return lifetime.awaitStop(gateway::failure);
          }
        },
        shell);
  }
}
