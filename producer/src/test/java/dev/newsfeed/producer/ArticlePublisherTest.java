package dev.newsfeed.producer;

import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ArticlePublisherTest {

  private final MockProducer<String, byte[]> kafka = TestKafka.producer(true);
  private final ArticlePublisher publisher = new ArticlePublisher(kafka, TOPICS);

  @Test
  void articleGoesOutUnderItsIdWithItsHeaders() {
    Article article = article().setSection(new Label("world", "World")).build();

    Ack ack = publisher.publish(article).toCompletableFuture().join();

    assertThat(ack).isEqualTo(new Ack("newsfeed.articles", 0, 0));
    ProducerRecord<String, byte[]> sent = kafka.history().get(0);
    assertThat(sent.key()).isEqualTo("a1");
    assertThat(sent.timestamp()).isNull(); // the sender's clock, never the article's dates
    assertThat(headers(sent))
        .containsExactly(
            Map.entry("articleId", "a1"),
            Map.entry("version", "1"),
            Map.entry("status", "usable"),
            Map.entry("section", "world"),
            Map.entry("kind", "article"));
    assertThat(values(kafka, TOPICS.articles)).containsExactly(article);
  }

  @Test
  void invalidArticleIsNotSentAndEverythingWrongIsNamed() {
    Article article = article().setVersion(0).setHeadline(" ").setUrgency(0).build();

    var refused =
        catchThrowableOfType(InvalidEventException.class, () -> publisher.publish(article));

    assertThat(refused.problems())
        .extracting(Problem::field)
        .containsExactly("version", "headline", "urgency");
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void articleThatTheTopicWouldRefuseIsNotSent() {
    Article article = article().setBodyHtml("x".repeat(1 << 20)).build();

    assertThatThrownBy(() -> publisher.publish(article))
        .isInstanceOf(InvalidEventException.class)
        .hasMessageContaining("bodyHtml");
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void withdrawalCarriesReasonAndNothingElse() {
    publisher.withdraw("a1", 2, "The figure was wrong").toCompletableFuture().join();

    Article sent = values(kafka, TOPICS.articles).get(0);
    assertThat(sent.getStatus()).isEqualTo(Status.canceled);
    assertThat(sent.getWithdrawal().getReason()).isEqualTo("The figure was wrong");
    assertThat(sent.getHeadline()).isEmpty();
    assertThat(headers(kafka.history().get(0))).containsEntry("status", "canceled");
  }

  @Test
  void withdrawalSaysWhy() {
    assertThatThrownBy(() -> publisher.withdraw("a1", 2, " "))
        .isInstanceOf(InvalidEventException.class);
  }

  @Test
  void failureOfTheBrokerReachesTheSender() {
    MockProducer<String, byte[]> failing = TestKafka.producer(false);
    var ack = new ArticlePublisher(failing, TOPICS).publish(article().build());

    failing.errorNext(new TimeoutException("120 s"));

    assertThatThrownBy(() -> ack.toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void closingClosesTheProducer() {
    publisher.close();

    assertThat(kafka.closed()).isTrue();
  }

  private static Article.Builder article() {
    return Article.newBuilder().setArticleId("a1").setVersion(1).setHeadline("A headline");
  }

  private static Map<String, String> headers(ProducerRecord<String, byte[]> sent) {
    Map<String, String> headers = new LinkedHashMap<>();
    sent.headers().forEach(h -> headers.put(h.key(), new String(h.value(), UTF_8)));
    return headers;
  }
}
