package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** This version starts on what each earlier release left on the disk, and goes on where that one stopped. */
class UpgradeIT {

  /**
   * The kept data is as old as its release, and the broker's clock cannot be set: nothing is deleted for
   * its age, and no group or producer forgotten, before the test is over.
   */
  private static final Map<String, String> AGELESS = Map.of(
      "log.initial.task.delay.ms", String.valueOf(TimeUnit.DAYS.toMillis(1)),
      "offsets.retention.minutes", String.valueOf(Integer.MAX_VALUE),
      "offsets.retention.check.interval.ms", String.valueOf(TimeUnit.DAYS.toMillis(1)),
      "transactional.id.expiration.ms", String.valueOf(Integer.MAX_VALUE),
      "log.cleaner.enable", "false");

  static List<String> releases() throws IOException {
    return ReleaseFixture.releases();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void goesOnWithItsStores(String release, @TempDir Path data) throws Exception {
    new ReleaseFixture(release).unpack(data);
    goesOn(release, data);
  }

  @ParameterizedTest
  @MethodSource("releases")
  void goesOnWithItsTopicsAlone(String release, @TempDir Path data) throws Exception {
    new ReleaseFixture(release).unpack(data);
    delete(data.resolve("streams"));
    delete(data.resolve("gateway"));
    goesOn(release, data);
  }

  private static void goesOn(String release, Path data) throws Exception {
    JsonNode expected = new ReleaseFixture(release).expected();
    try (KafkaCluster cluster = KafkaCluster.embeddedIn(data.resolve("kafka"), AGELESS)) {
      Set<String> before = jobsOwnTopics(cluster);
      try (Pipeline pipeline = ReleaseDay.start(cluster, data, ReleaseDay.UPGRADE)) {
        Reading reading = new Reading(pipeline.gatewayUrl(), pipeline.intakeUrl());
        IntakeClient intake = new IntakeClient(pipeline.intakeUrl());

        ReleaseDay.awaitSeen(pipeline, expected);
        whatBecameDueMeanwhileIsOut(reading);
        addsToWhatWasCounted(expected, reading, intake);
        judgesVersionsByWhatWasThere(reading, intake);
        assertThat(pipeline.failure()).isNull();
      }
      assertThat(jobsOwnTopics(cluster))
          .as("the jobs' own topics, which docs/upgrading.md must speak of when they change")
          .isEqualTo(before);
    }
  }

  private static void whatBecameDueMeanwhileIsOut(Reading reading) {
    ReleaseDay.soon(
        () -> assertThat(reading.wholeFeed("section/clock")).containsExactly("day-due"));
  }

  private static void addsToWhatWasCounted(
      JsonNode expected, Reading reading, IntakeClient intake) {
    // in the same half hour the same reader is no further read, which only state can tell
    intake.click(ReleaseDay.story(2), ReleaseDay.reader(2, 0));
    for (int reader = 40; reader < 45; reader++) {
      intake.click(ReleaseDay.story(2), ReleaseDay.reader(2, reader));
    }
    publish(intake, ReleaseDay.article("day-later", 1, "Read before it was there", "late"));
    intake.click("day-later", ReleaseDay.reader(0, 0));
    intake.click("day-later", ReleaseDay.reader(0, 50));

    ReleaseDay.soon(() -> {
      for (String window : ReleaseDay.WINDOWS) {
        Map<String, Long> added = counts(expected.path("mostRead").path(window + "?scope=all"));
        added.merge(ReleaseDay.story(2), 5L, Long::sum);
        added.put("day-later", 4L);
        assertThat(counts(reading.mostRead(window, "all"))).as(window).isEqualTo(added);
        assertThat(reading.mostRead(window, "section/late")).containsExactly("day-later=4");
        assertThat(reading
                .get("/most-read/" + window + "?scope=all")
                .json()
                .path("reads")
                .asLong())
            .isEqualTo(expected.path("reads").path(window + "?scope=all").asLong() + 6);
      }
    });
  }

  private static Map<String, Long> counts(Iterable<?> entries) {
    Map<String, Long> counts = new TreeMap<>();
    for (Object entry : entries) {
      String[] parts =
          (entry instanceof JsonNode json ? json.asText() : (String) entry).split("=", 2);
      counts.put(parts[0], Long.valueOf(parts[1]));
    }
    return counts;
  }

  private static void judgesVersionsByWhatWasThere(Reading reading, IntakeClient intake) {
    List<String> culture = reading.wholeFeed("section/culture");
    ObjectNode withdrawn =
        ReleaseDay.article(ReleaseDay.story(10), 5, ReleaseDay.ERASED_WORD + " again", "sport");
    publish(intake, withdrawn); // no restore: refused by the job
    publish(intake, ReleaseDay.article(ReleaseDay.story(1), 1, "An old version", "culture"));
    publish(intake, ReleaseDay.article("day-new", 1, "The newest heron", "culture"));
    publish(intake, ReleaseDay.article(ReleaseDay.story(3), 2, "Heron moved on", "sport"));

    List<String> now = new ArrayList<>(culture);
    now.add(0, "day-new");
    ReleaseDay.soon(() -> {
      assertThat(reading.wholeFeed("section/culture")).isEqualTo(now);
      assertThat(reading.wholeFeed("section/world")).doesNotContain(ReleaseDay.story(3));
      assertThat(reading.wholeFeed("section/sport"))
          .contains(ReleaseDay.story(3))
          .doesNotContain(ReleaseDay.story(10));
      assertThat(ReleaseDay.found(reading, "newest")).containsExactly("day-new");
    });
    assertThat(reading.get("/articles/" + ReleaseDay.story(10)).status()).isEqualTo(410);
    assertThat(ReleaseDay.found(reading, ReleaseDay.ERASED_WORD)).isEmpty();
    assertThat(reading.get("/articles/" + ReleaseDay.story(1) + ".json").body())
        .contains("1, corrected");
  }

  private static void publish(IntakeClient intake, ObjectNode article) {
    IntakeClient.Answer answer = intake.publish(article);
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  private static Set<String> jobsOwnTopics(KafkaCluster cluster) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      Set<String> names = admin.listTopics().names().get(30, TimeUnit.SECONDS);
      Set<String> own = new TreeSet<>();
      admin
          .describeTopics(names)
          .allTopicNames()
          .get(30, TimeUnit.SECONDS)
          .forEach((name, topic) -> {
            if (name.endsWith("-changelog") || name.endsWith("-repartition")) {
              own.add(name + " " + topic.partitions().size());
            }
          });
      return own;
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
