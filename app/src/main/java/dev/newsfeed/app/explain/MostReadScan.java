package dev.newsfeed.app.explain;

import dev.newsfeed.app.UnavailableException;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.JobClock;
import dev.newsfeed.streams.mostread.ArticleRecount;
import dev.newsfeed.streams.mostread.Edition;
import dev.newsfeed.streams.mostread.ListRules;
import dev.newsfeed.streams.mostread.MostRead;
import dev.newsfeed.streams.mostread.ReadRules;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds on the topics of a running pipeline why an article is in most-read lists or not. The job's
 * counts are on its heap, so the clicks are counted again, those of this article only:
 *
 * <pre>
 * jobs                       what the generation that serves was asked to count
 * published, clicks          partition of a1; clicks of the last eight days
 * controls                   whole
 * most-read                  whole, last: what is counted there has been read here
 * </pre>
 */
public final class MostReadScan {

  private final KafkaSettings kafka;
  private final Topics topics;
  private final ReadRules reads;
  private final ListRules lists;
  private final JobClock clock;
  private final Consumer<String> progress;

  /**
   * A scan of the topics of a pipeline.
   *
   * @param reads as the job has them, and so the lists and the clock
   * @param progress is told once a second how far it is, when it takes longer than that
   */
  public MostReadScan(
      KafkaSettings kafka,
      Topics topics,
      ReadRules reads,
      ListRules lists,
      JobClock clock,
      Consumer<String> progress) {
    this.kafka = kafka;
    this.topics = topics;
    this.reads = reads;
    this.lists = lists;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Explains an article.
   *
   * @param edition whose lists; times are told in its zone
   * @param now as the jobs see it
   * @throws UnavailableException when the brokers do not answer or a topic is missing
   */
  public MostReadExplanation explain(String articleId, Edition edition, Instant now) {
    try (LogReader log = new LogReader(kafka, progress)) {
      Counting counting = Generation.seen(last(log, topics.jobs).get(MostRead.NAME));
      PublishedArticle published = published(log, articleId);
      ArticleRecount recount =
          new ArticleRecount(articleId, reads, lists, counting.getSuspects(), now);
      count(log, articleId, counting, recount, now);
      Map<String, Control> decisions = last(log, topics.controls);
      Map<String, MostReadList> asPublished = last(log, topics.mostRead);
      return MostReadExplanation.of(
          articleId,
          new Moments(edition.calendar().zone(), now),
          counting,
          published,
          decisions,
          recount.clicks(),
          recount.placings(edition, published, decisions, asPublished));
    } catch (TimeoutException e) {
      throw LogReader.unanswered(kafka, e);
    }
  }

  private @Nullable PublishedArticle published(LogReader log, String articleId) {
    Map<String, PublishedArticle> last = new HashMap<>();
    log.read(List.of(log.home(topics.published, articleId)), record -> {
      if (articleId.equals(record.key())) {
        keep(topics.published, record, last);
      }
    });
    return last.get(articleId);
  }

  private void count(
      LogReader log, String articleId, Counting counting, ArticleRecount recount, Instant now) {
    Instant from = ArticleRecount.from(now);
    if (counting.getFrom() != null && counting.getFrom().isAfter(from)) {
      from = counting.getFrom();
    }
    log.readFrom(from, log.home(topics.clicks, articleId), record -> {
      if (articleId.equals(record.key())) {
        Click click = LogReader.decoded(topics.clicks, record.value());
        if (click != null && click.getArticleId().equals(articleId)) { // else it is on "rejected"
          recount.take(click, clock.at(Instant.ofEpochMilli(record.timestamp())));
        }
      }
    });
  }

  /** The last value of each key that can be read. */
  private static <V extends SpecificRecord> Map<String, V> last(LogReader log, Topic<V> topic) {
    Map<String, V> last = new HashMap<>();
    log.read(log.partitions(topic), record -> keep(topic, record, last));
    return last;
  }

  private static <V extends SpecificRecord> void keep(
      Topic<V> topic, ConsumerRecord<String, byte[]> record, Map<String, V> last) {
    V value = LogReader.decoded(topic, record.value());
    if (value != null) {
      last.put(record.key(), value);
    } else if (record.value() == null) {
      last.remove(record.key());
    }
  }
}
