package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DocumentationTest {

  private static final String BEGIN = "<!-- topics -->\n";
  private static final String END = "<!-- /topics -->";

  @Test
  void tableOfTopicsInTheReadmeIsTheCatalogue() throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

    assertThat(readme).contains(BEGIN, END);
    String table = readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));
    assertThat(table.strip())
        .as("run: ./newsfeed topics list --markdown")
        .isEqualTo(new TopicTable(topics).markdown().strip());
  }

  @Test
  void tableOfRightsIsWhatIsGiven() throws Exception {
    Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());

    assertThat(WrittenRights.table().strip())
        .as("run: ./newsfeed topics acls --markdown")
        .isEqualTo(new Access(topics).markdown().strip());
  }

  @Test
  void composeRunsTheImageThatTheContractIsTestedOn() throws Exception {
    assertThat(Files.readString(Path.of("../docker-compose.yml")))
        .contains("image: " + KafkaCluster.IMAGE + "\n");
  }
}
