package dev.newsfeed.producer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a newsroom sends. Answers 201 when the broker has the record, 503 when it has not said so in
 * time: the record may still arrive then, and sending the same again has no effect twice.
 */
final class NewsroomRoutes {

  /** The longest body that is read. */
  static final int BODY_LIMIT = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(NewsroomRoutes.class);
  private static final String RETRY_AFTER_S = "5";

  private final ArticlePublisher articles;
  private final CuratedPublisher lists;
  private final ControlPublisher controls;
  private final RejectedLog rejected;
  private final Clock clock;
  private final Duration ackWithin;

  /**
   * The routes of one intake.
   *
   * @param ackWithin how long a sender is kept waiting for the broker
   */
  NewsroomRoutes(Outbox outbox, Topics topics, Clock clock, Duration ackWithin) {
    this.articles = new ArticlePublisher(outbox, topics);
    this.lists = new CuratedPublisher(outbox, topics);
    this.controls = new ControlPublisher(outbox, topics);
    this.rejected = new RejectedLog(outbox, topics.rejected, clock);
    this.clock = clock;
    this.ackWithin = ackWithin;
  }

  /** Reads what a call carries and sends what it says. */
  private interface Sending {
    Sent send(Call call, Instant now) throws Refusal;
  }

  /** What was sent, as the answer begins, and the broker's word to come. */
  private record Sent(int status, ObjectNode what, CompletionStage<Ack> ack) {}

  /** {@code PUT /v1/articles/{id}} */
  CompletionStage<Answer> put(Call call) {
    return accept(call, call.id(), (c, now) -> published(article(c, now)));
  }

  /** Own JSON, or ninjs where the sender says so or it can be nothing else. */
  private static Article article(Call call, Instant now) throws Refusal {
    JsonNode json = body(call);
    boolean ninjs = call.mediaType().equals(Ninjs.MEDIA_TYPE) || NinjsJson.recognises(json);
    return ninjs ? NinjsJson.read(json, call.id(), now) : ArticleJson.read(json, call.id(), now);
  }

  /** {@code POST /v1/articles/{id}/withdraw} */
  CompletionStage<Answer> withdraw(Call call) {
    return accept(
        call, call.id(), (c, now) -> published(ArticleJson.readWithdrawal(body(c), c.id(), now)));
  }

  /** {@code PUT /v1/controls/{key}}, and {@code POST}, which means the same */
  CompletionStage<Answer> control(Call call) {
    return accept(
        call,
        call.id(),
        (c, now) -> new Sent(
            HttpStatus.CREATED_201,
            Json.object().put("key", c.id()),
            controls.publish(ControlJson.read(body(c), c.id(), now))));
  }

  /** {@code PUT /v1/curated/{name}} */
  CompletionStage<Answer> putList(Call call) {
    String feedId = FeedIds.CURATED + call.id();
    return accept(call, feedId, (c, now) -> {
      CuratedFeed list = CuratedJson.read(body(c), feedId, now);
      return new Sent(
          HttpStatus.CREATED_201, Json.object().put("feedId", feedId), lists.publish(list));
    });
  }

  /** {@code DELETE /v1/curated/{name}} */
  CompletionStage<Answer> deleteList(Call call) {
    String feedId = FeedIds.CURATED + call.id();
    return accept(
        call,
        feedId,
        (c, now) ->
            new Sent(HttpStatus.OK_200, Json.object().put("feedId", feedId), lists.remove(feedId)));
  }

  private Sent published(Article article) {
    return new Sent(
        HttpStatus.CREATED_201,
        Json.object().put("articleId", article.getArticleId()).put("version", article.getVersion()),
        articles.publish(article));
  }

  /**
   * Sends what a call carries and waits for the ack.
   *
   * @param key under which it is kept when it is refused
   */
  private CompletionStage<Answer> accept(Call call, String key, Sending sending) {
    try {
      Sent sent = sent(call, sending);
      CompletableFuture<Ack> ack = sent.ack().toCompletableFuture().copy();
      return ack.orTimeout(ackWithin.toMillis(), TimeUnit.MILLISECONDS)
          .handle(
              (stored, failure) -> failure == null ? taken(sent, stored) : unavailable(failure));
    } catch (Refusal refusal) {
      rejected.keep(refusal.summary(), key, call, call.body().bytes(), null);
      return CompletableFuture.completedFuture(refusal.answer());
    }
  }

  private Sent sent(Call call, Sending sending) throws Refusal {
    try {
      return sending.send(call, clock.instant().truncatedTo(ChronoUnit.MILLIS));
    } catch (InvalidEventException e) {
      throw Refusal.invalid(HttpStatus.UNPROCESSABLE_ENTITY_422, e.problems());
    }
  }

  private static JsonNode body(Call call) throws Refusal {
    String type = call.mediaType();
    if (!type.equals("application/json") && !type.endsWith("+json")) {
      // also keeps web pages out: a browser asks before it sends this type to another origin
      throw Refusal.wrongType("the content type must be application/json");
    }
    if (call.encoded()) {
      throw Refusal.wrongType("the body must not be encoded: send it without Content-Encoding");
    }
    if (call.body().cut()) {
      throw Refusal.tooLarge("the body is longer than " + BODY_LIMIT + " bytes; what is kept of it,"
          + " its hash and size are of the first part");
    }
    try {
      return Json.read(call.body().bytes());
    } catch (Json.Malformed e) {
      throw Refusal.malformed(e);
    }
  }

  private static Answer taken(Sent sent, Ack ack) {
    return Answer.json(
        sent.status(),
        sent.what()
            .put("topic", ack.topic())
            .put("partition", ack.partition())
            .put("offset", ack.offset()));
  }

  private static Answer unavailable(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    LOG.warn("no ack from Kafka cause={}", cause.toString());
    return Answer.problem(
            HttpStatus.SERVICE_UNAVAILABLE_503,
            "Kafka has not confirmed in time; send the same again",
            List.of())
        .with("Retry-After", RETRY_AFTER_S);
  }
}
