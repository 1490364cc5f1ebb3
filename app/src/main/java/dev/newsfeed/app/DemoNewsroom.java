package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.FeedIds;
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
import org.jspecify.annotations.Nullable;

/**
 * The newsroom of the demo: publishes the sample through the intake, as a CMS would, then goes on
 * with a story every while. When it runs out of new ones it brings its last ones up again as further
 * versions, so that the page of a demo left alone keeps moving.
 *
 * <p>It knows what is published, and what the editors' lists are, from the topics themselves, so it can
 * be started again on kept data, and readers see what anybody else publishes, too.
 */
final class DemoNewsroom implements AutoCloseable {

  private static final String TOP_STORIES = "top-stories";
  private static final Duration KNOWS_WITHIN = Duration.ofSeconds(30);

  private final Desk intake;
  private final DemoReaders readers;
  private final Clock clock;
  private final Consumer<String> tell;
  private final TopicFollower follower;
  private final Map<String, Long> versions = new ConcurrentHashMap<>();
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
  private final Map<String, CuratedFeed> lists = new ConcurrentHashMap<>();
  private final Deque<ObjectNode> live = new ArrayDeque<>(DemoNews.live());

  DemoNewsroom(
      NewsfeedSettings settings,
      Desk intake,
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
        .on(settings.topics().curated, (place, list) -> know(place.key(), list))
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

  private void know(String feedId, @Nullable CuratedFeed list) {
    if (list == null) {
      lists.remove(feedId);
    } else {
      lists.put(feedId, list);
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

  /** Sets the editor's lists that are not there yet. */
  void setLists() {
    for (ObjectNode list : DemoNews.lists()) {
      String name = list.remove("name").asText();
      if (!lists.containsKey(FeedIds.CURATED + name)) {
        told(name, intake.curate(name, list));
      }
    }
  }

  /**
   * Puts a story on top of the top stories when it is urgent; a list that somebody took away stays away.
   *
   * @return whether it stands there now
   */
  boolean putOnTop(ObjectNode story) {
    String articleId = story.path("articleId").asText();
    CuratedFeed list = lists.get(FeedIds.CURATED + TOP_STORIES);
    return list != null
        && TopStories.isOne(story)
        && told(TOP_STORIES, intake.curate(TOP_STORIES, TopStories.withOnTop(list, articleId)));
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
    return told(article.path("articleId").asText(), intake.publish(article));
  }

  /** Whether it was taken; that it was not is told. */
  private boolean told(String what, IntakeClient.Answer answer) {
    if (!answer.accepted()) {
      tell.accept("refused: " + what + ": " + answer.problem());
    }
    return answer.accepted();
  }

  @Override
  public void close() {
    follower.close();
  }
}
