package dev.newsfeed.producer;

import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.RefusedClick;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topics;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What readers' pages send, {@code navigator.sendBeacon(url, JSON.stringify({articleId}))} for one,
 * which arrives as {@code text/plain} and without a preflight. Any origin may send.
 *
 * <p>The address is that of the connection. Only when this is the machine's own loopback, where a
 * proxy stands or a demo simulates readers, the last address of {@code X-Forwarded-For} counts: from
 * anywhere else the header is the sender's invention.
 */
final class ClickRoutes {

  /** The longest body that is read. */
  static final int BODY_LIMIT = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ClickRoutes.class);
  private static final Set<String> TYPES = Set.of("", "application/json", "text/plain");
  private static final long LOST_LOGGED_EVERY_MS = 10_000;

  private final ClickSender sender;
  private final RejectedLog rejected;
  private final ArticleAddresses addresses;
  private final VisitorKeys keys;
  private final Suspicion suspicion;
  private final Clock clock;
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong lostLoggedAtMs = new AtomicLong();

  ClickRoutes(
      Outbox outbox,
      Topics topics,
      ArticleAddresses addresses,
      VisitorKeys keys,
      Suspicion suspicion,
      Clock clock) {
    this.sender = new ClickSender(outbox, topics);
    this.rejected = new RejectedLog(outbox, topics.rejected, clock);
    this.addresses = addresses;
    this.keys = keys;
    this.suspicion = suspicion;
    this.clock = clock;
  }

  /**
   * {@code POST /v1/clicks}: 204 as soon as the clicks wait for the broker, 503 when there is no more
   * room for them.
   */
  CompletionStage<Answer> post(Call call) {
    Click.Builder click = click(call);
    Answer answer;
    try {
      answer = take(call, click, clicks(call));
    } catch (Refusal refusal) {
      rejected.keep(
          refusal.summary(),
          null,
          call,
          ClickJson.withoutVisitors(call.body().bytes()),
          known(click));
      answer = refusal.answer();
    }
    return CompletableFuture.completedFuture(anyOrigin(answer));
  }

  /** {@code OPTIONS /v1/clicks}: a browser asks whether another site's page may send JSON. */
  CompletionStage<Answer> preflight(Call call) {
    return CompletableFuture.completedFuture(anyOrigin(Answer.noContent())
        .with("Access-Control-Allow-Methods", "POST")
        .with("Access-Control-Allow-Headers", "Content-Type")
        .with("Access-Control-Max-Age", "86400"));
  }

  private static Answer anyOrigin(Answer answer) {
    return answer.with("Access-Control-Allow-Origin", "*");
  }

  private static List<ClickJson.Reported> clicks(Call call) throws Refusal {
    if (!TYPES.contains(call.mediaType()) || call.encoded()) {
      throw Refusal.wrongType("clicks are application/json or text/plain, not encoded");
    }
    if (call.body().cut()) {
      throw Refusal.tooLarge("the body is longer than " + BODY_LIMIT + " bytes");
    }
    try {
      return ClickJson.read(Json.read(call.body().bytes()));
    } catch (Json.Malformed e) {
      throw Refusal.malformed(e);
    }
  }

  /** What all clicks of a request have in common; not yet on which article. */
  private Click.Builder click(Call call) {
    Instant now = clock.instant();
    InetAddress address = address(call);
    return Click.newBuilder()
        .setArticleId("")
        .setReceivedAtMs(now.toEpochMilli())
        .setVisitor(address == null ? null : keys.visitor(now, address, call.header("User-Agent")))
        .setNetwork(address == null ? null : keys.network(now, address))
        .setSuspect(suspicion.of(call, address));
  }

  private static RefusedClick known(Click.Builder click) {
    return new RefusedClick(
        click.getReceivedAtMs(), click.getVisitor(), click.getNetwork(), click.getSuspect());
  }

  private Answer take(Call call, Click.Builder click, List<ClickJson.Reported> reported) {
    Instant now = Instant.ofEpochMilli(click.getReceivedAtMs());
    Long unnamed = click.getVisitor();
    boolean room = true;
    for (ClickJson.Reported each : reported) {
      String articleId = each.url() == null ? each.articleId() : addresses.articleId(each.url());
      click.setVisitor(
          each.visitor() == null ? unnamed : Long.valueOf(keys.named(now, each.visitor())));
      if (articleId == null) {
        rejected.keep(
            new Problem("unknown-url", "url", "no published article has this address"),
            null,
            call,
            ClickJson.withoutVisitors(Json.bytes(each.json())),
            known(click));
      } else {
        room &= send(click.setArticleId(articleId).setEventId(each.eventId()).build());
      }
    }
    return room
        ? Answer.noContent()
        : Answer.problem(
                HttpStatus.SERVICE_UNAVAILABLE_503, "no room for more clicks now", List.of())
            .with("Retry-After", "5");
  }

  /** Whether there was room for it. */
  private boolean send(Click click) {
    CompletionStage<Ack> ack = sender.send(click);
    boolean noRoom = ack.toCompletableFuture().isCompletedExceptionally();
    ack.whenComplete((stored, failure) -> {
      if (failure != null) {
        countLost(failure);
      }
    });
    return !noRoom;
  }

  /** Clicks come in masses and are lost in masses: one line for many. */
  private void countLost(Throwable failure) {
    long count = lost.incrementAndGet();
    long now = clock.millis();
    long logged = lostLoggedAtMs.get();
    if (now - logged >= LOST_LOGGED_EVERY_MS && lostLoggedAtMs.compareAndSet(logged, now)) {
      LOG.warn("clicks not taken by Kafka sinceStart={} cause={}", count, failure.toString());
    }
  }

  /** Where the reader is. */
  static @Nullable InetAddress address(Call call) {
    InetAddress peer = call.peer();
    if (peer == null || !peer.isLoopbackAddress()) {
      return peer;
    }
    List<String> forwarded = call.headers().getValuesList("X-Forwarded-For");
    if (forwarded.isEmpty()) {
      return peer;
    }
    String[] hops = forwarded.get(forwarded.size() - 1).split(",", -1);
    InetAddress stated = AddressLiteral.parse(hops[hops.length - 1].strip());
    return stated == null ? peer : stated;
  }
}
