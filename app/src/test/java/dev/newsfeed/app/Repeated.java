package dev.newsfeed.app;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Something that is done again and again, on a thread of its own, until this is closed. */
final class Repeated implements AutoCloseable {

  /** What is done. */
  interface Action {
    void once() throws Exception;
  }

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Future<Boolean> done;

  /** Begins; rests so long after each time. */
  Repeated(Duration rest, Action action) {
    Callable<Boolean> all = () -> {
      do {
        action.once();
      } while (!closing.await(rest.toMillis(), TimeUnit.MILLISECONDS));
      return true;
    };
    done = thread.submit(all);
  }

  /** Ends it after the time that it is at; what went wrong in any of them is thrown now. */
  @Override
  public void close() {
    closing.countDown();
    try {
      done.get(1, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      thread.shutdownNow();
    }
  }
}
