package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.schemas.KafkaSettings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keeps what this version leaves on the disk as that of a release, see {@link ReleaseFixture}. No test of
 * every run: CONTRIBUTING.md says how it is called.
 */
class MakeReleaseFixture {

  @Test
  void keepsWhatThisVersionLeavesBehind(@TempDir Path data) throws Exception {
    String release = System.getProperty("release", "");
    assertThat(release).as("-Drelease, such as 0.2").matches("[0-9]+\\.[0-9]+");
    System.setProperty("os.version", ""); // Lucene notes it in each segment
    ReleaseDay day = new ReleaseDay();
    JsonNode expected;
    try (KafkaCluster cluster = KafkaCluster.embeddedIn(data.resolve("kafka"), Map.of());
        Pipeline pipeline = ReleaseDay.start(cluster, data, ReleaseDay.WORK)) {
      NewsfeedSettings settings =
          NewsfeedSettings.from(Map.of()).with(KafkaSettings.of(cluster.bootstrapServers()));
      day.work(pipeline, settings);
      expected = day.expected(release);
      ReleaseDay.awaitSeen(pipeline, expected);
    }
    new ReleaseFixture(release).pack(data, expected);
  }
}
