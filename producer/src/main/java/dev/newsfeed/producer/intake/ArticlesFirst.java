package dev.newsfeed.producer.intake;

import dev.newsfeed.producer.http.Answer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Lets clicks wait while an article is under way: an article is taken from hand to hand by a dozen
 * threads of intake and broker, and in a flood of clicks would wait for a processor at each.
 *
 * <pre>
 * article    ├── body read … ack ──┤            ├─ … 40 ms, Kafka is slow ──────────┤
 * clicks  ───┤      wait           ├────────────┤ wait 10 ms ├─ go on 10 ms ─┤ wait ├──
 * </pre>
 *
 * Where articles come without a pause, clicks have half of the time.
 */
final class ArticlesFirst {

  static final Duration WAIT_AT_MOST = Duration.ofMillis(10);
  static final Duration GO_ON_AT_LEAST = Duration.ofMillis(10);

  private final LongSupplier nanoTime;
  private final AtomicInteger underWay = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private volatile long goOnUntil;

  ArticlesFirst(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.goOnUntil = nanoTime.getAsLong();
  }

  /** The same action, which is under way until its answer is known. */
  IntakeHandler.Action article(IntakeHandler.Action action) {
    return call -> {
      underWay.incrementAndGet();
      CompletionStage<Answer> answer;
      try {
        answer = action.answer(call);
      } catch (RuntimeException | Error e) {
        done();
        throw e;
      }
      return answer.whenComplete((told, failure) -> done());
    };
  }

  private void done() {
    if (underWay.decrementAndGet() == 0) {
      lock.lock();
      try {
        none.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Runs tasks there, each when no article is under way, or after a while all the same. */
  Executor clicks(Executor threads) {
    return task -> threads.execute(() -> {
      awaitTurn();
      task.run();
    });
  }

  private void awaitTurn() {
    if (underWay.get() == 0 || nanoTime.getAsLong() - goOnUntil < 0) {
      return;
    }
    lock.lock();
    try {
      long left = WAIT_AT_MOST.toNanos();
      while (underWay.get() > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
      if (left <= 0) {
        goOnUntil = nanoTime.getAsLong() + GO_ON_AT_LEAST.toNanos();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end is near: the task is run now
    } finally {
      lock.unlock();
    }
  }
}
