package dev.newsfeed.app;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Processes that stand still in turns, as on a machine whose disk or memory is overcome: what they have
 * begun takes as long as they stand. They go on in good order when this is closed.
 */
final class Stutter implements AutoCloseable {

  private final Repeated turns;

  /** Begins, with all of them at once. */
  Stutter(List<NewsfeedProcess> processes, Duration still, Duration atWork) {
    turns = new Repeated(atWork, () -> {
      for (NewsfeedProcess process : processes) {
        process.freeze();
      }
      TimeUnit.MILLISECONDS.sleep(still.toMillis());
      for (NewsfeedProcess process : processes) {
        process.thaw();
      }
    });
  }

  @Override
  public void close() {
    turns.close(); // they go on in the end of each turn
  }
}
