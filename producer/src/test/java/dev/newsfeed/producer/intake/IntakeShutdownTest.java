package dev.newsfeed.producer.intake;

import static dev.newsfeed.producer.TestKafka.TOPICS;
import static dev.newsfeed.producer.TestKafka.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IntakeShutdownTest {

  @Test
  void senderWhoWaitsForTheBrokerIsAnsweredAtTheEnd() {
    TestIntake intake = TestIntake.withSilentBroker();
    CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(
        () -> intake.put("/v1/articles/a1", "{\"version\": 1, \"headline\": \"h\"}"));
    await().until(() -> !records(intake.articles, TOPICS.articles).isEmpty());

    intake.close();

    assertThat(answer.join().statusCode()).isEqualTo(503);
    assertThat(intake.articles.closed()).isTrue();
    assertThat(intake.clicks.closed()).isTrue();
  }
}
