package dev.newsfeed.app;

import java.nio.file.Files;
import java.nio.file.Path;
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
        FaultScene scene = new FaultScene(brokers, "killed-in-transaction", data)) {
      Files.writeString(scene.stop(), "published");
      scene.first().awaitLine("in a transaction: \\S+published");

      scene.first().kill();

      scene.awaitSeen("a kill");
      scene.allHolds();
    }
  }
}
