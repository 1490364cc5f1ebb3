package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody writes to the topics with a client on librdkafka as it comes: by CRC32, most records stand
 * where nobody knows what was said of their article before. Nothing overtakes, comes back or counts
 * twice by that, and all of it is kept.
 */
class WrongPartitionerIT {

  private static final int ARTICLES = 40;
  private static final int READERS = 5;
  private static final Instant CLICKED = Instant.now(); // all within one slot

  private final Map<String, Integer> elsewhere = new HashMap<>(); // by topic and article

  @Test
  void nothingOvertakesComesBackOrCountsTwiceAndWhatIsReplayedIsRight(@TempDir Path data)
      throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded();
        TestNewsfeed newsfeed = new TestNewsfeed(cluster, data);
        KafkaProducer<String, byte[]> stranger = new KafkaProducer<>(
            newsfeed.settings().kafka().with(Map.of()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      Topics topics = newsfeed.settings().topics();
      for (int n = 0; n < ARTICLES; n++) {
        assertThat(newsfeed.intake().publish(json(n, 3)).accepted()).isTrue();
        if (n % 2 == 1) {
          assertThat(newsfeed.intake().withdraw(id(n), 4, "Legal advice").accepted())
              .isTrue();
        }
      }
      await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
        for (int n = 0; n < ARTICLES; n++) {
          assertThat(newsfeed.published(id(n))).hasSize(1 + n % 2);
        }
      });

      for (int n = 0; n < ARTICLES; n++) {
        write(stranger, topics.articles, id(n), article(n, 2)); // late
        write(stranger, topics.articles, id(n), article(n, 6)); // does not say restore
        for (int reader = 0; reader < READERS; reader++) {
          write(stranger, topics.clicks, id(n), click(n, reader));
          newsfeed.write(topics.clicks, id(n), bytes(topics.clicks, click(n, reader)));
        }
      }
      int misplacedArticles = misplaced(topics.articles);
      int misplacedClicks = misplaced(topics.clicks);
      assertThat(misplacedArticles).isGreaterThan(ARTICLES);
      assertThat(misplacedClicks).isGreaterThan(READERS * ARTICLES / 2);

      try (ShownLists lists = new ShownLists(newsfeed.settings().kafka(), topics)) {
        long clicks = 2L * READERS * ARTICLES;
        awaitCounts(lists, READERS * ARTICLES, clicks - misplacedClicks);
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> assertThat(refused(newsfeed)).hasSize(misplacedArticles + misplacedClicks));
        assertNeverDown(newsfeed);

        CommandRun replay = CommandRun.with(Map.of(
            NewsfeedSettings.BOOTSTRAP_SERVERS,
            cluster.bootstrapServers(),
            NewsfeedSettings.INTAKE_URL,
            newsfeed.intakeUrl().toString()));
        assertThat(replay.execute("rejected", "replay", "--reason", "wrong-partition"))
            .as(replay.errors())
            .isZero();

        awaitCounts(lists, READERS * ARTICLES, clicks);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
          for (int n = 0; n < ARTICLES; n++) {
            PublishedArticle last = last(newsfeed, n);
            assertThat(last.getVersion()).isEqualTo(6);
            assertThat(last.getStatus()).isEqualTo(n % 2 == 1 ? Status.canceled : Status.usable);
          }
        });
        assertNeverDown(newsfeed);
      }
    }
  }

  private static void assertNeverDown(TestNewsfeed newsfeed) {
    for (int n = 0; n < ARTICLES; n++) {
      List<Long> versions =
          newsfeed.published(id(n)).stream().map(PublishedArticle::getVersion).toList();
      assertThat(versions).as(id(n)).isSorted().doesNotHaveDuplicates();
      if (n % 2 == 1) {
        assertThat(last(newsfeed, n).getStatus()).as(id(n)).isEqualTo(Status.canceled);
      }
    }
  }

  private static PublishedArticle last(TestNewsfeed newsfeed, int n) {
    List<PublishedArticle> all = newsfeed.published(id(n));
    return all.get(all.size() - 1);
  }

  private static List<Rejected> refused(TestNewsfeed newsfeed) {
    return newsfeed.rejected().stream()
        .filter(rejected -> rejected.getReason().equals("wrong-partition"))
        .toList();
  }

  /** As the list of the day says them: reads, and clicks in all. */
  private static void awaitCounts(ShownLists lists, long reads, long clicks) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      Map<String, Long> counts = Ledger.clicks(lists.list("this-week/all"));
      assertThat(counts.get("reads")).isEqualTo(reads);
      assertThat(counts.values().stream().mapToLong(n -> n).sum()).isEqualTo(clicks);
    });
  }

  private int misplaced(Topic<?> topic) {
    return elsewhere.getOrDefault(topic.name(), 0);
  }

  private <V extends SpecificRecord> void write(
      KafkaProducer<String, byte[]> stranger, Topic<V> topic, String id, V value) throws Exception {
    CRC32 crc = new CRC32();
    crc.update(id.getBytes(UTF_8));
    int partition = (int) (crc.getValue() % topic.partitions());
    int home = BuiltInPartitioner.partitionForKey(id.getBytes(UTF_8), topic.partitions());
    elsewhere.merge(topic.name(), partition == home ? 0 : 1, Integer::sum);
    stranger
        .send(new ProducerRecord<>(topic.name(), partition, id, bytes(topic, value)))
        .get(30, TimeUnit.SECONDS);
  }

  private static <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
    return topic.valueSerde().write(topic.name(), value);
  }

  private static String id(int n) {
    return "misplaced-" + n;
  }

  private static ObjectNode json(int n, long version) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("articleId", id(n))
        .put("version", version)
        .put("headline", "Version " + version)
        .put("section", "world");
  }

  private static Article article(int n, long version) {
    return Article.newBuilder()
        .setArticleId(id(n))
        .setVersion(version)
        .setHeadline("Version " + version)
        .setSection(new Label("world", "World"))
        .build();
  }

  private static Click click(int n, int reader) {
    return Click.newBuilder()
        .setArticleId(id(n))
        .setReceivedAtMs(CLICKED.toEpochMilli())
        .setVisitor(1_000L + reader)
        .setNetwork(2_000L + reader)
        .build();
  }
}
