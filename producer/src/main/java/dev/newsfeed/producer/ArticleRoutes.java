package dev.newsfeed.producer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Control;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a newsroom sends. Answers 201 when the broker has the record, 503 when it has not said so in
 * time: the record may still arrive then, and sending the same again has no effect twice.
 */
final class ArticleRoutes {

  /** The longest body that is read. */
  static final int BODY_LIMIT = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(ArticleRoutes.class);
  private static final String RETRY_AFTER_S = "5";

  private final Outbox outbox;
  private final ArticlePublisher publisher;
  private final Topic<Control> controls;
  private final RejectedLog rejected;
  private final Clock clock;
  private final Duration ackWithin;

  /**
   * The routes of one intake.
   *
   * @param ackWithin how long a sender is kept waiting for the broker
   */
  ArticleRoutes(Outbox outbox, Topics topics, Clock clock, Duration ackWithin) {
    this.outbox = outbox;
    this.publisher = new ArticlePublisher(outbox, topics);
    this.controls = topics.controls;
    this.rejected = new RejectedLog(outbox, topics.rejected, clock);
    this.clock = clock;
    this.ackWithin = ackWithin;
  }

  /** Reads a body and sends what it says. */
  private interface Sending {
    Sent send(JsonNode body, Instant now);
  }

  /** What was sent, as the answer tells it, and the broker's word to come. */
  private record Sent(String id, @Nullable Long version, CompletionStage<Ack> ack) {}

  /** {@code PUT /v1/articles/{id}} */
  CompletionStage<Answer> put(Call call) {
    return accept(call, (body, now) -> published(ArticleJson.read(body, call.articleId(), now)));
  }

  /** {@code POST /v1/articles/{id}/withdraw} */
  CompletionStage<Answer> withdraw(Call call) {
    return accept(
        call, (body, now) -> published(ArticleJson.readWithdrawal(body, call.articleId(), now)));
  }

  /** {@code POST /v1/controls/{id}} */
  CompletionStage<Answer> control(Call call) {
    return accept(call, (body, now) -> {
      Control control = control(body, call.articleId(), now);
      return new Sent(
          control.getKey(), null, outbox.send(controls, control.getKey(), control, Map.of()));
    });
  }

  private Sent published(Article article) {
    return new Sent(article.getArticleId(), article.getVersion(), publisher.publish(article));
  }

  private CompletionStage<Answer> accept(Call call, Sending sending) {
    try {
      Sent sent = sent(call, sending);
      CompletableFuture<Ack> ack = sent.ack().toCompletableFuture().copy();
      return ack.orTimeout(ackWithin.toMillis(), TimeUnit.MILLISECONDS)
          .handle(
              (stored, failure) -> failure == null ? created(sent, stored) : unavailable(failure));
    } catch (Refusal refusal) {
      rejected.keep(refusal.summary(), call.articleId(), call.body().bytes());
      return CompletableFuture.completedFuture(refusal.answer());
    }
  }

  private Sent sent(Call call, Sending sending) throws Refusal {
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
      return sending.send(
          Json.read(call.body().bytes()), clock.instant().truncatedTo(ChronoUnit.MILLIS));
    } catch (Json.Malformed e) {
      throw Refusal.malformed(e);
    } catch (InvalidArticleException e) {
      throw Refusal.invalid(HttpStatus.UNPROCESSABLE_ENTITY_422, e.problems());
    }
  }

  private static Control control(JsonNode body, String articleId, Instant now) {
    List<Problem> problems = new ArrayList<>();
    JsonFields in = ArticleJson.objectOf(body, problems);
    if (!ArticleRules.isArticleId(articleId)) {
      in.wrong("articleId", "is not an article id");
    }
    if (!in.has("excluded")) {
      in.missing("excluded", "is required: a control is the whole decision");
    }
    Control control = Control.newBuilder()
        .setKey(articleId)
        .setExcluded(in.flag("excluded", false))
        .setEvergreen(in.flag("evergreen"))
        .setBy(in.requiredText("by"))
        .setNote(in.text("note"))
        .setAt(now)
        .build();
    in.end();
    if (!problems.isEmpty()) {
      throw new InvalidArticleException(problems);
    }
    return control;
  }

  private static Answer created(Sent sent, Ack ack) {
    var body = Json.object().put("articleId", sent.id());
    if (sent.version() != null) {
      body.put("version", sent.version());
    }
    body.put("topic", ack.topic()).put("partition", ack.partition()).put("offset", ack.offset());
    return Answer.json(HttpStatus.CREATED_201, body);
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
