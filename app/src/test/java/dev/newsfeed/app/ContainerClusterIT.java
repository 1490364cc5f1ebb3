package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The contract on three brokers, one of which is killed while articles and clicks come in and stays
 * away for all of the rest.
 */
@DisplayName("three apache/kafka in containers, one of them killed")
class ContainerClusterIT extends ContractSuite {

  private static final int ARTICLES = 120;
  private static final int KILLED_AFTER = 40;
  private static final int READERS = 3;

  private KafkaContainers brokers;

  @Override
  KafkaCluster startCluster() {
    brokers = KafkaCluster.containersIfWanted();
    return brokers;
  }

  @BeforeAll
  void killABrokerWhileArticlesAndClicksComeIn() {
    for (int n = 0; n < ARTICLES; n++) {
      if (n == KILLED_AFTER) {
        brokers.kill(2);
      }
      publish(article(n)); // has a 201, or fails here
      for (int reader = 0; reader < READERS; reader++) {
        IntakeClient.Answer click = intake().click(id(n), Reader.number(reader));
        assertThat(click.accepted()).as(click.problem()).isTrue();
      }
    }
  }

  @Test
  void nothingThatWasAcceptedIsLostWhenABrokerIsKilled() {
    List<String> all =
        IntStream.range(0, ARTICLES).mapToObj(ContainerClusterIT::id).toList();
    soon()
        .untilAsserted(() -> assertThat(reading().wholeFeed("section/killed"))
            .doesNotHaveDuplicates()
            .containsExactlyInAnyOrderElementsOf(all));
    for (String id : all) {
      assertThat(newsfeed().published(id)).as(id).hasSize(1);
    }
    soon()
        .untilAsserted(() -> assertThat(reading().mostRead("today", "section/killed"))
            .isNotEmpty()
            .allMatch(entry -> entry.endsWith("=" + READERS)));
  }

  private static String id(int n) {
    return "killed-" + n;
  }

  private static ObjectNode article(int n) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id(n))
        .put("version", 1)
        .put("headline", "Number " + n)
        .put("section", "killed");
  }
}
