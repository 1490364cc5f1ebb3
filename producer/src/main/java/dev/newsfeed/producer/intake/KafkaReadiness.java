package dev.newsfeed.producer.intake;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;

/** Ready: every published address is known, and the cluster answers for the topics written to. */
final class KafkaReadiness implements Readiness, AutoCloseable {

  private static final int ANSWER_WITHIN_MS = 2_000;

  private final TopicFollower published;
  private final Admin admin;
  private final List<String> written;

  KafkaReadiness(KafkaSettings kafka, Topics topics, TopicFollower published) {
    this.published = published;
    this.admin = Admin.create(kafka.with(Map.of("client.id", "newsfeed-intake-health")));
    this.written = List.of(
        topics.articles.name(),
        topics.clicks.name(),
        topics.controls.name(),
        topics.curated.name(),
        topics.rejected.name());
  }

  @Override
  public CompletionStage<Optional<String>> missing() {
    Throwable failure = published.failure();
    if (failure != null) {
      return now("stopped following published articles: " + failure.getMessage());
    }
    if (!published.caughtUp().isDone()) {
      return now("still reading published articles");
    }
    return admin
        .describeTopics(written, new DescribeTopicsOptions().timeoutMs(ANSWER_WITHIN_MS))
        .allTopicNames()
        .toCompletionStage()
        .handle((topics, e) ->
            e == null ? Optional.empty() : Optional.of("Kafka does not answer: " + e.getMessage()));
  }

  private static CompletionStage<Optional<String>> now(String what) {
    return CompletableFuture.completedFuture(Optional.of(what));
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }
}
