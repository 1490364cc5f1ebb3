package dev.newsfeed.app;

import dev.newsfeed.schemas.KafkaSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A broker and every role in this JVM, for one machine. */
final class AllInOne implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofMinutes(2);

  private final EmbeddedKafka kafka;
  private final NewsfeedSettings settings;
  private final Pipeline pipeline;

  private AllInOne(EmbeddedKafka kafka, NewsfeedSettings settings, Pipeline pipeline) {
    this.kafka = kafka;
    this.settings = settings;
    this.pipeline = pipeline;
  }

  /**
   * Starts everything and returns when the page is up.
   *
   * @param media class path folder with pictures for the gateway to serve
   * @param progress takes a line for each step
   * @throws BadSettingException when a port is taken
   */
  static AllInOne start(
      NewsfeedSettings settings,
      Path data,
      Clock clock,
      @Nullable String media,
      Consumer<String> progress) {
    requirePorts(settings);
    String who = settings.whoMayPublish(data);
    long begun = System.nanoTime();
    progress.accept("starting Kafka ...");
    EmbeddedKafka kafka = EmbeddedKafka.start(
        EmbeddedKafkaSettings.in(data.resolve("kafka")).onPort(settings.brokerPort()));
    Pipeline pipeline = null;
    try {
      NewsfeedSettings connected = settings.with(KafkaSettings.of(kafka.bootstrapServers()));
      progress.accept("starting jobs, intake and gateway ...");
      pipeline = Pipeline.start(connected, data, clock, media);
      pipeline.awaitReady(READY_WITHIN);
      progress.accept("may publish: " + who);
      progress.accept("ready after %.1f s".formatted((System.nanoTime() - begun) / 1e9));
      return new AllInOne(kafka, connected, pipeline);
    } catch (RuntimeException e) {
      if (pipeline != null) {
        pipeline.close();
      }
      kafka.close();
      throw e;
    }
  }

  /** Told before anything starts, because a person is waiting. */
  static void requirePorts(NewsfeedSettings settings) {
    requirePort(settings.host(), settings.gatewayPort(), "--gateway-port", "NEWSFEED_GATEWAY_PORT");
    requirePort(settings.host(), settings.intakePort(), "--intake-port", "NEWSFEED_INTAKE_PORT");
    requirePort("127.0.0.1", settings.brokerPort(), "--broker-port", "NEWSFEED_BROKER_PORT");
  }

  /** Checks that a server could listen here; the message names what to change. */
  static void requirePort(String host, int port, String option, String variable) {
    try {
      Ports.requireFree(host, port, "");
    } catch (UnavailableException e) {
      throw new BadSettingException(
          "port " + port + " is taken; choose another with " + option + " or " + variable);
    }
  }

  /** The settings with the broker that was started. */
  NewsfeedSettings settings() {
    return settings;
  }

  URI gatewayUrl() {
    return pipeline.gatewayUrl();
  }

  URI intakeUrl() {
    return pipeline.intakeUrl();
  }

  /** What all roles measure, as one process. */
  Meters meters() {
    Meters meters = Meters.ofProcess("all");
    pipeline.measureBy(meters);
    return meters;
  }

  /** Why it does not work any more; null while it does. */
  @Nullable
  Throwable failure() {
    return pipeline.failure();
  }

  @Override
  public void close() {
    pipeline.close();
    kafka.close();
  }
}
