package dev.newsfeed.app;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.gateway.Gateway;
import dev.newsfeed.gateway.GatewaySettings;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A gateway on a Kafka without jobs: a test writes what the jobs would, at the times it likes. */
final class GatewayAlone implements AutoCloseable {

  private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped());
  private final KafkaProducer<String, byte[]> jobs;
  private final Gateway gateway;

  GatewayAlone(KafkaCluster cluster, Path data) {
    KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.apply(topics.all());
    }
    jobs = new KafkaProducer<>(
        kafka.with(Map.of()), new StringSerializer(), new ByteArraySerializer());
    gateway = Gateway.start(new GatewaySettings(
        "127.0.0.1",
        0,
        null,
        kafka,
        topics,
        data,
        "Meridian",
        "",
        Clock.systemUTC(),
        ZoneOffset.UTC,
        List.of(),
        null,
        100));
    gateway.awaitReady(Duration.ofMinutes(1));
  }

  String url() {
    return "http://127.0.0.1:" + gateway.port();
  }

  /** An article of a section, first published so many minutes ago. */
  PublishedArticle article(String id, String section, String headline, int minutesAgo) {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS).minusSeconds(60L * minutesAgo);
    Article article = Article.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setHeadline(headline)
        .setSection(new Label(section, section))
        .build();
    return PublishedArticle.newBuilder()
        .setArticleId(id)
        .setVersion(1)
        .setStatus(Status.usable)
        .setChange(Change.published)
        .setChangedAt(at)
        .setFirstPublished(at)
        .setFeedTime(at)
        .setArticle(article)
        .build();
  }

  void publish(PublishedArticle... articles) {
    for (PublishedArticle article : articles) {
      write(topics.published, article.getArticleId(), article);
    }
  }

  void withdraw(String articleId) {
    write(
        topics.published,
        articleId,
        PublishedArticle.newBuilder()
            .setArticleId(articleId)
            .setVersion(9)
            .setStatus(Status.canceled)
            .setChange(Change.withdrawn)
            .setChangedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
            .setWithdrawal(Withdrawal.newBuilder().setReason("Legal advice").build())
            .build());
  }

  /** Writes the head of a feed. */
  void head(String feedId, PublishedArticle... articles) {
    List<FeedEntry> entries = new ArrayList<>();
    for (PublishedArticle article : articles) {
      entries.add(FeedEntries.of(article).orElseThrow());
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    write(topics.feeds, feedId, new Feed(feedId, feedId, 1L, now, (long) entries.size(), entries));
  }

  /** Writes a list that is as of now and not stale for so long. */
  void mostRead(String window, String scope, Duration fresh, MostReadEntry... entries) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    write(
        topics.mostRead,
        window + "/" + scope,
        MostReadList.newBuilder()
            .setScope(scope)
            .setWindow(window)
            .setAsOf(now)
            .setWindowStart(now.minusSeconds(3_600))
            .setWindowEnd(now)
            .setZone("UTC")
            .setStaleAfter(now.plus(fresh))
            .setReads(1_000L)
            .setRefused(Map.of())
            .setEntries(List.of(entries))
            .build());
  }

  static MostReadEntry read(int rank, String articleId, String headline) {
    return MostReadEntry.newBuilder()
        .setRank(rank)
        .setArticleId(articleId)
        .setHeadline(headline)
        .setKind("article")
        .setFirstPublished(Instant.EPOCH)
        .setReads(100 - rank)
        .build();
  }

  private <V extends SpecificRecord> void write(Topic<V> topic, String key, V value) {
    try {
      byte[] bytes = topic.valueSerde().write(topic.name(), value);
      jobs.send(new ProducerRecord<>(topic.name(), key, bytes)).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    jobs.close();
    gateway.close();
  }
}
