package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An intake is killed again and again while it works on a folder of files. */
class DropFolderIT {

  private static final int FILES = 240;
  private static final int ITEMS = 3;
  private static final int EVERY_BAD = 4;
  private static final int KILLS = 5;

  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

  @Test
  void killedAnywhereItLosesNoFileAndSaysNothingElse(@TempDir Path temp) throws Exception {
    Path drop = Files.createDirectory(temp.resolve("drop"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (KafkaCluster cluster = KafkaCluster.embedded()) {
      KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
      try (TopicAdmin admin = new TopicAdmin(kafka)) {
        admin.apply(topics.all());
      }
      Set<String> expected = deliver(drop);

      for (int kill = 1; kill <= KILLS; kill++) {
        int left = FILES - FILES * kill / (KILLS + 1) + random.nextInt(FILES / KILLS / 2);
        try (NewsfeedProcess intake = start(cluster, temp, drop)) {
          await()
              .pollInterval(Duration.ofMillis(1))
              .atMost(Duration.ofSeconds(60))
              .until(() -> files(drop).size() <= left);
          intake.kill();
        }
        assertThat(files(drop)).as("there was something to kill, seed %d", seed).isNotEmpty();
      }
      try (NewsfeedProcess intake = start(cluster, temp, drop)) {
        await().atMost(Duration.ofSeconds(60)).until(() -> files(drop).isEmpty());
        assertThat(intake.stop()).isZero();
      }

      assertThat(files(drop.resolve("done"))).hasSize(FILES - FILES / EVERY_BAD);
      assertThat(files(drop.resolve("refused")))
          .hasSize(2 * FILES / EVERY_BAD)
          .filteredOn(name -> name.endsWith(".reason.json"))
          .hasSize(FILES / EVERY_BAD);
      assertPublishedAndRefused(kafka, expected, seed);
    }
  }

  private void assertPublishedAndRefused(KafkaSettings kafka, Set<String> expected, long seed) {
    Map<String, Set<Article>> articles = new HashMap<>();
    List<String> refused = new ArrayList<>();
    try (TopicFollower follower = TopicFollower.of(kafka, "test-drop")
        .on(
            topics.articles,
            (place, article) ->
                articles.computeIfAbsent(place.key(), id -> new HashSet<>()).add(article))
        .on(topics.rejected, (place, rejected) -> refused.add(file(rejected)))
        .start()) {
      follower.awaitCaughtUp(Duration.ofSeconds(30));
    }
    assertThat(articles.values())
        .as("one state of each article, however often it was sent")
        .allMatch(states -> states.size() == 1)
        .extracting(states -> states.iterator().next().getHeadline())
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(refused)
        .as("each refusal is kept once, seed %d", seed)
        .doesNotHaveDuplicates()
        .hasSize(FILES / EVERY_BAD);
  }

  private static String file(Rejected rejected) {
    assertThat(rejected.getStage()).isEqualTo("drop-folder");
    return rejected.getFile();
  }

  private static NewsfeedProcess start(KafkaCluster cluster, Path temp, Path drop)
      throws IOException {
    return NewsfeedProcess.start(
        Map.of(
            NewsfeedSettings.BOOTSTRAP_SERVERS,
            cluster.bootstrapServers(),
            NewsfeedSettings.DROP_SETTLE,
            "PT1S"),
        "intake",
        "--intake-port",
        "0",
        "--data",
        temp.resolve("data").toString(),
        "--drop-folder",
        drop.toString());
  }

  /** The headlines of all that is good in it. */
  private static Set<String> deliver(Path drop) throws IOException {
    Set<String> expected = new HashSet<>();
    for (int n = 0; n < FILES; n++) {
      StringBuilder xml = new StringBuilder("<rss version=\"2.0\"><channel><title>W</title>");
      for (int i = 0; i < ITEMS; i++) {
        String title = "Story " + n + '.' + i;
        boolean bad = n % EVERY_BAD == 0 && i == 1;
        xml.append("<item><guid>")
            .append(title)
            .append("</guid><title>")
            .append(title)
            .append(bad ? "</title><pubDate>soon</pubDate></item>" : "</title></item>");
        if (!bad) {
          expected.add(title);
        }
      }
      Files.write(drop.resolve("wire-" + n + ".xml"), (xml + "</channel></rss>").getBytes(UTF_8));
    }
    return expected;
  }

  private static List<String> files(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    }
  }
}
