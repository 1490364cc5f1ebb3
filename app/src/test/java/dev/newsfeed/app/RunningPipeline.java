package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** Every role in this JVM on an embedded broker of its own, on free ports. */
final class RunningPipeline implements AutoCloseable {

  private final KafkaCluster cluster;
  private final NewsfeedSettings settings;
  private final Pipeline pipeline;

  private RunningPipeline(KafkaCluster cluster, NewsfeedSettings settings, Pipeline pipeline) {
    this.cluster = cluster;
    this.settings = settings;
    this.pipeline = pipeline;
  }

  /** Starts all of it and waits until it is at work. */
  static RunningPipeline start(Path data) {
    KafkaCluster cluster = KafkaCluster.embedded();
    NewsfeedSettings settings = NewsfeedSettings.from(
            Map.of(NewsfeedSettings.GATEWAY_PORT, "0", NewsfeedSettings.INTAKE_PORT, "0"))
        .with(KafkaSettings.of(cluster.bootstrapServers()));
    Pipeline pipeline = Pipeline.start(settings, data, Clock.systemUTC(), null);
    pipeline.awaitReady(Duration.ofMinutes(2));
    return new RunningPipeline(cluster, settings, pipeline);
  }

  NewsfeedSettings settings() {
    return settings;
  }

  URI intakeUrl() {
    return pipeline.intakeUrl();
  }

  URI gatewayUrl() {
    return pipeline.gatewayUrl();
  }

  /** A command of a shell that knows where all of it is. */
  CommandRun command() {
    return CommandRun.with(Map.of(
        NewsfeedSettings.BOOTSTRAP_SERVERS,
        cluster.bootstrapServers(),
        NewsfeedSettings.INTAKE_URL,
        intakeUrl().toString()));
  }

  @Override
  public void close() {
    pipeline.close();
    cluster.close();
  }
}
