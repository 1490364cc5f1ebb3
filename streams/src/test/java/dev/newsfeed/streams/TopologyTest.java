package dev.newsfeed.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The jobs' topologies beside those that were agreed to, in {@code topology.txt}. Kafka Streams finds
 * what a job left behind by names and numbers in it: stores, changelogs and repartition topics by their
 * name, tasks by the number of their sub-topology.
 */
class TopologyTest {

  private static final Path AGREED = Path.of("topology.txt");
  private static final Path PRESENT = Path.of("target", "topology.txt");

  @Test
  void nothingThatAnUpgradeFindsByItsNameIsNamedOtherwise() throws IOException {
    String present = describe();
    Files.createDirectories(PRESENT.getParent());
    Files.writeString(PRESENT, present, UTF_8);

    assertThat(present)
        .as(
            "streams/topology.txt is part of what an upgrade relies on. A store, changelog or repartition"
                + " topic with another name begins empty, and what the old one held or had under way is not"
                + " read; a task with another number begins without its local state and commits under"
                + " another transaction; instances of both versions cannot be in one group. Where that is"
                + " meant, say in docs/upgrading.md and CHANGELOG.md what becomes of what the old names hold,"
                + " then: cp streams/target/topology.txt streams/topology.txt")
        .isEqualTo(Files.readString(AGREED, UTF_8));
  }

  private static String describe() {
    StreamsSettings settings = StreamsSettings.of(
        KafkaSettings.of("localhost:1"),
        new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()),
        Path.of("target"),
        TestPipeline.BERLIN);
    StringBuilder text = new StringBuilder();
    for (Job job : Jobs.all(settings)) {
      text.append("application.id: ")
          .append(Jobs.applicationId(job, settings.topics()))
          .append('\n')
          .append(Jobs.topology(job, Jobs.properties(job, settings)).describe())
          .append('\n');
    }
    return text.toString().replaceAll("[ \t]+\n", "\n");
  }
}
