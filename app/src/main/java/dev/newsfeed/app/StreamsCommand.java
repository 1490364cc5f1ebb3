package dev.newsfeed.app;

import dev.newsfeed.streams.Jobs;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The jobs in a process of their own. */
@Command(
    name = "streams",
    description = "Runs the jobs publication, feeds and most-read. Kafka is at"
        + " KAFKA_BOOTSTRAP_SERVERS; GET /health/ready and /metrics on NEWSFEED_HEALTH_PORT (8082)"
        + " tell how they are.")
final class StreamsCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin
  private final SettingOptions options = new SettingOptions();

  StreamsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    NewsfeedSettings settings = options.settings(shell.environment(), UpCommand.DEFAULTS);
    shell.out().println("newsfeed streams: " + settings);
    int healthPort = settings.healthPort().orElse(NewsfeedSettings.DEFAULT_HEALTH_PORT);
    AllInOne.requirePort(
        settings.host(), healthPort, "--health-port", NewsfeedSettings.HEALTH_PORT);
    Lifetime lifetime = Lifetime.begin();
    AtomicReference<@Nullable Jobs> started = new AtomicReference<>();
    return lifetime.run(
        () -> {
          Meters meters = Meters.ofProcess("streams");
          try (DataDirectory data = DataDirectory.of(settings.data());
              HealthServer health = HealthServer.start(
                  settings.host(),
                  healthPort,
                  () -> missing(started.get(), settings.readyLag()),
                  meters);
              Jobs jobs = new Roles(settings, data.path(), shell.clock()).streams(Map.of())) {
            started.set(jobs);
            meters.of(jobs);
            shell.out().println("jobs started, health on port " + health.port());
            return lifetime.awaitStop(jobs::failure);
          }
        },
        shell);
  }

  /** What is not as it should be, in words; empty: nothing. */
  private static Optional<String> missing(@Nullable Jobs jobs, long readyLag) {
    return jobs == null
        ? Optional.of("the jobs are not started yet")
        : missing(jobs.failure(), jobs.states(), jobs.behind(), readyLag);
  }

  /** The same of jobs in some state; one that moves work between instances is well. */
  static Optional<String> missing(
      @Nullable Throwable failure,
      Map<String, String> states,
      Map<String, Long> behind,
      long readyLag) {
    if (failure != null) {
      return Optional.of("failed: " + failure);
    }
    Map<String, String> waiting = new TreeMap<>(states);
    waiting.values().removeIf("RUNNING"::equals);
    if (!waiting.isEmpty()) {
      return Optional.of("not running yet: " + waiting);
    }
    Map<String, Long> late = new TreeMap<>(behind);
    late.values().removeIf(records -> records <= readyLag);
    return late.isEmpty() ? Optional.empty() : Optional.of("records behind: " + late);
  }
}
