package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A newsroom at work and its readers: some ten articles and as many clicks a second, over the given
 * sections, yesterday's so that they crowd nobody out; now and then an editor's list, an update, a
 * withdrawal.
 */
final class BackgroundLoad implements AutoCloseable {

  private static final long PAUSE_MS = 100;
  private static final int TOPICS = 16;
  private static final int LISTED = 5;

  private final IntakeClient intake;
  private final String name;
  private final List<String> sections;
  private final List<String> chosen;
  private final Instant yesterday = Instant.now().minusSeconds(86_400);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private volatile int number;

  /**
   * Begins.
   *
   * @param chosen articles that the editor's list holds besides
   */
  BackgroundLoad(IntakeClient intake, String name, List<String> sections, List<String> chosen) {
    this.intake = intake;
    this.name = name;
    this.sections = sections;
    this.chosen = chosen;
    thread.scheduleWithFixedDelay(this::step, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  private void step() {
    if (failure.get() != null) {
      return;
    }
    try {
      number = number + 1; // only this thread writes it
      publish(number, 1);
      intake.click(id(number), Reader.number(number));
      if (number % 7 == 0) {
        publish(number - 3, 2);
      }
      if (number % 11 == 0) {
        require(intake.withdraw(id(number - 5), 3, "Only a test"));
      }
      if (number % 20 == 0) {
        curate();
      }
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  private void publish(int n, long version) {
    ObjectNode article = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id(n))
        .put("version", version)
        .put("headline", "Other news, number " + n)
        .put("bodyHtml", "<p>Nothing of interest.</p>")
        .put("section", sections.get(n % sections.size()))
        .put("kind", n % 2 == 0 ? "gallery" : "article")
        .put("firstPublished", yesterday.plusSeconds(n).toString());
    article.putArray("topics").add("load-" + n % TOPICS);
    require(intake.publish(article));
  }

  private void curate() {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("by", "test");
    ArrayNode entries = list.putArray("entries");
    chosen.forEach(id -> entries.addObject().put("articleId", id));
    for (int n = Math.max(1, number - LISTED); n < number; n++) {
      entries.addObject().put("articleId", id(n));
    }
    require(intake.curate("top-stories", list));
  }

  private static void require(IntakeClient.Answer answer) {
    if (!answer.accepted()) {
      throw new IllegalStateException(answer.problem());
    }
  }

  private String id(int n) {
    return name + "-" + n;
  }

  /** How many articles it has published so far. */
  int published() {
    return number;
  }

  /** Ends it; whatever went wrong is thrown now. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the load does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Throwable cause = failure.get();
    if (cause != null) {
      throw new IllegalStateException("the load failed after " + number + " articles", cause);
    }
  }
}
