package dev.newsfeed.app;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A newsroom at work on three brokers before something happens to it: an intake, a gateway, two
 * instances of the jobs, {@code first} and {@code second}, and load. A file in the way of {@code first}
 * can stop it in a transaction.
 */
final class FaultScene implements AutoCloseable {

  private static final int PUBLISHED_BEFORE = 50;

  private final String name;
  private final ThreeBrokers brokers;
  private final NewsroomProcesses newsroom;
  private final Path stop;
  private final NewsfeedProcess first;
  private final NewsfeedProcess second;
  private final PatientLoad load;
  private final Invariants invariants;

  /**
   * Starts everything, and returns when some articles are published.
   *
   * @param name of the topics, and of the fault in what is printed
   */
  FaultScene(ThreeBrokers brokers, String name, Path data) throws IOException {
    this.name = name;
    this.brokers = brokers;
    stop = data.resolve("stop");
    newsroom = new NewsroomProcesses(brokers, name, data);
    try {
      first = newsroom.start("streams", "first", StopsInTransaction.environment(stop));
      newsroom.startIntake();
      newsroom.awaitRunning(first);
      second = newsroom.startStreams("second");
      newsroom.startGateway();
      newsroom.awaitRunning(second);
    } catch (IOException | RuntimeException e) {
      newsroom.close();
      throw e;
    }
    load = new PatientLoad(newsroom.desk());
    invariants = new Invariants(
        newsroom, load, () -> Stream.concat(brokers.processes(), newsroom.processes()));
    awaitPublished(PUBLISHED_BEFORE);
  }

  /** Waits until the load has published so many articles more. */
  void awaitPublished(int more) {
    int before = load.published();
    await().atMost(Duration.ofSeconds(120)).until(() -> load.published() > before + more);
  }

  NewsroomProcesses newsroom() {
    return newsroom;
  }

  NewsfeedProcess first() {
    return first;
  }

  NewsfeedProcess second() {
    return second;
  }

  /** Named in it: what the topic ends with in whose transaction the first instance is to stop. */
  Path stop() {
    return stop;
  }

  /** Waits until new articles of every partition are seen, and prints how long it took. */
  void awaitSeen(String since) {
    Duration seen = invariants.canary();
    System.out.printf("[faults] %s: seen %.1f s after %s%n", name, seen.toMillis() / 1e3, since);
  }

  /** Ends the load and checks everything. */
  void allHolds() {
    load.close();
    brokers.awaitWhole();
    long begun = System.nanoTime();
    invariants.hold();
    System.out.printf(
        "[faults] %s: all holds, %d articles, checked in %.1f s%n",
        name, load.published(), (System.nanoTime() - begun) / 1e9);
  }

  /** Starts an instance of the jobs on the data of one that has ended. */
  NewsfeedProcess startAgain(String instance) throws IOException {
    return newsroom.start("streams", instance, Map.of());
  }

  @Override
  public void close() {
    load.giveUp();
    newsroom.close();
  }
}
