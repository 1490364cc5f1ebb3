package dev.newsfeed.app;

import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicFollower;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The whole pipeline in this JVM on a Kafka that is there already, with the hands of a newsroom
 * ({@link #intake}), the eyes of a site ({@link #reading}), those of a subscriber to topics, and
 * somebody who writes whatever to a topic.
 */
final class TestNewsfeed implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofMinutes(2);

  private final NewsfeedSettings settings;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final Map<String, List<PublishedArticle>> published = new ConcurrentHashMap<>();
  private final Map<String, Feed> heads = new ConcurrentHashMap<>();
  private final List<Rejected> rejected = new CopyOnWriteArrayList<>();
  private final Pipeline pipeline;
  private final IntakeClient intake;
  private final Reading reading;
  private final KafkaProducer<String, byte[]> anybody;

  /** Starts every role, with state below {@code data}; returns when all are at work. */
  TestNewsfeed(KafkaCluster cluster, Path data) {
    this(cluster, data, Map.of());
  }

  /** The same with some variables of the environment. */
  TestNewsfeed(KafkaCluster cluster, Path data, Map<String, String> environment) {
    KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
    Map<String, String> variables = new HashMap<>(environment);
    variables.put(NewsfeedSettings.GATEWAY_PORT, "0");
    variables.put(NewsfeedSettings.INTAKE_PORT, "0");
    variables.put(NewsfeedSettings.ZONE, "Europe/Berlin");
    settings = NewsfeedSettings.from(variables).with(kafka);
    try {
      pipeline = closedLater(Pipeline.start(settings, data, Clock.systemUTC(), null));
      pipeline.awaitReady(READY_WITHIN);
      intake = new IntakeClient(pipeline.intakeUrl());
      reading = new Reading(pipeline.gatewayUrl(), pipeline.intakeUrl());
      anybody = closedLater(new KafkaProducer<>(
          kafka.with(Map.of()), new StringSerializer(), new ByteArraySerializer()));
      closedLater(TopicFollower.of(kafka, "test-topics")
              .on(settings.topics().published, (place, value) -> take(value))
              .on(settings.topics().feeds, (place, value) -> take(place.key(), value))
              .on(settings.topics().rejected, (place, value) -> take(value))
              .start())
          .awaitCaughtUp(READY_WITHIN);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T closedLater(T resource) {
    closing.push(resource);
    return resource;
  }

  private void take(@Nullable PublishedArticle value) {
    if (value != null) {
      published
          .computeIfAbsent(value.getArticleId(), id -> new CopyOnWriteArrayList<>())
          .add(value);
    }
  }

  private void take(String feedId, @Nullable Feed value) {
    if (value == null) {
      heads.remove(feedId);
    } else {
      heads.put(feedId, value);
    }
  }

  private void take(@Nullable Rejected value) {
    if (value != null) {
      rejected.add(value);
    }
  }

  /** Why a job or the gateway ended by itself; null: all are at work. */
  @Nullable
  Throwable failure() {
    return pipeline.failure();
  }

  NewsfeedSettings settings() {
    return settings;
  }

  URI gatewayUrl() {
    return pipeline.gatewayUrl();
  }

  IntakeClient intake() {
    return intake;
  }

  /** Where the intake is. */
  URI intakeUrl() {
    return pipeline.intakeUrl();
  }

  Reading reading() {
    return reading;
  }

  /** Everything that was ever said on {@code published} about an article, oldest first. */
  List<PublishedArticle> published(String articleId) {
    return List.copyOf(published.getOrDefault(articleId, List.of()));
  }

  /** The head of a feed as it stands on {@code feeds}; null: there is none. */
  @Nullable
  Feed head(String feedId) {
    return heads.get(feedId);
  }

  /** Everything that was refused so far. */
  List<Rejected> rejected() {
    return rejected;
  }

  /** Writes bytes to a topic, as whoever has access can; returns where they stand. */
  RecordMetadata write(Topic<?> topic, String key, byte[] value) {
    return write(topic, key, value, null);
  }

  /**
   * The same under a date.
   *
   * @param timestampMs null: now
   * @throws IllegalStateException when the broker refuses it, saying why
   */
  RecordMetadata write(Topic<?> topic, String key, byte[] value, @Nullable Long timestampMs) {
    try {
      return anybody
          .send(new ProducerRecord<>(topic.name(), null, timestampMs, key, value))
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
