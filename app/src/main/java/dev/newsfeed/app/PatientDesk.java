package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.chaos.Account;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Hands in the same thing until it is answered for good, as a CMS should: the same version twice has no
 * effect. What was confirmed is put down in the books.
 */
final class PatientDesk implements Desk {

  private static final long AGAIN_AFTER_MS = 300;

  private final Desk desk;
  private final Account account;
  private final Clock clock;
  private final CountDownLatch closing;

  /** Gives up when {@code closing} is over. */
  PatientDesk(Desk desk, Account account, Clock clock, CountDownLatch closing) {
    this.desk = desk;
    this.account = account;
    this.clock = clock;
    this.closing = closing;
  }

  @Override
  public IntakeClient.Answer publish(ObjectNode article) {
    IntakeClient.Answer answer = untilAnswered(() -> desk.publish(article), closing);
    if (answer.accepted()) {
      account.accepted(
          article.path("articleId").asText(), article.path("version").asLong(), clock.instant());
    }
    return answer;
  }

  @Override
  public IntakeClient.Answer curate(String name, ObjectNode list) {
    return untilAnswered(() -> desk.curate(name, list), closing);
  }

  /**
   * Asks until there is an answer that does not mean "later".
   *
   * @throws UnavailableException when {@code closing} is over before
   */
  static IntakeClient.Answer untilAnswered(
      Supplier<IntakeClient.Answer> question, CountDownLatch closing) {
    UnavailableException last = null;
    try {
      do {
        try {
          IntakeClient.Answer answer = question.get();
          if (answer.status() != 503 && answer.status() != 429) {
            return answer;
          }
        } catch (UnavailableException e) {
          last = e;
        }
      } while (!closing.await(AGAIN_AFTER_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new UnavailableException("stopped before the intake has answered", last);
  }
}
