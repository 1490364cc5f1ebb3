package dev.newsfeed.app;

import dev.newsfeed.gateway.Gateway;
import dev.newsfeed.producer.files.DropFolder;
import dev.newsfeed.producer.intake.Intake;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicAdmin.Difference;
import dev.newsfeed.streams.Jobs;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * Every role in one JVM, on a Kafka that is there already. It stops in the direction in which news
 * flows, so that what one role has taken the next one still gets.
 */
final class Pipeline implements AutoCloseable {

  /**
   * There is no other instance of the jobs, and this one always comes back under the same name: after
   * a kill nobody waits for 45 s until its former self is given up.
   */
  private static final Map<String, Object> ONLY_INSTANCE =
      Map.of(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), "only");

  private final @Nullable DropFolder dropped;
  private final Intake intake;
  private final Jobs jobs;
  private final Gateway gateway;

  private Pipeline(@Nullable DropFolder dropped, Intake intake, Jobs jobs, Gateway gateway) {
    this.dropped = dropped;
    this.intake = intake;
    this.jobs = jobs;
    this.gateway = gateway;
  }

  /**
   * Creates the topics and starts every role; they are at work after {@link #awaitReady}.
   *
   * @param media class path folder with pictures for the gateway to serve
   */
  static Pipeline start(NewsfeedSettings settings, Path data, Clock clock, @Nullable String media) {
    applyTopics(settings);
    Roles roles = new Roles(settings, data, clock);
    Intake intake = roles.intake();
    DropFolder dropped = null;
    Jobs jobs = null;
    try {
      dropped = roles.dropFolder();
      jobs = roles.streams(ONLY_INSTANCE);
      return new Pipeline(
          dropped, intake, jobs, roles.gateway(NewsfeedSettings.localhost(intake.port()), media));
    } catch (RuntimeException e) {
      intake.close();
      if (dropped != null) {
        dropped.close();
      }
      if (jobs != null) {
        jobs.close();
      }
      throw e;
    }
  }

  /** Creates what is missing of the topics. */
  static void applyTopics(NewsfeedSettings settings) {
    List<Difference> incurable;
    try (TopicAdmin admin = new TopicAdmin(settings.kafka())) {
      incurable = admin.apply(settings.topics().all()).stream()
          .filter(difference -> !difference.curable())
          .toList();
    }
    if (!incurable.isEmpty()) {
      throw new UnavailableException(
          incurable.stream().map(Difference::toString).collect(Collectors.joining("; ")), null);
    }
  }

  /**
   * Waits until jobs run and the gateway shows what stands on the topics.
   *
   * @throws IllegalStateException when it takes longer, or one of them failed
   */
  void awaitReady(Duration atMost) {
    jobs.awaitRunning(atMost);
    gateway.awaitReady(atMost);
  }

  /** Where articles and clicks are sent to. */
  URI intakeUrl() {
    return NewsfeedSettings.localhost(intake.port());
  }

  /** Where feeds and pages are. */
  URI gatewayUrl() {
    return NewsfeedSettings.localhost(gateway.port());
  }

  /** Has every role measured. */
  void measureBy(Meters meters) {
    meters.of(intake);
    meters.of(jobs);
    meters.of(gateway);
  }

  /** Why it does not work any more; null while it does. */
  @Nullable
  Throwable failure() {
    Throwable ofJobs = jobs.failure();
    return ofJobs == null ? gateway.failure() : ofJobs;
  }

  @Override
  public void close() {
    if (dropped != null) {
      dropped.close();
    }
    intake.close();
    jobs.close();
    gateway.close();
  }
}
