package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A {@code streams} process that is killed when the brokers have what it sent, but not its commit, and
 * one beside it that takes over. Of the faults this is the one that runs with every build.
 */
class KilledInTransactionIT {

  @Test
  void whatWasSentButNotCommittedIsDoneOnceByAnother(@TempDir Path data) throws Exception {
    try (ThreeBrokers brokers = new ThreeBrokers(data.resolve("kafka"));
        NewsroomProcesses newsroom = new NewsroomProcesses(brokers, "faults", data)) {
      Path stop = data.resolve("stop");
      NewsfeedProcess first =
          newsroom.start("streams", "first", StopsInTransaction.environment(stop));
      newsroom.startIntake();
      newsroom.awaitRunning(first);
      NewsfeedProcess second = newsroom.startStreams("second");
      newsroom.startGateway();
      newsroom.awaitRunning(second);
      PatientLoad load = new PatientLoad(newsroom.desk());
      Invariants invariants = new Invariants(
          newsroom, load, () -> Stream.concat(brokers.processes(), newsroom.processes()));
      try (load) {
        await().atMost(Duration.ofSeconds(60)).until(() -> load.published() > 50);
        Files.writeString(stop, "published");
        first.awaitLine("in a transaction: \\S+published");

        first.kill();

        Duration seen = invariants.canary();
        System.out.printf("Killed in a transaction: seen after %.1f s%n", seen.toMillis() / 1e3);
        assertThat(second.lines()).noneMatch(line -> line.contains("stopped after"));
      }
      invariants.hold();
    }
  }
}
