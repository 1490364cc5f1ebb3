package dev.newsfeed.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.push.Subscribers;
import dev.newsfeed.schemas.RecordJson;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /health/live}: nothing is broken for good. {@code /health/ready}: and everything that stood
 * on the topics at the start is being served. The failure itself is served, too.
 */
public final class Health implements Resource {

  /** What is known about the reading of topics. */
  public interface Following {
    /** Everything that stood on the topics at the start has been read. */
    boolean caughtUp();

    /** Why reading has ended by itself; null: it goes on. */
    @Nullable
    Throwable failure();
  }

  private final Following following;
  private final News news;
  private final Subscribers subscribers;
  private final @Nullable Supplier<ObjectNode> hub;

  /** What is known; {@code hub} null: there is none. */
  public Health(
      Following following, News news, Subscribers subscribers, @Nullable Supplier<ObjectNode> hub) {
    this.following = following;
    this.news = news;
    this.subscribers = subscribers;
    this.hub = hub;
  }

  /** Whether readers get what they ask for. */
  public boolean ready() {
    return following.caughtUp() && following.failure() == null;
  }

  @Override
  public Answer answer(Ask ask) {
    boolean healthy = switch (ask.path()) {
      case "/health/live" -> following.failure() == null;
      case "/health/ready" -> ready();
      default -> throw Refused.notFound("there are /health/live and /health/ready");
    };
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("status", healthy ? "up" : "down");
    json.put("caughtUp", following.caughtUp());
    Throwable failure = following.failure();
    if (failure != null) {
      json.put("cause", failure.toString());
    }
    json.put("feeds", news.feeds().size());
    json.put("newestHead", news.newestHead().map(Instant::toString).orElse(null));
    json.put("streams", subscribers.count());
    json.put(
        "publishedTopicId",
        news.events().source()); // by which a mirror sees that it must begin anew
    if (hub != null) {
      json.set("hub", hub.get());
    }
    Content content = new Content("application/json", RecordJson.bytes(json));
    return Answer.ok(content, "no-store").withStatus(healthy ? 200 : 503);
  }
}
