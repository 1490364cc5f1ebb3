package dev.newsfeed.app.chaos;

import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topics for an {@link Account} and says from time to time how it stands. What is due is what
 * was accepted before the last quarter of a minute in which all was well: a role that is away delays
 * things, and that is no loss.
 */
public final class Books implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(12);
  private static final Duration ROUND_WITHIN = Duration.ofSeconds(3);

  private final Account account;
  private final Clock clock;
  private final TopicFollower follower;
  private volatile Balance balance;
  private volatile Instant due = Instant.EPOCH;
  private volatile long canarySeen;

  /** Begins to read. */
  public Books(Account account, KafkaSettings kafka, Topics topics, Clock clock) {
    this.account = account;
    this.clock = clock;
    this.balance = Balance.opening(clock.instant());
    follower = TopicFollower.of(kafka, "newsfeed-demo-books")
        .on(topics.articles, (place, article) -> {
          if (article != null) {
            account.written(article);
          }
        })
        .on(topics.published, (place, article) -> {
          if (article != null) {
            account.published(article, clock.instant());
          }
        })
        .on(topics.clicks, (place, click) -> {
          if (click != null) {
            account.written(click, clock.instant());
          }
        })
        .on(topics.feeds, (place, feed) -> {
          if (feed != null && Account.FEED.equals(place.key())) {
            account.feed(feed);
          } else if (feed != null && FeedIds.CANARY.equals(place.key())) {
            feed.getEntries().forEach(e -> canarySeen = Math.max(canarySeen, e.getVersion()));
          }
        })
        .on(topics.mostRead, (place, list) -> {
          if (list != null && Account.LIST.equals(place.key())) {
            account.list(list);
          }
        })
        .start();
  }

  /**
   * Reads all topics to their ends and draws the balance; while Kafka is away there is none.
   *
   * @param wellSince since when nothing is missing; null: something is
   * @return the balance, where it closes no more and the one before did; otherwise null
   */
  public @Nullable Balance round(@Nullable Instant wellSince) {
    account.takeList();
    Instant at = clock.instant();
    try {
      follower.readUpToNow().get(ROUND_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the books cannot be kept any more", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    Instant inTime = at.minus(GRACE);
    if (wellSince != null && wellSince.isBefore(inTime)) {
      isDue(inTime);
    }
    Balance before = balance;
    Balance drawn = account.balance(at, due);
    balance = drawn;
    return before.closes() && !drawn.closes() ? drawn : null;
  }

  /** From now on all that was accepted until then must be where it belongs. */
  public synchronized void isDue(Instant until) {
    if (due.isBefore(until)) {
      due = until;
    }
  }

  /** The latest one. */
  public Balance balance() {
    return balance;
  }

  /** Until when this week's list of all articles counts. */
  public Instant listAsOf() {
    return account.listAsOf();
  }

  /** The highest version of the canary article that was in its feed. */
  public long canarySeen() {
    return canarySeen;
  }

  @Override
  public void close() {
    follower.close();
  }
}
