package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.TopicFollower;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The newsroom of the demo: publishes the sample through the intake, as a CMS would, then goes on
 * with a story every while. When it runs out of new ones it brings its last ones up again as further
 * versions, so that the page of a demo left alone keeps moving.
 *
 * <p>It knows what is published from the topic itself, so it can be started again on kept data, and
 * readers see what anybody else publishes, too.
 */
final class DemoNewsroom implements AutoCloseable {

  private static final Duration KNOWS_WITHIN = Duration.ofSeconds(30);

  private final IntakeClient intake;
  private final DemoReaders readers;
  private final Clock clock;
  private final Consumer<String> tell;
  private final TopicFollower follower;
  private final Map<String, Long> versions = new ConcurrentHashMap<>();
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
  private final Deque<ObjectNode> live = new ArrayDeque<>(DemoNews.live());

  DemoNewsroom(
      NewsfeedSettings settings,
      IntakeClient intake,
      DemoReaders readers,
      Clock clock,
      Consumer<String> tell) {
    this.readers = readers;
    this.tell = tell;
    this.intake = intake;
    this.clock = clock;
    this.follower = TopicFollower.of(settings.kafka(), "newsfeed-demo-newsroom")
        .on(settings.topics().published, (place, article) -> {
          if (article != null) {
            know(article);
          }
        })
        .start();
    follower.awaitCaughtUp(KNOWS_WITHIN);
  }

  private void know(PublishedArticle article) {
    versions.put(article.getArticleId(), article.getVersion());
    if (article.getArticle() == null) {
      withdrawn.add(article.getArticleId());
      readers.forget(article.getArticleId());
    } else {
      withdrawn.remove(article.getArticleId());
      readers.see(article.getArticleId());
    }
  }

  /**
   * Publishes what of the sample is not there yet.
   *
   * @return how many articles were
   */
  int publishSample() {
    int published = 0;
    for (ObjectNode article : DemoNews.atStart(clock.instant())) {
      if (!versions.containsKey(article.path("articleId").asText())) {
        published += publish(article) ? 1 : 0;
      }
    }
    return published;
  }

  /**
   * Publishes the next story.
   *
   * @return what was published; empty when nothing could be: an editor may have withdrawn the story whose
   *     turn it was
   */
  Optional<ObjectNode> publishNext() {
    ObjectNode story = live.removeFirst();
    live.addLast(story);
    String id = story.path("articleId").asText();
    if (withdrawn.contains(id)) {
      return Optional.empty();
    }
    long known = versions.getOrDefault(id, 0L);
    long version = story.path("version").asLong();
    ObjectNode article = story.deepCopy();
    if (known >= version) {
      version = known + 1;
      article.put("republish", true);
    }
    article.put("version", version).put("versionCreated", clock.instant().toString());
    if (article.get("correction") instanceof ObjectNode correction) {
      correction.put("at", clock.instant().toString());
    }
    return publish(article) ? Optional.of(article) : Optional.empty();
  }

  private boolean publish(ObjectNode article) {
    IntakeClient.Answer answer = intake.publish(article);
    if (!answer.accepted()) {
      tell.accept("refused: " + article.path("articleId").asText() + ": " + answer.problem());
    }
    return answer.accepted();
  }

  @Override
  public void close() {
    follower.close();
  }
}
