package dev.newsfeed.producer.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.producer.ControlPublisher;
import dev.newsfeed.producer.CuratedPublisher;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.producer.Sections;
import dev.newsfeed.producer.formats.ArticleJson;
import dev.newsfeed.producer.formats.ControlJson;
import dev.newsfeed.producer.formats.CuratedJson;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.formats.NinjsJson;
import dev.newsfeed.producer.http.AccessKey;
import dev.newsfeed.producer.http.Answer;
import dev.newsfeed.producer.http.Call;
import dev.newsfeed.producer.http.Gzip;
import dev.newsfeed.producer.http.Refusal;
import dev.newsfeed.producer.http.RejectedLog;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.Ninjs;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Refusals;
import dev.newsfeed.schemas.Topics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
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

  private final ArticlePublisher articles;
  private final CuratedPublisher lists;
  private final ControlPublisher controls;
  private final RejectedLog rejected;
  private final CurrentVersions versions;
  private final Sections sections;
  private final Clock clock;
  private final Duration ackWithin;

  /**
   * The routes of one intake.
   *
   * @param ackWithin how long a sender is kept waiting for the broker
   */
  NewsroomRoutes(
      Outbox outbox,
      Topics topics,
      CurrentVersions versions,
      Sections sections,
      Clock clock,
      Duration ackWithin) {
    this.articles = new ArticlePublisher(outbox, topics);
    this.lists = new CuratedPublisher(outbox, topics);
    this.controls = new ControlPublisher(outbox, topics);
    this.rejected = new RejectedLog(outbox, topics.rejected, clock);
    this.versions = versions;
    this.sections = sections;
    this.clock = clock;
    this.ackWithin = ackWithin;
  }

  /** Reads what a call carries and sends what it says. */
  private interface Sending {
    Sent send(Call call, Instant now) throws Refusal;
  }

  /** Makes an article of a body. */
  private interface Reading {
    Article read(JsonNode body, String articleId, Instant now);
  }

  /** What was sent, as the answer begins, and the broker's word to come. */
  record Sent(int status, ObjectNode what, CompletionStage<Ack> ack) {}

  /** {@code PUT /v1/articles/{id}}: own JSON, or ninjs where it says so or can be nothing else */
  CompletionStage<Answer> put(Call call) {
    boolean saysNinjs = call.mediaType().equals(Ninjs.MEDIA_TYPE);
    return article(
        "put",
        call,
        (json, id, now) -> saysNinjs || NinjsJson.recognises(json)
            ? NinjsJson.read(json, id, now)
            : ArticleJson.read(json, id, now));
  }

  /** {@code POST /v1/articles/{id}/correct} */
  CompletionStage<Answer> correct(Call call) {
    return article("correct", call, ArticleJson::readCorrection);
  }

  /** {@code POST /v1/articles/{id}/restore} */
  CompletionStage<Answer> restore(Call call) {
    return article("restore", call, ArticleJson::readRestoration);
  }

  /** {@code POST /v1/articles/{id}/withdraw} */
  CompletionStage<Answer> withdraw(Call call) {
    return article("withdraw", call, ArticleJson::readWithdrawal);
  }

  /** {@code PUT /v1/controls/{key}}, and {@code POST}, which means the same */
  CompletionStage<Answer> control(Call call) {
    return accept(call, call.id(), (c, now) -> {
      if (ArticleRules.isArticleId(c.id())) {
        requireCovered(c.key(), c.id());
      }
      return new Sent(
          HttpStatus.CREATED_201,
          Json.object().put("key", c.id()),
          controls.publish(ControlJson.read(body(c), c.id(), now), c.sender()));
    });
  }

  /** {@code PUT /v1/curated/{name}} */
  CompletionStage<Answer> putList(Call call) {
    String feedId = FeedIds.CURATED + call.id();
    return accept(call, feedId, (c, now) -> {
      CuratedFeed list = CuratedJson.read(body(c), feedId, now);
      return new Sent(
          HttpStatus.CREATED_201,
          Json.object().put("feedId", feedId),
          lists.publish(list, c.sender()));
    });
  }

  /** {@code DELETE /v1/curated/{name}} */
  CompletionStage<Answer> deleteList(Call call) {
    String feedId = FeedIds.CURATED + call.id();
    return accept(
        call,
        feedId,
        (c, now) -> new Sent(
            HttpStatus.OK_200,
            Json.object().put("feedId", feedId),
            lists.remove(feedId, c.sender())));
  }

  private CompletionStage<Answer> article(String what, Call call, Reading reading) {
    return accept(call, call.id(), (c, now) -> {
      Condition condition = Condition.of(c);
      requireCovered(c.key(), c.id());
      Article article = reading.read(body(c), c.id(), now);
      CompletionStage<Ack> ack = versions.send(
          article.getArticleId(),
          article.getVersion(),
          what + " " + Refusals.sha256(c.body().bytes()),
          condition,
          () -> articles.publish(article, c.sender()));
      return new Sent(HttpStatus.CREATED_201, told(article), ack);
    });
  }

  /**
   * Sends one line of many: an article that says its id.
   *
   * @throws Refusal when it is not taken; {@link #keep} keeps it
   */
  Sent line(Call.Body line, @Nullable AccessKey key) throws Refusal {
    return sent(() -> {
      if (line.cut()) {
        throw Refusal.tooLarge("the line is longer than " + BODY_LIMIT + " bytes");
      }
      JsonNode json = read(line.bytes());
      String id = json.path("articleId").asText();
      if (id.isEmpty()) {
        throw new InvalidEventException(
            List.of(new Problem("missing-field", "articleId", "is required in each line")));
      }
      requireCovered(key, id);
      Article article = ArticleJson.read(json, id, now());
      return new Sent(
          HttpStatus.CREATED_201,
          told(article),
          articles.publish(article, key == null ? "" : key.name()));
    });
  }

  /**
   * A line that was refused and is being kept.
   *
   * @param articleId null: the line has none
   * @param kept completes with whether it is kept
   */
  record Kept(@Nullable String articleId, CompletionStage<Boolean> kept) {}

  /** Keeps a line that was refused. */
  Kept keep(Refusal refusal, Call.Body line, @Nullable AccessKey key) {
    String id = null;
    try {
      String stated = Json.read(line.bytes()).path("articleId").asText();
      id = ArticleRules.isArticleId(stated) ? stated : null;
    } catch (Json.Malformed e) {
      LOG.debug("a line without an id was refused", e);
    }
    return new Kept(
        id, rejected.keep(refusal.summary(), id, alone(id, line, key), line.bytes(), null));
  }

  /** The request that would send a line by itself, which is how it can be sent again. */
  private static Call alone(@Nullable String id, Call.Body line, @Nullable AccessKey key) {
    return id == null
        ? new Call(
            "POST", ImportHandler.PATH, "", "", headers(ImportHandler.MEDIA_TYPE), null, line, key)
        : new Call(
            "PUT",
            ImportHandler.PATH + "/" + id,
            id,
            "",
            headers("application/json"),
            null,
            line,
            key);
  }

  private static HttpFields headers(String contentType) {
    return HttpFields.build().put(HttpHeader.CONTENT_TYPE, contentType).asImmutable();
  }

  private ObjectNode told(Article article) {
    ObjectNode told =
        Json.object().put("articleId", article.getArticleId()).put("version", article.getVersion());
    List<Problem> warnings = sections.unknown(article);
    if (!warnings.isEmpty()) {
      Answer.noteAll(told.putArray("warnings"), warnings);
    }
    return told;
  }

  private static void requireCovered(@Nullable AccessKey key, String articleId) throws Refusal {
    if (key != null && !key.covers(articleId)) {
      throw Refusal.forbidden(
          "the key " + key.name() + " is for articles whose ids begin with " + key.ids());
    }
  }

  /**
   * Sends what a call carries and waits for the ack. Who is told that it is refused will not send it
   * again, so that waits until it is kept, as long as Kafka can be waited for.
   *
   * @param key under which it is kept when it is refused
   */
  private CompletionStage<Answer> accept(Call packed, String key, Sending sending) {
    long begunNs = System.nanoTime();
    Call call = packed;
    try {
      call = unpacked(packed);
      Call plain = call;
      Sent sent = sent(() -> sending.send(plain, now()));
      return sent.ack()
          .toCompletableFuture()
          .copy()
          .orTimeout(leftMs(begunNs), TimeUnit.MILLISECONDS)
          .handle(
              (stored, failure) -> failure == null ? taken(sent, stored) : unavailable(failure));
    } catch (Refusal refusal) {
      if (refusal.isForNow()) {
        return CompletableFuture.completedFuture(refusal.answer());
      }
      return rejected
          .keep(refusal.summary(), key, call, call.body().bytes(), null)
          .toCompletableFuture()
          .completeOnTimeout(false, leftMs(begunNs), TimeUnit.MILLISECONDS)
          .thenApply(kept -> refusal.answer());
    }
  }

  /** Kafka's client may have taken some of the time already, waiting for room or for a broker. */
  private long leftMs(long begunNs) {
    return Math.max(1, ackWithin.toMillis() - (System.nanoTime() - begunNs) / 1_000_000);
  }

  private interface Attempt {
    Sent send() throws Refusal;
  }

  private static Sent sent(Attempt attempt) throws Refusal {
    try {
      return attempt.send();
    } catch (InvalidEventException e) {
      throw Refusal.invalid(HttpStatus.UNPROCESSABLE_ENTITY_422, e.problems());
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** What is kept of a packed body is what was packed, unless it could not be unpacked. */
  private static Call unpacked(Call call) throws Refusal {
    String encoding = Call.encoding(call.headers());
    if (encoding.isEmpty()) {
      return call;
    }
    if (!encoding.equals("gzip")) {
      throw Refusal.wrongType("the content encoding must be gzip or none");
    }
    if (call.body().cut()) {
      throw tooLong();
    }
    try {
      return call.with(Gzip.unpacked(call.body().bytes(), BODY_LIMIT));
    } catch (IOException e) {
      throw Refusal.notGzip();
    }
  }

  private static JsonNode body(Call call) throws Refusal {
    String type = call.mediaType();
    if (!type.equals("application/json") && !type.endsWith("+json")) {
      // also keeps web pages out: a browser asks before it sends this type to another origin
      throw Refusal.wrongType("the content type must be application/json");
    }
    if (call.body().cut()) {
      throw tooLong();
    }
    return read(call.body().bytes());
  }

  private static Refusal tooLong() {
    return Refusal.tooLarge("the body is longer than " + BODY_LIMIT + " bytes; what is kept of it,"
        + " its hash and size are of the first part");
  }

  private static JsonNode read(byte[] bytes) throws Refusal {
    try {
      return Json.read(bytes);
    } catch (Json.Malformed e) {
      throw Refusal.malformed(e);
    }
  }

  private static Answer taken(Sent sent, Ack ack) {
    return Answer.json(sent.status(), stored(sent, ack));
  }

  /** What was sent, and where it stands. */
  static ObjectNode stored(Sent sent, Ack ack) {
    return sent.what()
        .put("topic", ack.topic())
        .put("partition", ack.partition())
        .put("offset", ack.offset());
  }

  /** What a sender is told when there was no ack. */
  static Answer unavailable(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    LOG.warn("no ack from Kafka cause={}", cause.toString());
    return Answer.problem(
            HttpStatus.SERVICE_UNAVAILABLE_503,
            "Kafka has not confirmed in time; send the same again",
            List.of())
        .with("Retry-After", Refusal.RETRY_AFTER_S);
  }
}
