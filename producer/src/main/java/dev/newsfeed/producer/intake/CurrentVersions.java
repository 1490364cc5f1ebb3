package dev.newsfeed.producer.intake;

import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.http.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Which version of each article is the current one: the one that stands on {@code published}, or a
 * higher one that this intake has sent since and the publication job has yet to see.
 *
 * <pre>
 * published   sent here          current    If-Match: "3"
 * a1 → 3                         3          goes on
 * a1 → 3      a1 → 4, acked      4          412
 * a1 → 3      a1 → 4, no ack     3          goes on: nobody knows whether it arrived
 * </pre>
 *
 * The last request of each of the 10,000 articles sent last is remembered with its ack: the same
 * request again is answered the same and sends nothing. Takes some 120 bytes of heap per published
 * article. Safe for use by several threads.
 */
final class CurrentVersions {

  private static final int REMEMBERED = 10_000;

  private final Map<String, Long> published = new ConcurrentHashMap<>();
  private final Map<String, Last> last = new LinkedHashMap<>(64, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Last> eldest) {
      return size() > REMEMBERED;
    }
  };
  private volatile boolean known;

  /** The last thing sent about an article. */
  private record Last(long version, String digest, CompletableFuture<Ack> ack) {

    boolean isUnderWayOrStored() {
      return !ack.isCompletedExceptionally();
    }
  }

  /** Learns a version; for a {@code TopicFollower} of {@code published}. */
  void take(ConsumerRecord<String, byte[]> place, @Nullable PublishedArticle article) {
    if (article != null) {
      published.put(article.getArticleId(), article.getVersion());
    }
  }

  /** Everything that stood on the topic at the start has been taken. */
  void caughtUp() {
    known = true;
  }

  /**
   * Sends a version if the condition holds, unless it was the last thing sent anyway.
   *
   * @param digest the same for the same request
   * @param sending called at most once, and never while others wait for an answer about theirs
   * @throws Refusal when the condition does not hold, or cannot be known yet
   */
  CompletionStage<Ack> send(
      String articleId,
      long version,
      String digest,
      Condition condition,
      Supplier<CompletionStage<Ack>> sending)
      throws Refusal {
    CompletableFuture<Ack> ack = new CompletableFuture<>();
    synchronized (this) {
      Last before = last.get(articleId);
      if (before != null && before.digest().equals(digest) && before.isUnderWayOrStored()) {
        return before.ack();
      }
      if (!condition.equals(Condition.NONE)) {
        if (!known) {
          throw Refusal.notYet("the published versions are still being read");
        }
        condition.require(current(articleId, before));
      }
      if (before == null || !before.isUnderWayOrStored() || before.version() <= version) {
        last.put(articleId, new Last(version, digest, ack));
      }
    }
    try {
      sending.get().whenComplete((stored, failure) -> {
        if (failure == null) {
          ack.complete(stored);
        } else {
          ack.completeExceptionally(failure);
        }
      });
    } catch (RuntimeException e) {
      ack.completeExceptionally(e);
      throw e;
    }
    return ack;
  }

  private @Nullable Long current(String articleId, @Nullable Last sent) {
    Long seen = published.get(articleId);
    if (sent == null || !sent.isUnderWayOrStored()) {
      return seen;
    }
    return seen == null ? sent.version() : Long.valueOf(Math.max(seen, sent.version()));
  }
}
