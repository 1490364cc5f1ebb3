package dev.newsfeed.app.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.newsfeed.app.UnavailableException;
import dev.newsfeed.app.explain.Findings.Arrival;
import dev.newsfeed.app.explain.Findings.Place;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.intake.Replay;
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topics;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds on the topics of a running pipeline what they say about an article, and changes nothing. Of
 * the topics that are keyed by article id only the article's partition is read, and each up to where
 * it ended at the start:
 *
 * <pre>
 * articles   partition of a1   a1 v1 · · a1 v2 · │ what comes now is for the next time
 * published  partition of a1   · · a1 · · a1 · · │
 * curated, rejected            whole             │
 * feeds                        whole, afterwards: by then it is known which feeds matter
 * </pre>
 */
public final class ArticleScan {

  private final KafkaSettings kafka;
  private final Topics topics;
  private final String publicationGroup;
  private final Consumer<String> progress;

  /**
   * A scan of the topics of a pipeline.
   *
   * @param publicationGroup the consumer group of its publication job
   * @param progress is told once a second how far it is, when it takes longer than that
   */
  public ArticleScan(
      KafkaSettings kafka, Topics topics, String publicationGroup, Consumer<String> progress) {
    this.kafka = kafka;
    this.topics = topics;
    this.publicationGroup = publicationGroup;
    this.progress = progress;
  }

  /**
   * Explains an article.
   *
   * @param now against which embargoes are held
   * @param zone in which times are told
   * @throws UnavailableException when the brokers do not answer or a topic is missing
   */
  public Explanation explain(String articleId, Instant now, ZoneId zone) {
    try (LogReader log = new LogReader(kafka, progress)) {
      return Explanation.of(new Scan(log, articleId).findings(now), topics, new Moments(zone, now));
    } catch (TimeoutException e) {
      throw LogReader.unanswered(kafka, e);
    }
  }

  /** One reading of the topics, and what was found so far. */
  private final class Scan {
    private final LogReader log;
    private final String articleId;
    private final byte[] idBytes;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, CuratedFeed> lists = new LinkedHashMap<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final Map<String, byte[]> heads = new HashMap<>();
    private @Nullable PublishedArticle published;

    Scan(LogReader log, String articleId) {
      this.log = log;
      this.articleId = articleId;
      this.idBytes = articleId.getBytes(UTF_8);
    }

    Findings findings(Instant now) {
      TopicPartition home = log.home(topics.articles, articleId);
      Long readUpTo = readUpTo(home);
      List<TopicPartition> first =
          new ArrayList<>(List.of(home, log.home(topics.published, articleId)));
      first.addAll(log.partitions(topics.curated));
      first.addAll(log.partitions(topics.rejected));
      log.read(first, this::take);
      Set<String> feeds = feedsInQuestion();
      log.read(log.partitions(topics.feeds), head -> takeHead(head, feeds));
      Map<String, Feed> decoded = new HashMap<>();
      heads.forEach((feedId, bytes) -> {
        Feed head = LogReader.decoded(topics.feeds, bytes);
        if (head != null) {
          decoded.put(feedId, head);
        }
      });
      return new Findings(
          articleId,
          now,
          arrivals,
          readUpTo,
          published,
          List.copyOf(lists.values()),
          decoded,
          refusals);
    }

    private void take(ConsumerRecord<String, byte[]> consumed) {
      if (consumed.topic().equals(topics.curated.name())) {
        takeList(consumed);
      } else if (!articleId.equals(consumed.key())) {
        return;
      } else if (consumed.topic().equals(topics.articles.name())) {
        arrivals.add(new Arrival(
            new Place(consumed.topic(), consumed.partition(), consumed.offset()),
            Instant.ofEpochMilli(consumed.timestamp()),
            LogReader.decoded(topics.articles, consumed.value())));
      } else if (consumed.topic().equals(topics.published.name())) {
        published = LogReader.decoded(topics.published, consumed.value());
      } else {
        Rejected rejected = LogReader.decoded(topics.rejected, consumed.value());
        if (rejected != null && !rejected.getReason().equals(Replay.REPLAYED)) {
          refusals.add(Refusal.of(rejected));
        }
      }
    }

    private void takeList(ConsumerRecord<String, byte[]> consumed) {
      CuratedFeed list = LogReader.decoded(topics.curated, consumed.value());
      lists.remove(consumed.key());
      if (list != null
          && list.getEntries().stream()
              .map(CuratedEntry::getArticleId)
              .anyMatch(articleId::equals)) {
        lists.put(consumed.key(), list);
      }
    }

    /** Keeps the last head of a feed in question, and of any other that has the article in it. */
    private void takeHead(ConsumerRecord<String, byte[]> consumed, Set<String> feeds) {
      byte[] head = consumed.value();
      if (head != null && (feeds.contains(consumed.key()) || contains(head, idBytes))) {
        heads.put(consumed.key(), head);
      } else {
        heads.remove(consumed.key());
      }
    }

    private Set<String> feedsInQuestion() {
      Set<String> feeds = new HashSet<>(lists.keySet());
      for (Arrival arrival : arrivals) {
        if (arrival.article() != null) {
          feeds.addAll(FeedIds.of(arrival.article()));
        }
      }
      if (published != null && published.getArticle() != null) {
        feeds.addAll(FeedIds.of(published.getArticle()));
      }
      return feeds;
    }
  }

  /** What the publication job reads next in a partition; null where nobody may know. */
  private @Nullable Long readUpTo(TopicPartition partition) {
    try (Admin admin = Admin.create(kafka.with(Map.of("client.id", "newsfeed-explain-group")))) {
      OffsetAndMetadata next = admin
          .listConsumerGroupOffsets(publicationGroup)
          .partitionsToOffsetAndMetadata()
          .get(LogReader.ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
          .get(partition);
      return next == null ? 0 : next.offset();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return null;
      }
      throw new UnavailableException(
          "Kafka does not tell how far the publication job is: " + e.getCause(), e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw LogReader.unanswered(kafka, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted", e);
    }
  }

  /** Whether bytes hold others anywhere: quicker than decoding, and Avro writes texts as they are. */
  private static boolean contains(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (bytes[i] == part[0] && Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }
}
