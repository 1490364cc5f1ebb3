package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.streams.Jobs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can happen to the jobs, their state and their positions, while a newsroom is at work. */
class JobsChaosIT {

  private static final String ROOM = "128m"; // stores take some 50 as long as they are open

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

  /** {@link KilledInTransactionIT} has the publication job. */
  @ParameterizedTest
  @ValueSource(strings = {"feeds", "counts-changelog"})
  void killedInATransactionOfEachOtherJob(String topic, @TempDir Path data) throws Exception {
    try (FaultScene scene = new FaultScene(brokers, "killed-in-" + topic, data)) {
      Files.writeString(scene.stop(), topic);
      scene.first().awaitLine("in a transaction: \\S+" + topic);

      scene.first().kill();

      scene.awaitSeen("a kill");
      scene.allHolds();
    }
  }

  /** It was in a transaction, and goes on with it when its work is another's. */
  @Test
  void frozenLongerThanItsSessionAndThawed(@TempDir Path data) throws Exception {
    try (FaultScene scene = new FaultScene(brokers, "frozen", data);
        JobGroup group =
            new JobGroup(scene.newsroom().kafka(), scene.newsroom().group("publication"))) {
      Set<String> before = group.awaitIds(2);
      Files.writeString(scene.stop(), "published");
      scene.first().awaitLine("in a transaction: \\S+published");
      scene.first().freeze();
      Files.delete(scene.stop());

      scene.awaitSeen("it froze"); // all partitions are the other's
      assertThat(group.awaitIds(1)).isSubsetOf(before);
      scene.first().thaw();

      scene.awaitSeen("it was thawed");
      Set<String> after = new HashSet<>(group.awaitIds(2));
      after.removeAll(before);
      assertThat(after).as("it was thrown out and had to join anew").hasSize(1);
      scene.newsroom().awaitRunning(scene.first());
      scene.allHolds();
    }
  }

  @Test
  void stateDirectoryDeletedUnderARunningInstanceAndUnderAKilledOne(@TempDir Path data)
      throws Exception {
    try (FaultScene scene = new FaultScene(brokers, "state-deleted", data)) {
      scene.first().kill();
      delete(scene.newsroom().data("first").resolve("streams"));
      delete(scene.newsroom().data("second").resolve("streams"));

      // it is about to open stores of what the other had
      assertEndsForItsStateDirectory(scene.second(), "streams");
      NewsfeedProcess first = scene.startAgain("first");
      NewsfeedProcess second = scene.startAgain("second");

      scene.awaitSeen("a start without any state");
      scene.newsroom().awaitRunning(first);
      scene.newsroom().awaitRunning(second);
      scene.allHolds();
    }
  }

  @Test
  void diskFullOnTheStateDirectory(@TempDir Path data) throws Exception {
    Path small = Files.createDirectories(data.resolve("second"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + ROOM, "newsfeed-faults", small.toString()),
        "a small file system can be mounted by root only");
    try (FaultScene scene = new FaultScene(brokers, "disk-full", data)) {
      Path filler = small.resolve("filler");
      fill(filler);
      scene.first().kill();

      // it is about to open stores of what the other had
      assertEndsForItsStateDirectory(scene.second(), "No space left on device");
      NewsfeedProcess first = scene.startAgain("first");
      scene.awaitSeen("another had started");
      scene.newsroom().awaitRunning(first);
      fill(filler); // what stores had taken in advance was free again
      assertThat(scene.startAgain("second").awaitEnd())
          .as("there is still no room")
          .isEqualTo(1);

      Files.delete(filler);
      scene.newsroom().awaitRunning(scene.startAgain("second"));
      scene.allHolds();
    } finally {
      run("umount", "--lazy", small.toString());
    }
  }

  private static void assertEndsForItsStateDirectory(NewsfeedProcess streams, String why)
      throws Exception {
    assertThat(streams.awaitEnd()).as("it ends by itself").isEqualTo(1);
    assertThat(streams.lines())
        .filteredOn(line -> line.startsWith("stopped after a failure"))
        .singleElement()
        .asString()
        .contains("cannot use its state directory", why);
  }

  @Test
  void withoutItsPositionsNoJobStartsAndNothingIsCountedTwice(@TempDir Path data) throws Exception {
    try (FaultScene scene = new FaultScene(brokers, "no-positions", data)) {
      assertThat(scene.first().stop()).isZero();
      assertThat(scene.second().stop()).isZero();
      Positions positions = new Positions(scene.newsroom());
      for (String job : Jobs.names()) {
        positions.deleteAll(job);
        assertRefuses(scene, "the job " + job + " has state", "no committed offsets");
        positions.restore(job);
      }
      positions.delete("most-read", scene.newsroom().topics().clicks.name(), 3);
      assertRefuses(scene, "the job most-read has state", "clicks-3");
      positions.restore("most-read");
      positions.delete("publication", scene.newsroom().topics().articles.name(), 5);
      assertRefuses(scene, "the job publication has state", "articles-5");
      positions.restore("publication");

      scene.newsroom().awaitRunning(scene.startAgain("first"));
      scene.awaitSeen("a start with its positions");
      scene.allHolds();
    }
  }

  private static void assertRefuses(FaultScene scene, String... why) throws Exception {
    try (NewsfeedProcess refusing = scene.startAgain("first")) {
      assertThat(refusing.awaitEnd()).isEqualTo(1);
      assertThat(refusing.lines())
          .filteredOn(line -> line.startsWith("newsfeed: "))
          .singleElement()
          .asString()
          .contains(why);
    }
  }

  /** The committed positions of the jobs, as they were when this was made. */
  private static final class Positions {
    private final NewsroomProcesses newsroom;
    private final Map<String, Map<TopicPartition, OffsetAndMetadata>> kept = new HashMap<>();

    Positions(NewsroomProcesses newsroom) throws Exception {
      this.newsroom = newsroom;
      try (Admin admin = admin(newsroom.kafka())) {
        for (String job : Jobs.names()) {
          kept.put(
              job,
              admin
                  .listConsumerGroupOffsets(newsroom.group(job))
                  .partitionsToOffsetAndMetadata()
                  .get(30, TimeUnit.SECONDS));
        }
      }
      assertThat(kept.values()).noneMatch(Map::isEmpty);
    }

    private static Admin admin(KafkaSettings kafka) {
      return Admin.create(kafka.with(Map.of()));
    }

    void deleteAll(String job) throws Exception {
      try (Admin admin = admin(newsroom.kafka())) {
        admin.deleteConsumerGroups(List.of(newsroom.group(job))).all().get(30, TimeUnit.SECONDS);
      }
    }

    void delete(String job, String topic, int partition) throws Exception {
      TopicPartition place = new TopicPartition(topic, partition);
      assertThat(kept.get(job)).containsKey(place);
      try (Admin admin = admin(newsroom.kafka())) {
        admin
            .deleteConsumerGroupOffsets(newsroom.group(job), Set.of(place))
            .all()
            .get(30, TimeUnit.SECONDS);
      }
    }

    void restore(String job) throws Exception {
      try (Admin admin = admin(newsroom.kafka())) {
        admin
            .alterConsumerGroupOffsets(newsroom.group(job), kept.get(job))
            .all()
            .get(30, TimeUnit.SECONDS);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[64 * 1024];
    try (RandomAccessFile filler = new RandomAccessFile(file.toFile(), "rw")) {
      filler.seek(filler.length());
      while (true) {
        filler.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }
}
