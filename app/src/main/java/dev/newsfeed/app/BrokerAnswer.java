package dev.newsfeed.app;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;

/** What the brokers answer to a command, which somebody waits for. */
final class BrokerAnswer {

  private static final long TIMEOUT_S = 30;

  private BrokerAnswer() {}

  /**
   * Waits for it.
   *
   * @throws UnavailableException when they refuse, or do not answer within 30 s, or within the time
   *     that the client gives them
   */
  static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw new UnavailableException("Kafka did not answer in time", cause);
      }
      throw new UnavailableException("Kafka refused: " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new UnavailableException("Kafka did not answer within " + TIMEOUT_S + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while asking Kafka", e);
    }
  }
}
