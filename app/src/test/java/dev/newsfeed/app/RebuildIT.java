package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.Feed;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.GenerationPhase;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Jobs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feeds that have gone wrong are built anew while readers go on reading. */
class RebuildIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final List<String> SECTIONS = List.of("world", "sport", "culture");
  private static final String TOP = "curated/top-stories";

  @TempDir
  private Path data;

  private static EmbeddedKafka broker;
  private static int tests;

  private Map<String, String> environment;
  private NewsfeedSettings settings;
  private Topics topics;
  private ArticlePublisher newsroom;
  private KafkaProducer<String, byte[]> anybody;
  private Pipeline pipeline;

  /** What stands on the topics, as a reader has it who follows them. */
  private final Map<String, PublishedArticle> published = new ConcurrentHashMap<>();

  private final Map<String, Feed> heads = new ConcurrentHashMap<>();
  private final List<String> bad = new CopyOnWriteArrayList<>();
  private volatile boolean watching;
  private TopicFollower reader;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedKafka.start(EmbeddedKafkaSettings.temporary());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  /** Each test has topics of its own. */
  @BeforeEach
  void connect() {
    environment = Map.of(
        NewsfeedSettings.BOOTSTRAP_SERVERS, broker.bootstrapServers(),
        NewsfeedSettings.TOPIC_PREFIX, "rebuild" + ++tests + ".",
        NewsfeedSettings.GATEWAY_PORT, "0",
        NewsfeedSettings.INTAKE_PORT, "0",
        NewsfeedSettings.ZONE, "Europe/Berlin");
    settings = NewsfeedSettings.from(environment);
    topics = settings.topics();
    try (TopicAdmin admin = new TopicAdmin(settings.kafka())) {
      admin.apply(topics.all());
    }
    KafkaSettings kafka = settings.kafka();
    newsroom = new ArticlePublisher(kafka, topics);
    anybody = new KafkaProducer<>(
        kafka.with(Map.of()), new StringSerializer(), new ByteArraySerializer());
    reader = TopicFollower.of(kafka, "reader")
        .on(topics.published, (place, value) -> published.put(place.key(), value))
        .on(topics.feeds, (place, value) -> read(place.key(), value))
        .start();
  }

  private void startPipeline() {
    pipeline = Pipeline.start(settings, data, Clock.systemUTC(), null);
    pipeline.awaitReady(Duration.ofMinutes(2));
  }

  @AfterEach
  void stop() {
    reader.close();
    newsroom.close();
    anybody.close();
    if (pipeline != null) {
      pipeline.close();
    }
  }

  private void read(String feedId, Feed head) {
    if (head == null) {
      heads.remove(feedId);
    } else {
      heads.put(feedId, head);
    }
    boolean kept = Set.of("all", "section/culture", TOP).contains(feedId);
    if (watching && kept && (head == null || head.getEntries().isEmpty())) {
      bad.add(feedId + " was seen without an entry: " + head);
    }
  }

  private void publish(String id, long version, String section) {
    newsroom
        .publish(Article.newBuilder()
            .setArticleId(id)
            .setVersion(version)
            .setHeadline("Story " + id)
            .setSection(new Label(section, section))
            .setFirstPublished(Instant.now().minusSeconds(60))
            .build())
        .toCompletableFuture()
        .join();
  }

  private <V extends SpecificRecord> void write(Topic<V> topic, String key, V value)
      throws Exception {
    byte[] bytes = value == null ? null : topic.valueSerde().write(topic.name(), value);
    anybody.send(new ProducerRecord<>(topic.name(), key, bytes)).get();
  }

  private void curate(String... articleIds) throws Exception {
    List<CuratedEntry> entries = new ArrayList<>();
    for (String id : articleIds) {
      entries.add(new CuratedEntry(id, null));
    }
    write(topics.curated, TOP, new CuratedFeed(TOP, "Top stories", entries, "mara", Instant.now()));
  }

  /** Every feed as an obvious recount of the archive gives it: ids, newest first, a hundred. */
  private Map<String, List<String>> recount() {
    Map<String, List<PublishedArticle>> byFeed = new TreeMap<>();
    published
        .values()
        .forEach(article -> FeedEntries.feedsOf(article)
            .forEach(
                feedId -> byFeed.computeIfAbsent(feedId, f -> new ArrayList<>()).add(article)));
    Map<String, List<String>> ids = new TreeMap<>();
    byFeed.forEach((feedId, articles) -> ids.put(
        feedId,
        articles.stream()
            .sorted(Comparator.comparing(FeedEntries::feedTime)
                .reversed()
                .thenComparing(PublishedArticle::getArticleId))
            .limit(100)
            .map(PublishedArticle::getArticleId)
            .toList()));
    return ids;
  }

  /** What readers see, feeds without an entry left out. */
  private Map<String, List<String>> seen() {
    Map<String, List<String>> ids = new TreeMap<>();
    heads.forEach((feedId, head) -> {
      if (!feedId.startsWith("curated/") && !head.getEntries().isEmpty()) {
        ids.put(feedId, head.getEntries().stream().map(FeedEntry::getArticleId).toList());
      }
    });
    return ids;
  }

  private void awaitHeadsAsTheArchiveSays() {
    await().atMost(SOON).untilAsserted(() -> assertThat(seen()).isEqualTo(recount()));
  }

  private List<String> topStories() {
    Feed head = heads.get(TOP);
    return head == null
        ? List.of()
        : head.getEntries().stream().map(FeedEntry::getArticleId).toList();
  }

  private CommandRun rebuild(int status, String... more) {
    CommandRun run = CommandRun.with(environment);
    List<String> arguments = new ArrayList<>(List.of("rebuild", "feeds"));
    arguments.addAll(List.of(more));
    assertThat(run.execute(arguments.toArray(String[]::new)))
        .as(run.output() + run.errors())
        .isEqualTo(status);
    return run;
  }

  private void say(long generation, GenerationPhase phase, long former) throws Exception {
    write(
        topics.jobs,
        "feeds",
        new JobGeneration("feeds", generation, phase, former, "test", Instant.now(), null, null));
  }

  @Test
  void wrongHeadsAreReplacedWhileReadersReadAndReportersPublish() throws Exception {
    startPipeline();
    for (int i = 0; i < 150; i++) {
      publish("a" + i, 1, SECTIONS.get(i % SECTIONS.size()));
    }
    newsroom.withdraw("a3", 2, "Not true").toCompletableFuture().join();
    curate("a2", "a3", "a5");
    await().atMost(SOON).until(() -> published.size() == 150);
    awaitHeadsAsTheArchiveSays();
    await().atMost(SOON).until(() -> topStories().equals(List.of("a2", "a5")));
    Feed world = heads.get("section/world");
    FeedEntry withdrawn =
        FeedEntry.newBuilder(world.getEntries().get(0)).setArticleId("a3").build();
    write(
        topics.feeds,
        "section/world",
        Feed.newBuilder(world).setEntries(List.of(withdrawn)).build());
    write(topics.feeds, "section/sport", null);
    write(
        topics.feeds,
        "section/gone",
        Feed.newBuilder(world)
            .setFeedId("section/gone")
            .setEntries(List.of(withdrawn))
            .build());
    await().atMost(SOON).until(() -> heads.containsKey("section/gone"));
    watching = true;
    AtomicBoolean publishing = new AtomicBoolean(true);
    AtomicInteger next = new AtomicInteger();
    Thread reporter = new Thread(() -> {
      while (publishing.get()) {
        publish("b" + next.incrementAndGet(), 1, "culture");
      }
    });
    reporter.start();

    CommandRun run = rebuild(0);

    publishing.set(false);
    reporter.join();
    assertThat(run.output()).contains("building generation 2", "generation 2 serves");
    publish("c1", 1, "sport");
    newsroom.withdraw("a5", 2, "Not true either").toCompletableFuture().join();
    await().atMost(SOON).until(() -> published.size() == 151 + next.get());
    awaitHeadsAsTheArchiveSays();
    await().atMost(SOON).until(() -> topStories().equals(List.of("a2")));
    assertThat(bad).isEmpty();
    assertThat(heads.get("section/gone").getEntries()).isEmpty();
    assertThat(heads.values())
        .allSatisfy(head -> assertThat(head.getRevision()).isGreaterThanOrEqualTo(2L << 40))
        .allSatisfy(head -> assertThat(head.getEntries())
            .extracting(FeedEntry::getArticleId)
            .doesNotContain("a3", "a5"));
    assertOnlyGeneration(2);
  }

  /** Nothing is left of the others: no group, no internal topic, no store. */
  private void assertOnlyGeneration(long number) throws Exception {
    String first = Jobs.applicationId("feeds", 1, topics);
    String kept = Jobs.applicationId("feeds", number, topics);
    try (Admin admin = Admin.create(settings.kafka().with(Map.of()))) {
      await().atMost(SOON).untilAsserted(() -> {
        assertThat(admin.listGroups().all().get())
            .extracting(group -> group.groupId())
            .filteredOn(id -> id.startsWith(first))
            .containsExactly(kept);
        assertThat(admin.listTopics().names().get())
            .filteredOn(name -> name.startsWith(first))
            .isNotEmpty()
            .allMatch(name -> name.startsWith(kept + "-")
                && name.substring(kept.length()).matches("-(?!g[0-9]+-).*"));
        try (var stores = Files.list(data.resolve("streams"))) {
          assertThat(stores.map(path -> path.getFileName().toString()).collect(Collectors.toSet()))
              .filteredOn(name -> name.startsWith(first))
              .containsExactly(kept);
        }
      });
    }
  }

  @Test
  void rebuildThatWasInterruptedGoesOnWhereItWas() throws Exception {
    startPipeline();
    for (int i = 0; i < 30; i++) {
      publish("a" + i, 1, SECTIONS.get(i % SECTIONS.size()));
    }
    await().atMost(SOON).until(() -> published.size() == 30);
    awaitHeadsAsTheArchiveSays();

    say(2, GenerationPhase.building, 1); // and the command is gone, and the process is restarted
    pipeline.close();
    startPipeline();
    publish("b1", 1, "world");
    awaitHeadsAsTheArchiveSays();
    assertThat(heads.get("all").getRevision()).isLessThan(2L << 40);
    assertThat(rebuild(0).output()).contains("going on with generation 2, which is building");
    awaitHeadsAsTheArchiveSays();

    say(3, GenerationPhase.building, 2);
    awaitMembers(3);
    say(3, GenerationPhase.switching, 2);
    pipeline.close();
    startPipeline();
    publish("b2", 1, "world");
    assertThat(rebuild(0).output()).contains("going on with generation 3, which is switching");
    await().atMost(SOON).until(() -> published.containsKey("b2"));
    awaitHeadsAsTheArchiveSays();
    assertThat(heads.get("all").getRevision()).isGreaterThan(3L << 40);

    pipeline.close();
    startPipeline();
    publish("b3", 1, "world");
    await().atMost(SOON).until(() -> published.containsKey("b3"));
    awaitHeadsAsTheArchiveSays();
    assertOnlyGeneration(3);
  }

  private void awaitMembers(long generation) {
    String group = Jobs.applicationId("feeds", generation, topics);
    try (Admin admin = Admin.create(settings.kafka().with(Map.of()))) {
      await().atMost(SOON).until(new GenerationGroup(admin, settings.kafka(), group)::hasMembers);
    }
  }

  @Test
  void cancelledRebuildLeavesNothingBehind() throws Exception {
    startPipeline();
    publish("a1", 1, "world");
    await().atMost(SOON).until(() -> published.size() == 1);
    awaitHeadsAsTheArchiveSays();
    assertThat(rebuild(1, "--cancel").errors()).contains("no rebuild of the feeds is under way");
    say(2, GenerationPhase.building, 1);
    awaitMembers(2);

    rebuild(0, "--cancel");

    publish("a2", 1, "world");
    await().atMost(SOON).until(() -> published.size() == 2);
    awaitHeadsAsTheArchiveSays();
    assertThat(heads.get("all").getRevision()).isLessThan(2L << 40);
    assertOnlyGeneration(1);
  }

  @Test
  void withNobodyRunningTheJobsItSaysSo() {

    CommandRun run = rebuild(1);

    assertThat(run.errors()).contains("nobody runs the feeds job");
    assertThat(run.output()).isEmpty();
  }
}
