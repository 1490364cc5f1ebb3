package dev.newsfeed.gateway;

import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.http.AnswerCounts;
import dev.newsfeed.gateway.http.Health;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.EventLog;
import dev.newsfeed.gateway.websub.WebSub;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sites' side: follows the compacted topics and serves what stands on them over HTTP.
 *
 * <pre>
 * published, feeds, most-read ──▶ one following thread ──▶ news ──▶ HTTP, event streams
 * </pre>
 *
 * The archive on disk remembers how far it has read {@code published}; heads and lists are read
 * from the beginning at each start.
 */
public final class Gateway implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final long KAFKA_TIMEOUT_S = 30;

  private final Archive archive;
  private final TopicFollower follower;
  private final WebServer server;

  private Gateway(Archive archive, TopicFollower follower, WebServer server) {
    this.archive = archive;
    this.follower = follower;
    this.server = server;
  }

  /**
   * Starts following and serving. Answers come at once, from what has been read so far; {@code
   * /health/ready} and {@link #awaitReady} say when that is everything.
   *
   * @throws IllegalStateException when Kafka, the directory or the port cannot be used
   */
  public static Gateway start(GatewaySettings settings) {
    Topics topics = settings.topics();
    String source = topicId(settings);
    Archive archive =
        Archive.open(settings.dataDir(), topics.published, source, settings.eraseEvery());
    Map<Integer, Long> positions = archive.positions();
    EventLog events = EventLog.waiting(source, topics.published.partitions(), positions);
    News news = new News(topics.feeds, archive, events);
    TopicFollower follower = follow(settings, news, positions);
    try {
      WebServer server = WebServer.start(
          settings,
          news,
          healthOf(follower),
          (feeds, addresses) -> WebSub.start(
              settings.kafka(),
              settings.topics(),
              follower,
              news,
              feeds,
              addresses,
              settings.callbackNetworks(),
              settings.clock()));
      LOG.info(
          "gateway started port={} title={} archived={}",
          server.port(),
          settings.title(),
          archive.size());
      return new Gateway(archive, follower, server);
    } catch (RuntimeException e) {
      follower.close();
      archive.close();
      throw e;
    }
  }

  private static TopicFollower follow(
      GatewaySettings settings, News news, Map<Integer, Long> positions) {
    Topics topics = settings.topics();
    Map<TopicPartition, Long> from = new HashMap<>();
    positions.forEach((partition, next) ->
        from.put(new TopicPartition(topics.published.name(), partition), next));
    return TopicFollower.of(settings.kafka(), "gateway")
        .on(
            topics.published,
            (place, value) -> news.published(place.partition(), place.offset(), place.key(), value))
        .on(topics.feeds, (place, value) -> news.feed(place.key(), value))
        .on(topics.mostRead, (place, value) -> news.mostRead(place.key(), value))
        .from(from)
        .whenCaughtUp(new ReadBack(settings.kafka(), topics.published, news)::run)
        .afterBatch(() -> news.batchDone(settings.clock().instant()))
        .start();
  }

  /** Tells the topic from one of the same name that was deleted and created anew. */
  private static String topicId(GatewaySettings settings) {
    String topic = settings.topics().published.name();
    try (Admin admin = Admin.create(settings.kafka().with(Map.of("client.id", "gateway-start")))) {
      return admin
          .describeTopics(List.of(topic))
          .allTopicNames()
          .get(KAFKA_TIMEOUT_S, TimeUnit.SECONDS)
          .values()
          .iterator()
          .next()
          .topicId()
          .toString();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(topic + ": " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "Kafka did not answer within " + KAFKA_TIMEOUT_S + " s at "
              + settings.kafka().bootstrapServers(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking Kafka", e);
    }
  }

  private static Health.Following healthOf(TopicFollower follower) {
    return new Health.Following() {
      @Override
      public boolean caughtUp() {
        return follower.caughtUp().isDone() && !follower.caughtUp().isCompletedExceptionally();
      }

      @Override
      public @Nullable Throwable failure() {
        return follower.failure();
      }
    };
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /**
   * Waits until everything that stood on the topics at the start is served.
   *
   * @throws IllegalStateException when that takes longer, or following has failed
   */
  public void awaitReady(Duration atMost) {
    follower.awaitCaughtUp(atMost);
  }

  /** Whether everything that stood on the topics at the start is served. */
  public boolean isCaughtUp() {
    return healthOf(follower).caughtUp();
  }

  /** Event streams open now. */
  public int eventStreams() {
    return server.eventStreams();
  }

  /**
   * Answers since the start.
   *
   * @param statuses one of {@link AnswerCounts#STATUSES}
   */
  public long answers(String statuses) {
    return server.answers(statuses);
  }

  /** Articles and notices in the archive. */
  public int archived() {
    return archive.size();
  }

  /** Whether nothing of a text that was withdrawn is left in the archive's files. */
  public boolean erased() {
    return archive.erased();
  }

  /** Why the gateway has ceased to follow its topics, or to deliver; null while all is well. */
  public @Nullable Throwable failure() {
    return follower.failure() == null ? server.failure() : follower.failure();
  }

  @Override
  public void close() {
    server.close();
    follower.close();
    archive.close();
  }
}
