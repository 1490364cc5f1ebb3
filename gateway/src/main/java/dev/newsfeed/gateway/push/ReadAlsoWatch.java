package dev.newsfeed.gateway.push;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the subscribers who follow an article when the list "read also" under it has changed.
 *
 * <pre>
 * changed: a5, topic/trade ──▶ followed a7, of topic/trade, lists a2 a5 ──▶ list of a7 anew
 *                              followed a8, lists a1 a2                     (not concerned)
 * </pre>
 *
 * A list is computed anew when an article in it or one that the editor named has changed, or one of
 * the same persons or topics; and told when it is another than before. A newcomer that shares only
 * words with the article is found on the next such occasion: to ask for it after every publication
 * would cost a search for each open page.
 *
 * <p>Lists are computed on a thread of their own, so that nothing else waits for them; what changes
 * meanwhile is one more round and not one per change.
 */
public final class ReadAlsoWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReadAlsoWatch.class);
  private static final long CLOSE_S = 5;

  /**
   * A list "read also" as it is now.
   *
   * @param articleIds the articles in it
   * @param concerned by a change of which articles and feeds it may become another
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by its bytes alone
  public record Current(Set<String> articleIds, Set<String> concerned, byte[] json) {

    public Current {
      articleIds = Set.copyOf(articleIds);
      concerned = Set.copyOf(concerned);
    }
  }

  /** Computes lists. */
  public interface Lists {
    /** The list of an article; an empty one where the article may not be shown. */
    Current of(String articleId);
  }

  /**
   * An article that is followed.
   *
   * @param told null: nothing yet
   */
  private record Followed(int subscribers, @Nullable Current told) {}

  private final EventLog log;
  private final Lists lists;
  private final Map<String, Followed> followed = new ConcurrentHashMap<>();
  private final Set<String> pending = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean roundDue = new AtomicBoolean();
  private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
    Thread worker = new Thread(task, "read-also");
    worker.setDaemon(true);
    return worker;
  });
  private volatile boolean closed;

  public ReadAlsoWatch(EventLog log, Lists lists) {
    this.log = log;
    this.lists = lists;
  }

  /** Takes the ids of articles and feeds that have changed. */
  public void changed(Set<String> ids) {
    if (followed.isEmpty()) {
      return;
    }
    pending.addAll(ids);
    if (roundDue.compareAndSet(false, true)) {
      execute(this::round);
    }
  }

  /** One more subscriber follows an article: the list is told as it is, then when it changes. */
  void follow(String articleId) {
    followed.merge(
        articleId,
        new Followed(1, null),
        (old, one) -> new Followed(old.subscribers() + 1, old.told()));
    execute(() -> tell(articleId, true));
  }

  void unfollow(String articleId) {
    followed.computeIfPresent(articleId, (id, old) -> {
      if (old.subscribers() > 1) {
        return new Followed(old.subscribers() - 1, old.told());
      }
      log.forgetReadAlso(id);
      return null;
    });
  }

  private void round() {
    roundDue.set(false);
    Set<String> changed = new HashSet<>();
    pending.removeIf(changed::add);
    followed.forEach((articleId, what) -> {
      Current told = what.told();
      if (changed.contains(articleId)
          || (told != null && told.concerned().stream().anyMatch(changed::contains))) {
        tell(articleId, false);
      }
    });
  }

  private synchronized void execute(Runnable task) {
    if (!closed) {
      thread.execute(() -> {
        try {
          task.run();
        } catch (RuntimeException e) {
          LOG.warn("cannot tell what is to be read also", e);
        }
        log.flush();
      });
    }
  }

  private void tell(String articleId, boolean inAnyCase) {
    if (closed) {
      return; // and soon the archive is, too
    }
    Current now = lists.of(articleId);
    followed.computeIfPresent(articleId, (id, old) -> {
      Current told = old.told();
      if (inAnyCase || told == null || !Arrays.equals(told.json(), now.json())) {
        log.readAlso(id, now.articleIds(), now.json());
      }
      return new Followed(old.subscribers(), now);
    });
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      thread.shutdown(); // no interrupt: it would close files of the archive that others read
    }
    try {
      if (!thread.awaitTermination(CLOSE_S, TimeUnit.SECONDS)) {
        LOG.warn("still busy with what is to be read also");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
