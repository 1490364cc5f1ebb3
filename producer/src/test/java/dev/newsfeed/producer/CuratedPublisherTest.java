package dev.newsfeed.producer;

import static dev.newsfeed.producer.TestKafka.NOW;
import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.schemas.Problem;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.junit.jupiter.api.Test;

class CuratedPublisherTest {

  private final MockProducer<String, byte[]> kafka = TestKafka.producer(true);
  private final CuratedPublisher publisher = new CuratedPublisher(kafka, TOPICS);

  @Test
  void listGoesOutUnderItsFeedId() {
    CuratedFeed list = list("curated/top-stories", "a1", "a2");

    Ack ack = publisher.publish(list).toCompletableFuture().join();

    assertThat(ack).isEqualTo(new Ack("newsfeed.curated", 0, 0));
    assertThat(kafka.history().get(0).key()).isEqualTo("curated/top-stories");
    assertThat(values(kafka, TOPICS.curated)).containsExactly(list);
  }

  @Test
  void invalidListIsNotSentAndEverythingWrongIsNamed() {
    var refused = catchThrowableOfType(
        InvalidEventException.class, () -> publisher.publish(list("top-stories", "a1", "a1")));

    assertThat(refused.problems())
        .extracting(Problem::field)
        .containsExactly("feedId", "entries[1].articleId");
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void removedListIsANull() {
    publisher.remove("curated/top-stories").toCompletableFuture().join();

    assertThat(kafka.history()).singleElement().satisfies(sent -> {
      assertThat(sent.key()).isEqualTo("curated/top-stories");
      assertThat(sent.value()).isNull();
    });
  }

  @Test
  void feedThatNoEditorMakesCannotBeRemoved() {
    assertThatThrownBy(() -> publisher.remove("section/world"))
        .isInstanceOf(InvalidEventException.class)
        .hasMessageContaining("feedId");
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void closingClosesTheProducer() {
    publisher.close();

    assertThat(kafka.closed()).isTrue();
  }

  private static CuratedFeed list(String feedId, String... articleIds) {
    List<CuratedEntry> entries =
        List.of(articleIds).stream().map(id -> new CuratedEntry(id, null)).toList();
    return new CuratedFeed(feedId, "Top stories", entries, "mara", NOW);
  }
}
