package dev.newsfeed.producer;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.Producer;

/**
 * Publishes articles from a Java program, such as a CMS. The whole of one:
 *
 * <pre>{@code
 * import dev.newsfeed.avro.Article;
 * import dev.newsfeed.avro.Label;
 * import dev.newsfeed.producer.Ack;
 * import dev.newsfeed.producer.ArticlePublisher;
 * import dev.newsfeed.producer.InvalidEventException;
 *
 * public class FirstStory {
 *   public static void main(String[] args) {
 *     try (var publisher = new ArticlePublisher(args[0])) { // localhost:9092
 *       Article article = Article.newBuilder()
 *           .setArticleId("flood-2026-11")
 *           .setVersion(1)
 *           .setHeadline("River passes its highest mark")
 *           .setSection(new Label("world", "World"))
 *           .build();
 *       Ack ack = publisher.publish(article).toCompletableFuture().join();
 *       System.out.println("published " + ack.topic() + " " + ack.partition() + " " + ack.offset());
 *
 *       publisher.withdraw("flood-2026-11", 2, "The figure was wrong");
 *       publisher.flush(); // the broker has both
 *     } catch (InvalidEventException e) {
 *       e.problems().forEach(p -> System.err.println(p.field() + ": " + p.detail()));
 *     }
 *   }
 * }
 * }</pre>
 *
 * Needs, beside the jars of newsfeed-producer and newsfeed-schemas, kafka-clients and avro with what these
 * two bring along, and neither the intake's server nor its sanitiser.
 *
 * <p>An article always carries its whole state; a correction is the same id with a higher version.
 * Sending the same version again with the same content has no effect, so a failed call may simply be
 * repeated; what the client itself repeats, the broker stores once. Unlike the HTTP intake, the publisher
 * takes {@code bodyHtml} as it is: pass it through {@link BodyHtml#sanitised} before.
 *
 * <p>Safe for use by several threads. {@link #close} sends what is still on its way.
 */
public final class ArticlePublisher implements AutoCloseable {

  /** Room for the key, the headers and the batch around a value, within the topic's limit. */
  private static final int ENVELOPE_BYTES = 4 * 1024;

  private final Outbox outbox;
  private final Topic<Article> articles;
  private final int maxBytes;

  /**
   * Connects to a Kafka without security and with topics named as they are by default; needs no broker
   * to be there yet.
   *
   * @param bootstrapServers {@code host:port,…}
   */
  public ArticlePublisher(String bootstrapServers) {
    this(
        KafkaSettings.of(bootstrapServers),
        new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()));
  }

  /** Connects to any Kafka; needs no broker to be there yet. */
  public ArticlePublisher(KafkaSettings kafka, Topics topics) {
    this(Outbox.patient(kafka, "newsfeed-publisher"), topics);
  }

  ArticlePublisher(Producer<String, byte[]> producer, Topics topics) {
    this(new Outbox(producer), topics);
  }

  /** Shares an outbox with other publishers; closing one closes it for all. */
  public ArticlePublisher(Outbox outbox, Topics topics) {
    this.outbox = outbox;
    this.articles = topics.articles;
    this.maxBytes =
        Integer.parseInt(articles.configs().getOrDefault("max.message.bytes", "1048576"))
            - ENVELOPE_BYTES;
  }

  /**
   * Sends an article. Waits up to 10 s for the cluster when it has not answered yet or the buffer is
   * full; the stage completes with the broker's ack, or exceptionally when there was none for 120 s.
   *
   * @throws InvalidEventException when it breaks a rule; nothing was sent
   */
  public CompletionStage<Ack> publish(Article article) {
    return publish(article, "");
  }

  /** The same for somebody else, whose name goes with the record; empty: nobody's. */
  public CompletionStage<Ack> publish(Article article, String sender) {
    InvalidEventException.throwIfAny(List.of(), ArticleRules.problems(article));
    byte[] value = articles.valueSerde().write(articles.name(), article);
    if (value.length > maxBytes) {
      throw new InvalidEventException(List.of(new Problem(
          "too-large",
          "bodyHtml",
          "the article takes " + value.length + " bytes as a record, at most " + maxBytes,
          String.valueOf(maxBytes),
          String.valueOf(value.length))));
    }
    Map<String, String> headers = headers(article);
    headers.putAll(Outbox.sentBy(sender));
    return outbox.send(articles, article.getArticleId(), value, headers);
  }

  /**
   * Takes an article out of every feed, list and site for good.
   *
   * @param version higher than any version to be withdrawn
   * @param reason shown to readers; never quotes the article
   * @throws InvalidEventException when the id, version or reason cannot be
   */
  public CompletionStage<Ack> withdraw(String articleId, long version, String reason) {
    return publish(withdrawal(articleId, version, new Withdrawal(reason, null, null)));
  }

  /** The event that withdraws an article: nothing of its text is in it. */
  public static Article withdrawal(String articleId, long version, Withdrawal withdrawal) {
    return Article.newBuilder()
        .setArticleId(articleId)
        .setVersion(version)
        .setStatus(Status.canceled)
        .setWithdrawal(withdrawal)
        .build();
  }

  /** What filters and deletes need to know without decoding the value. */
  private static Map<String, String> headers(Article article) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("articleId", article.getArticleId());
    headers.put("version", String.valueOf(article.getVersion()));
    headers.put("status", article.getStatus().name());
    headers.put(
        "section", article.getSection() == null ? "" : article.getSection().getSlug());
    headers.put("kind", article.getKind());
    return headers;
  }

  /**
   * Sends what is still buffered, and returns when the broker has all that was given so far, or has
   * failed to take it, which the stages say. Waits up to 120 s.
   */
  public void flush() {
    outbox.flush();
  }

  @Override
  public void close() {
    outbox.close();
  }
}
