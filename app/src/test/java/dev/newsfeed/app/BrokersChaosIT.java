package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the brokers of a cluster of three can do to the jobs that run on it. */
class BrokersChaosIT {

  @SuppressWarnings("NullAway.Init") // before all
  private static ThreeBrokers brokers;

  @BeforeAll
  static void startBrokers(@TempDir Path data) throws Exception {
    brokers = new ThreeBrokers(data);
  }

  @AfterAll
  static void stopBrokers() {
    brokers.close();
  }

  @Test
  void bothInstancesAndABrokerKilledWithin25Seconds(@TempDir Path data) throws Exception {
    try (FaultScene scene = new FaultScene(brokers, "jobs-and-broker", data)) {
      Instant begun = Instant.now();
      scene.first().kill();
      goBy(begun, Duration.ofSeconds(8));
      brokers.kill(2);
      NewsfeedProcess first = scene.startAgain("first");
      goBy(begun, Duration.ofSeconds(18));
      scene.second().kill();
      assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(25));
      brokers.start(2);
      NewsfeedProcess second = scene.startAgain("second");

      scene.awaitSeen("the last kill");
      scene.newsroom().awaitRunning(first);
      scene.newsroom().awaitRunning(second);
      scene.allHolds();
    }
  }

  @Test
  void twoBrokersAwayFor12SecondsThenAllThreeKilled(@TempDir Path data) throws Exception {
    try (FaultScene scene = new FaultScene(brokers, "all-brokers", data)) {
      Instant begun = Instant.now();
      brokers.freeze(1, 3);
      goBy(begun, Duration.ofSeconds(12));
      brokers.thaw(1, 3);
      scene.awaitSeen("two of three brokers were back");

      brokers.kill(1, 2, 3);
      brokers.start(1, 2, 3);

      scene.awaitSeen("all three were started again");
      scene.allHolds();
      for (NewsfeedProcess streams : List.of(scene.first(), scene.second())) {
        assertThat(streams.lines()).noneMatch(line -> line.startsWith("stopped"));
      }
    }
  }

  /** A fault that lasts: nothing happens until it is over. */
  private static void goBy(Instant begun, Duration time) throws InterruptedException {
    Duration left = Duration.between(Instant.now(), begun.plus(time));
    if (!left.isNegative()) {
      TimeUnit.MILLISECONDS.sleep(left.toMillis());
    }
  }
}
