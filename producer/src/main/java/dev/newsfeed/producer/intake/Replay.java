package dev.newsfeed.producer.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.RefusedClick;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.Ack;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.producer.Outbox;
import dev.newsfeed.producer.clicks.AccessLog;
import dev.newsfeed.producer.clicks.ClickJson;
import dev.newsfeed.producer.formats.Json;
import dev.newsfeed.producer.http.Refusal;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends what was refused once more, to the topics. That it was is written to {@code rejected} behind
 * it:
 *
 * <pre>
 * rejected 17   invalid-field   {…}                   from articles-3@5
 * rejected 41   replayed        by mara: articles-3@9 of  rejected-0@17
 * </pre>
 */
public final class Replay implements AutoCloseable {

  /** The reason of a record that says that another one was sent again. */
  public static final String REPLAYED = "replayed";

  private static final String STAGE = "replay";

  private final Outbox outbox;
  private final Topics topics;

  /** Connects to Kafka; needs no broker to be there yet. */
  public Replay(KafkaSettings kafka, Topics topics) {
    this.outbox = Outbox.patient(kafka, "newsfeed-replay");
    this.topics = topics;
  }

  /** Sends bytes to a topic as they are. */
  public CompletionStage<Ack> send(Topic<?> topic, @Nullable String key, byte[] bytes) {
    return outbox.send(topic, key, bytes, Map.of());
  }

  /** Sends a click. */
  public CompletionStage<Ack> send(Click click) {
    return outbox.send(topics.clicks, click.getArticleId(), click, Map.of());
  }

  /**
   * Says that a refused thing was sent again.
   *
   * @param id its offset on {@code rejected}
   * @param detail by whom, and what became of it
   */
  public CompletionStage<Ack> mark(
      long id, @Nullable String key, Rejected refused, String detail, Instant at) {
    Rejected mark = Rejected.newBuilder(refused)
        .setReason(REPLAYED)
        .setField("")
        .setDetail(detail)
        .setStage(STAGE)
        .setAt(at)
        .setTopic(topics.rejected.name())
        .setPartition(0)
        .setOffset(id)
        .setBytes(ByteBuffer.allocate(0))
        .setRequest(null)
        .setClick(null)
        .setFile(null)
        .build();
    return outbox.send(topics.rejected, key, mark, Map.of());
  }

  /**
   * The clicks in a refused body, each as the collector would have taken it then: with the time and the
   * keys that were kept beside it. An event id that its page has not given is made of the id of the
   * refusal, so that a click that is sent twice is known.
   *
   * @throws InvalidEventException when they would be refused again
   */
  public static List<Click> clicks(long id, Rejected refused, AccessLog.Pages pages) {
    RefusedClick known = Objects.requireNonNull(refused.getClick());
    List<Click> clicks = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (ClickJson.Reported each : reported(refused)) {
      String url = each.url();
      AccessLog.Pages.Found found = url == null
          ? new AccessLog.Pages.One(Objects.requireNonNull(each.articleId()), "")
          : pages.at(url);
      if (found instanceof AccessLog.Pages.One one) {
        clicks.add(Click.newBuilder()
            .setArticleId(one.articleId())
            .setReceivedAtMs(known.getReceivedAtMs())
            .setEventId(
                Objects.requireNonNullElse(each.eventId(), "refused-" + id + '-' + clicks.size()))
            .setVisitor(known.getVisitor())
            .setNetwork(known.getNetwork())
            .setSuspect(known.getSuspect())
            .build());
      } else {
        problems.add(new Problem("unknown-url", "url", "no published article has this address"));
      }
    }
    InvalidEventException.throwIfAny(problems, List.of());
    return clicks;
  }

  private static List<ClickJson.Reported> reported(Rejected refused) {
    try {
      JsonNode body = Json.read(bytes(refused));
      if (body.isArray()) {
        body.forEach(Replay::dropNameless);
      } else {
        dropNameless(body);
      }
      return ClickJson.read(body);
    } catch (Json.Malformed e) {
      throw new InvalidEventException(
          List.of(new Problem("malformed-json", "body", String.valueOf(e.getMessage()))));
    } catch (Refusal e) {
      throw new InvalidEventException(List.of(e.summary()));
    }
  }

  /** A reader's own id was taken out before it was kept; its hash stands beside it. */
  private static void dropNameless(JsonNode click) {
    if (click instanceof ObjectNode object && object.path("visitor").asText("-").isEmpty()) {
      object.remove("visitor");
    }
  }

  /** What is kept of the bytes. */
  public static byte[] bytes(Rejected refused) {
    byte[] bytes = new byte[refused.getBytes().remaining()];
    refused.getBytes().duplicate().get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    outbox.close();
  }
}
