package dev.newsfeed.app;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;

/**
 * {@code docker-compose.yml} on an engine of this machine, on free ports and under a name of its own.
 * What Docker says of it stands in {@code target/compose.log}.
 */
final class Compose implements AutoCloseable {

  private static final Path ROOT = Path.of("..");
  private static final File LOG = Path.of("target", "compose.log").toFile();
  private static final String PROJECT = "newsfeed-test";
  private static final String NETWORK = "172.29.85.0/24";
  private static final List<String> PORTS = List.of(
      "NEWSFEED_GATEWAY_PORT",
      "NEWSFEED_INTAKE_PORT",
      "NEWSFEED_BROKER_PORT",
      "NEWSFEED_BROKER_2_PORT",
      "NEWSFEED_BROKER_3_PORT",
      "NEWSFEED_PROMETHEUS_PORT",
      "NEWSFEED_GRAFANA_PORT");

  private final Map<String, String> environment = new HashMap<>();

  private Compose() throws IOException {
    List<Integer> free = Ports.free(PORTS.size());
    for (int i = 0; i < PORTS.size(); i++) {
      environment.put(PORTS.get(i), String.valueOf(free.get(i)));
    }
    environment.put("NEWSFEED_NETWORK", NETWORK);
    environment.put("COMPOSE_PROJECT_NAME", PROJECT);
  }

  /** Builds the image and starts everything; returns when each container says that it is well. */
  static Compose up() throws IOException {
    Compose compose = new Compose();
    try {
      compose.run("up", "--build", "--wait", "--wait-timeout", "300");
      return compose;
    } catch (RuntimeException | AssertionError e) {
      compose.close();
      throw e;
    }
  }

  /** {@code docker compose ARGUMENTS}; fails where that does. */
  void run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("docker", "compose"));
    command.addAll(List.of(arguments));
    docker(command);
  }

  /** Tells a process to end, and waits until it has. */
  void stop(String service, int instance) {
    docker(List.of("docker", "stop", "--time", "30", PROJECT + "-" + service + "-" + instance));
  }

  /** Kills a process as the kernel would when memory runs out; nobody starts it again. */
  void kill(String service, int instance) {
    docker(List.of("docker", "kill", PROJECT + "-" + service + "-" + instance));
  }

  /** Starts it again, where it was stopped or killed, and returns when it says that it is well. */
  void start(String service, int instance) {
    docker(List.of("docker", "start", PROJECT + "-" + service + "-" + instance));
    run("up", "--detach", "--no-recreate", "--no-deps", "--wait", service);
  }

  private void docker(List<String> command) {
    ProcessBuilder docker = new ProcessBuilder(command)
        .directory(ROOT.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.getAbsoluteFile()));
    docker.environment().putAll(environment);
    try {
      int status = docker.start().waitFor();
      Assertions.assertThat(status)
          .as("%s, see %s", String.join(" ", command), LOG)
          .isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  URI gateway() {
    return at("NEWSFEED_GATEWAY_PORT");
  }

  URI intake() {
    return at("NEWSFEED_INTAKE_PORT");
  }

  URI prometheus() {
    return at("NEWSFEED_PROMETHEUS_PORT");
  }

  private URI at(String port) {
    return NewsfeedSettings.localhost(Integer.parseInt(environment.get(port)));
  }

  /** All brokers, as programs on this machine find them. */
  String bootstrapServers() {
    return "localhost:%s,localhost:%s,localhost:%s"
        .formatted(
            environment.get("NEWSFEED_BROKER_PORT"),
            environment.get("NEWSFEED_BROKER_2_PORT"),
            environment.get("NEWSFEED_BROKER_3_PORT"));
  }

  @Override
  public void close() {
    run("logs", "--no-color");
    run("down", "--volumes");
  }
}
