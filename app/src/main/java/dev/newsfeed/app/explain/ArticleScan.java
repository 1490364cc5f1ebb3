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
import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
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
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Utils;
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

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
  private static final Duration TELL_EVERY = Duration.ofSeconds(1);

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
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
        kafka.with(Map.of(
            ConsumerConfig.CLIENT_ID_CONFIG,
            "newsfeed-explain",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) ANSWER_WITHIN.toMillis(),
            // everything asked for is there already: there is nothing to wait for
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            10,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest")),
        new StringDeserializer(),
        new ByteArrayDeserializer())) {
      return Explanation.of(
          new Scan(consumer, articleId).findings(now), topics, new Moments(zone, now));
    } catch (TimeoutException e) {
      throw unanswered(e);
    }
  }

  private UnavailableException unanswered(Exception e) {
    return new UnavailableException("Kafka at " + kafka.bootstrapServers() + " does not answer", e);
  }

  /** One reading of the topics, and what was found so far. */
  private final class Scan {
    private final KafkaConsumer<String, byte[]> consumer;
    private final String articleId;
    private final byte[] idBytes;
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, CuratedFeed> lists = new LinkedHashMap<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final Map<String, byte[]> heads = new HashMap<>();
    private final Progress told = new Progress();
    private @Nullable PublishedArticle published;

    Scan(KafkaConsumer<String, byte[]> consumer, String articleId) {
      this.consumer = consumer;
      this.articleId = articleId;
      this.idBytes = articleId.getBytes(UTF_8);
    }

    Findings findings(Instant now) {
      TopicPartition home = home(topics.articles);
      Long readUpTo = readUpTo(home);
      List<TopicPartition> first = new ArrayList<>(List.of(home, home(topics.published)));
      first.addAll(partitions(topics.curated));
      first.addAll(partitions(topics.rejected));
      read(first, this::take);
      Set<String> feeds = feedsInQuestion();
      read(partitions(topics.feeds), head -> takeHead(head, feeds));
      Map<String, Feed> decoded = new HashMap<>();
      heads.forEach((feedId, bytes) -> {
        Feed head = decoded(topics.feeds, bytes);
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
            decoded(topics.articles, consumed.value())));
      } else if (consumed.topic().equals(topics.published.name())) {
        published = decoded(topics.published, consumed.value());
      } else {
        Rejected rejected = decoded(topics.rejected, consumed.value());
        if (rejected != null) {
          refusals.add(Refusal.of(rejected));
        }
      }
    }

    private void takeList(ConsumerRecord<String, byte[]> consumed) {
      CuratedFeed list = decoded(topics.curated, consumed.value());
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

    /** Where the default partitioner, which the intake and the jobs use, puts the article. */
    private TopicPartition home(Topic<?> topic) {
      int partitions = partitions(topic).size();
      return new TopicPartition(
          topic.name(), Utils.toPositive(Utils.murmur2(idBytes)) % partitions);
    }

    private List<TopicPartition> partitions(Topic<?> topic) {
      List<PartitionInfo> partitions = consumer.partitionsFor(topic.name());
      if (partitions == null || partitions.isEmpty()) {
        throw new UnavailableException("there is no topic " + topic.name(), null);
      }
      return partitions.stream()
          .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
          .toList();
    }

    /** Reads partitions from their beginning to where they end now. */
    private void read(
        List<TopicPartition> partitions, Consumer<ConsumerRecord<String, byte[]>> each) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> unread = new HashMap<>(ends);
      long heardNs = System.nanoTime();
      while (true) {
        unread.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        if (unread.isEmpty()) {
          return;
        }
        consumer.pause(partitions.stream()
            .filter(partition -> !unread.containsKey(partition))
            .toList());
        int count = 0;
        for (ConsumerRecord<String, byte[]> consumed : consumer.poll(POLL)) {
          Long end = unread.get(new TopicPartition(consumed.topic(), consumed.partition()));
          if (end != null && consumed.offset() < end) {
            each.accept(consumed);
            count++;
          }
        }
        told.tell(begins, ends, consumer);
        if (count > 0) {
          heardNs = System.nanoTime();
        } else if (System.nanoTime() - heardNs > ANSWER_WITHIN.toNanos()) {
          throw unanswered(new TimeoutException("nothing came of " + unread.keySet()));
        }
      }
    }
  }

  /** Tells how far a scan is, when there is time for it. */
  private final class Progress {
    private long toldNs = System.nanoTime();

    void tell(
        Map<TopicPartition, Long> begins,
        Map<TopicPartition, Long> ends,
        KafkaConsumer<?, ?> consumer) {
      if (System.nanoTime() - toldNs < TELL_EVERY.toNanos()) {
        return;
      }
      toldNs = System.nanoTime();
      long read = 0;
      long all = 0;
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        long begin = begins.getOrDefault(end.getKey(), 0L);
        read += Math.min(consumer.position(end.getKey()), end.getValue()) - begin;
        all += end.getValue() - begin;
      }
      String topicsRead = ends.keySet().stream()
          .map(TopicPartition::topic)
          .distinct()
          .collect(Collectors.joining(", "));
      progress.accept("read %,d of %,d records of %s".formatted(read, all, topicsRead));
    }
  }

  /** What the publication job reads next in a partition; null where nobody may know. */
  private @Nullable Long readUpTo(TopicPartition partition) {
    try (Admin admin = Admin.create(kafka.with(Map.of("client.id", "newsfeed-explain-group")))) {
      OffsetAndMetadata next = admin
          .listConsumerGroupOffsets(publicationGroup)
          .partitionsToOffsetAndMetadata()
          .get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
          .get(partition);
      return next == null ? 0 : next.offset();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return null;
      }
      throw new UnavailableException(
          "Kafka does not tell how far the publication job is: " + e.getCause(), e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw unanswered(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted", e);
    }
  }

  /** Null for a null, and for bytes that are no such record. */
  private static <V extends SpecificRecord> @Nullable V decoded(
      Topic<V> topic, byte @Nullable [] bytes) {
    try {
      return bytes == null ? null : topic.valueSerde().read(topic.name(), bytes);
    } catch (SerializationException e) {
      return null; // garbage has its own entry in rejected
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
