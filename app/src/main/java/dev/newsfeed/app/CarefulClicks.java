package dev.newsfeed.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.chaos.Account;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Sends clicks as a careful collector does, who wants none to be lost. The intake answers before Kafka
 * has a click, so what it has taken is safe only when it has said afterwards that nothing waits; after
 * a crash all others are sent again under the same ids, and count once.
 *
 * <pre>
 * answered        c1 c2 c3 │ c4 c5      the bar: health said "waiting": 0 to a question asked here
 * sent again               │ c4 c5      after a crash
 * </pre>
 */
final class CarefulClicks {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(2);

  private final IntakeClient intake;
  private final URI health;
  private final Account account;
  private final Clock clock;
  private final CountDownLatch closing;
  private final String run;
  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(LOOK_WITHIN)
      .build();
  private final Deque<Request> unsafe = new ArrayDeque<>();
  private int life;
  private long ids;

  /**
   * Clicks that were sent together.
   *
   * @param life of the intake, in which they were
   */
  private record Request(ArrayNode clicks, Reader reader, int life) {}

  /**
   * Sends to this intake.
   *
   * @param run makes event ids differ from those of other runs
   * @param closing ends all waiting
   */
  CarefulClicks(
      IntakeClient intake,
      URI url,
      Account account,
      Clock clock,
      String run,
      CountDownLatch closing) {
    this.intake = intake;
    this.health = url.resolve("/health/ready");
    this.account = account;
    this.clock = clock;
    this.run = run;
    this.closing = closing;
  }

  /** Sends clicks; returns when they were taken. */
  void send(ArrayNode clicks, Reader reader) {
    for (JsonNode click : clicks) {
      ((ObjectNode) click).put("eventId", nextId());
    }
    deliver(clicks, reader);
    for (JsonNode click : clicks) {
      account.sent(click.path("eventId").asText(), clock.instant());
    }
  }

  private synchronized String nextId() {
    return "demo-" + run + '-' + ids++;
  }

  private void deliver(ArrayNode clicks, Reader reader) {
    int sentIn = life();
    IntakeClient.Answer answer =
        PatientDesk.untilAnswered(() -> intake.clicks(clicks, reader), closing);
    if (!answer.accepted()) {
      throw new IllegalStateException("clicks were refused: " + answer.problem());
    }
    synchronized (this) {
      unsafe.addLast(new Request(clicks, reader, sentIn));
    }
  }

  private synchronized int life() {
    return life;
  }

  /** The intake is gone, or will be in a moment: what is not known to be stored may be lost. */
  synchronized void intakeIsGone() {
    life++;
  }

  /** Asks the intake whether anything waits, and sends again what an earlier one may have lost. */
  void look() {
    int before;
    int now;
    synchronized (this) {
      before = unsafe.size();
      now = life;
    }
    if (!nothingWaits()) {
      return;
    }
    List<Request> again = new ArrayList<>();
    synchronized (this) {
      if (now != life) {
        return;
      }
      for (int n = 0; n < before; n++) {
        Request request = unsafe.removeFirst();
        if (request.life() < now) {
          again.add(request);
        }
      }
    }
    for (Request request : again) {
      deliver(request.clicks(), request.reader());
      account.sentAgain(request.clicks().size());
    }
  }

  private boolean nothingWaits() {
    HttpRequest question = HttpRequest.newBuilder(health).timeout(LOOK_WITHIN).build();
    try {
      JsonNode told =
          JSON.readTree(http.send(question, BodyHandlers.ofByteArray()).body());
      return told.at("/clicks/waiting").asInt(-1) == 0;
    } catch (IOException e) {
      return false; // it is not there: nothing is safe yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
