package dev.newsfeed.producer.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.newsfeed.producer.http.Answer;
import dev.newsfeed.producer.http.Call;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArticlesFirstTest {

  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private final ArticlesFirst first = new ArticlesFirst(System::nanoTime);
  private final Executor clicks = first.clicks(threads);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void clicksGoOnAtOnceWhereNoArticleIsUnderWay() throws Exception {
    assertThat(nanosUntilRun(1)).isLessThan(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void clickWaitsUntilTheArticleIsTold() throws Exception {
    CompletableFuture<Answer> ack = new CompletableFuture<>();
    publish(call -> ack);
    CountDownLatch ran = new CountDownLatch(1);

    clicks.execute(ran::countDown);
    assertThat(ran.await(1, TimeUnit.MILLISECONDS)).isFalse();
    ack.complete(Answer.noContent());

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void articleThatIsNeverToldHoldsUpClicksForHalfOfTheTime() throws Exception {
    publish(call -> new CompletableFuture<>());

    // one waits its time out, and those that come in the time after it do not
    long took = nanosUntilRun(200);

    long waits = took / ArticlesFirst.WAIT_AT_MOST.toNanos();
    assertThat(waits).isGreaterThanOrEqualTo(1).isLessThan(100);
  }

  @Test
  void articleThatFailsHoldsUpNothing() throws Exception {
    CompletableFuture<Answer> failing = new CompletableFuture<>();
    publish(call -> failing);
    failing.completeExceptionally(new IllegalStateException("no ack"));
    assertThatThrownBy(() -> publish(call -> {
          throw new IllegalArgumentException("no article");
        }))
        .isInstanceOf(IllegalArgumentException.class);
    CountDownLatch ran = new CountDownLatch(1);

    clicks.execute(ran::countDown);

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private void publish(IntakeHandler.Action action) {
    Call call =
        new Call("PUT", "/v1/articles/a1", "a1", "", HttpFields.EMPTY, null, Call.Body.NONE);
    var unused = first.article(action).answer(call);
  }

  /** How long it takes until so many clicks have run, one after the other. */
  private long nanosUntilRun(int count) throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(count);
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      clicks.execute(ran::countDown);
    }
    assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
    return System.nanoTime() - begun;
  }
}
