package dev.newsfeed.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * The life of a process that serves until it is told to stop. Ctrl-C and SIGTERM stop it in good
 * order and with status 0, because it did what it was told; left alone, Java would end with 130 or
 * 143 and stop everything at once.
 */
final class Lifetime {

  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
  /** What deployments give a process to end must be more. */
  static final long STOPPED_WITHIN_S = 20;

  private static final int CHECK_EVERY_MS = 500;

  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private Lifetime() {}

  /** From now on a signal is heard, and answered within {@link #run}. */
  static Lifetime begin() {
    Lifetime lifetime = new Lifetime();
    Runtime.getRuntime().addShutdownHook(new Thread(lifetime::stopInOrder, "stop"));
    return lifetime;
  }

  /** Whether a signal has come. */
  boolean stopping() {
    return stopAsked.getCount() == 0;
  }

  /**
   * Waits for a signal.
   *
   * @param failure asked twice a second; what it returns ends the wait, too
   * @return the failure; null when it was a signal
   */
  @Nullable
  Throwable awaitStop(Supplier<@Nullable Throwable> failure) throws InterruptedException {
    while (!stopAsked.await(CHECK_EVERY_MS, TimeUnit.MILLISECONDS)) {
      Throwable cause = failure.get();
      if (cause != null) {
        return cause;
      }
    }
    return null;
  }

  /** Something that serves until {@link #awaitStop} returns, and is closed when this returns. */
  interface Serving {
    /** Why it ended by itself; null: it was told to. */
    @Nullable
    Throwable untilStopped() throws InterruptedException;
  }

  /**
   * Runs it to its end.
   *
   * @return the status of the process: 0 when it was told to stop
   */
  int run(Serving serving, Shell shell) throws InterruptedException {
    int status = 1;
    try {
      Throwable failure = serving.untilStopped();
      status = failure == null ? 0 : 1;
      shell.out().println(failure == null ? "stopped" : "stopped after a failure: " + failure);
    } catch (BadSettingException e) {
      status = CommandLine.ExitCode.USAGE;
      throw e;
    } finally {
      ended.complete(status);
    }
    return status;
  }

  /** Runs while Java shuts down, for whatever reason. */
  private void stopInOrder() {
    stopAsked.countDown();
    int status = 1;
    try {
      status = ended.get(STOPPED_WITHIN_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      LOG.error("gave up waiting for a clean stop after {} s", STOPPED_WITHIN_S);
    } catch (ExecutionException | InterruptedException e) {
      LOG.error("stopped without waiting", e);
    }
    Runtime.getRuntime().halt(status);
  }
}
