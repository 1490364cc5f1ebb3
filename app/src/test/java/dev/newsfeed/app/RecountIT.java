package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Click;
import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.GenerationPhase;
import dev.newsfeed.avro.JobGeneration;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.producer.ArticlePublisher;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.TopicAdmin;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.Jobs;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Most-read lists are counted anew, by the same or another rule, while readers go on reading. */
class RecountIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration SHOWN_AT_LEAST_EVERY = Duration.ofMinutes(1);
  private static final List<String> SECTIONS = List.of("world", "sport", "culture");
  private static final List<String> WINDOWS = List.of("now", "today", "this-week");
  private static final Recount.Counted NO_SUSPECTS = (place, click) -> click.getSuspect() == null;
  private static final Recount.Counted ALL = (place, click) -> true;

  private static EmbeddedKafka broker;
  private static int tests;

  @TempDir
  private Path data;

  private final Random random = new Random(4);
  private Map<String, String> environment;
  private NewsfeedSettings settings;
  private Topics topics;
  private ArticlePublisher newsroom;
  private KafkaProducer<String, byte[]> anybody;
  private final List<Jobs> instances = new ArrayList<>();
  private TopicFollower reader;

  /** What stands on the topic, as a reader has it who follows it; and what was wrong on the way. */
  private final Map<String, MostReadList> lists = new ConcurrentHashMap<>();

  private final Map<String, Long> shownAtMs = new ConcurrentHashMap<>();
  private final Map<String, List<String>> kept = new ConcurrentHashMap<>();
  private final List<String> emptied = new CopyOnWriteArrayList<>();
  private final List<String> bad = new CopyOnWriteArrayList<>();

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
        NewsfeedSettings.BOOTSTRAP_SERVERS,
        broker.bootstrapServers(),
        NewsfeedSettings.TOPIC_PREFIX,
        "recount" + ++tests + ".",
        NewsfeedSettings.ZONE,
        "Europe/Berlin");
    settings = NewsfeedSettings.from(environment);
    topics = settings.topics();
    try (TopicAdmin admin = new TopicAdmin(settings.kafka())) {
      admin.apply(topics.all());
    }
    KafkaSettings kafka = settings.kafka();
    newsroom = new ArticlePublisher(kafka, topics);
    anybody = new KafkaProducer<>(
        kafka.with(Map.of()), new StringSerializer(), new ByteArraySerializer());
    reader = TopicFollower.of(kafka, "reader").on(topics.mostRead, this::read).start();
  }

  private void startJobs() {
    Path own = data.resolve("instance" + instances.size());
    Jobs jobs = new Roles(settings, own, Clock.systemUTC()).streams(Map.of());
    instances.add(jobs);
    jobs.awaitRunning(Duration.ofMinutes(2));
  }

  private void stopJobs() {
    instances.forEach(Jobs::close);
    instances.clear();
  }

  private void restartJobs() {
    stopJobs();
    startJobs();
  }

  @AfterEach
  void stop() {
    reader.close();
    newsroom.close();
    anybody.close();
    stopJobs();
  }

  private void read(ConsumerRecord<String, byte[]> place, @Nullable MostReadList list) {
    String key = place.key();
    MostReadList before = list == null ? lists.remove(key) : lists.put(key, list);
    if (list != null && list.getEntries().isEmpty()) {
      emptied.add(key);
    }
    if (before != null && list != null && list.getGeneration() < before.getGeneration()) {
      bad.add(key + " went back to generation " + list.getGeneration());
    }
    Long shown = shownAtMs.put(key, place.timestamp());
    List<String> expected = kept.get(key);
    if (expected == null) {
      return;
    }
    if (list == null || !entries(list).equals(expected)) {
      bad.add(key + " was seen as " + list);
    }
    if (shown != null && place.timestamp() - shown > SHOWN_AT_LEAST_EVERY.toMillis()) {
      bad.add(key + " was not shown for " + (place.timestamp() - shown) + " ms");
    }
  }

  private static List<String> entries(MostReadList list) {
    return list.getEntries().stream()
        .map(entry -> entry.getArticleId() + "=" + entry.getReads())
        .toList();
  }

  private void publish(String id, String section) {
    newsroom
        .publish(Article.newBuilder()
            .setArticleId(id)
            .setVersion(1)
            .setHeadline("Story " + id)
            .setSection(new Label(section, section))
            .setFirstPublished(Instant.now().minusSeconds(60))
            .build())
        .toCompletableFuture()
        .join();
  }

  private void publishSome() {
    for (int i = 0; i < 30; i++) {
      publish("a" + i, SECTIONS.get(i % SECTIONS.size()));
    }
  }

  private <V extends SpecificRecord> long write(Topic<V> topic, String key, V value) {
    byte[] bytes = topic.valueSerde().write(topic.name(), value);
    try {
      return anybody.send(new ProducerRecord<>(topic.name(), key, bytes)).get().timestamp();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** One of fifty visitors looks at an article; returns when the broker got the click. */
  private long click(String articleId, @Nullable String suspect) {
    return write(
        topics.clicks,
        articleId,
        Click.newBuilder()
            .setArticleId(articleId)
            .setReceivedAtMs(System.currentTimeMillis())
            .setVisitor((long) random.nextInt(50))
            .setSuspect(suspect)
            .build());
  }

  /** Clicks on articles of all sections, every fourth of them suspect; returns when the last came. */
  private long clickAround(int times) {
    long last = 0;
    for (int i = 0; i < times; i++) {
      // few of the low ids: lists must have an order
      int article = (int) Math.sqrt(random.nextInt(30 * 30));
      last = Math.max(last, click("a" + article, i % 4 == 3 ? "bot" : null));
    }
    return last;
  }

  private void awaitListsAs(Recount.Counted counted) {
    await().atMost(SOON).untilAsserted(() -> {
      Recount recount = new Recount(settings.kafka(), topics, counted);
      for (String section : SECTIONS) {
        for (String window : WINDOWS) {
          String key = window + "/section/" + section;
          MostReadList list = lists.get(key);
          assertThat(list).as(key).isNotNull();
          assertThat(entries(list))
              .as(key)
              .isNotEmpty()
              .isEqualTo(recount.mostRead(section, list.getWindowStart(), list.getWindowEnd()));
        }
      }
    });
  }

  private void awaitGeneration(long number) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(lists.values())
            .extracting(MostReadList::getGeneration)
            .containsOnly(number));
  }

  private CommandRun recount(int status, String... options) {
    CommandRun run = CommandRun.with(environment);
    List<String> arguments = new ArrayList<>(List.of("recount"));
    arguments.addAll(List.of(options));
    assertThat(run.execute(arguments.toArray(String[]::new)))
        .as(run.output() + run.errors())
        .isEqualTo(status);
    return run;
  }

  /** A command that is killed where it says this. */
  private void recountUntil(String said, @Nullable Counting counting) {
    RecountedLists recounted = new RecountedLists(settings.kafka(), topics, counting);
    assertThatThrownBy(() -> {
          try (Succession recount = new Succession(
              recounted, settings.kafka(), topics, "mara", Clock.systemUTC(), line -> {
                if (line.startsWith(said)) {
                  throw new IllegalStateException("killed");
                }
              })) {
            recount.run();
          }
        })
        .hasMessage("killed");
  }

  /** Nothing is left of the others: no group, no internal topic. */
  private void assertOnlyGeneration(long number) throws Exception {
    String first = Jobs.applicationId("most-read", 1, topics);
    String kept = Jobs.applicationId("most-read", number, topics);
    try (Admin admin = Admin.create(settings.kafka().with(Map.of()))) {
      await().atMost(SOON).untilAsserted(() -> {
        assertThat(admin.listGroups().all().get())
            .extracting(group -> group.groupId())
            .filteredOn(id -> id.startsWith(first))
            .containsExactly(kept);
        assertThat(admin.listTopics().names().get())
            .filteredOn(name -> name.startsWith(first))
            .isNotEmpty()
            .allMatch(name -> Jobs.isInternalTopic(kept, name));
      });
    }
  }

  @Test
  void listsAreCountedAnewByTwoInstancesWhileReadersReadAndClick() throws Exception {
    startJobs();
    startJobs();
    publishSome();
    newsroom.withdraw("a29", 2, "Not true").toCompletableFuture().join();
    clickAround(400);
    awaitListsAs(NO_SUSPECTS);
    MostReadList world = lists.get("now/section/world");
    String gone = "now/section/gone";
    write(
        topics.mostRead,
        gone,
        MostReadList.newBuilder(world).setScope("section/gone").build());
    await().atMost(SOON).until(() -> lists.containsKey(gone));
    for (String still : List.of("now/section/world", "now/section/sport")) {
      kept.put(still, entries(lists.get(still)));
    }
    AtomicBoolean reading = new AtomicBoolean(true);
    Thread readers = new Thread(() -> {
      while (reading.get()) {
        click("a" + (2 + 3 * random.nextInt(9)), null); // culture
      }
    });
    readers.start();

    CommandRun run = recount(0);

    reading.set(false);
    readers.join();
    assertThat(run.output()).contains("building generation 2;", "generation 2 serves");
    awaitListsAs(NO_SUSPECTS);
    awaitGeneration(2);
    kept.clear();
    assertThat(bad).isEmpty();
    assertThat(emptied).contains(gone);
    assertThat(lists).doesNotContainKey(gone);
    click("a27", null);
    newsroom.withdraw("a28", 2, "Not true either").toCompletableFuture().join();
    awaitListsAs(NO_SUSPECTS);
    assertThat(lists.values())
        .flatExtracting(MostReadList::getEntries)
        .extracting(MostReadEntry::getArticleId)
        .contains("a27")
        .doesNotContain("a28", "a29");
    assertOnlyGeneration(2);
  }

  @Test
  void recountCountsWhatItIsAskedToUntilAPlainOneAlsoAfterARestart() {
    startJobs();
    publishSome();
    Instant from = Instant.ofEpochMilli(clickAround(300) + 1);
    await().until(() -> Instant.now().isAfter(from));
    clickAround(300);
    awaitListsAs(NO_SUSPECTS);

    assertThat(recount(0, "--include-suspect").output())
        .contains("generation 2 with suspects serves");
    awaitListsAs(ALL);
    awaitGeneration(2);
    restartJobs();
    clickAround(50);
    awaitListsAs(ALL);
    assertThat(lists.values()).allSatisfy(list -> {
      assertThat(list.getCountsSuspects()).isTrue();
      assertThat(list.getCountedFrom()).isNull();
      assertThat(list.getRefused()).doesNotContainKey("bot");
    });

    recount(0, "--from", from.toString());
    Recount.Counted later = (place, click) ->
        NO_SUSPECTS.test(place, click) && place.timestamp() >= from.toEpochMilli();
    awaitListsAs(later);
    restartJobs();
    clickAround(50);
    awaitListsAs(later);
    awaitGeneration(3);
    assertThat(lists.values()).allSatisfy(list -> {
      assertThat(list.getCountsSuspects()).isFalse();
      assertThat(list.getCountedFrom()).isEqualTo(from);
    });

    recount(0);
    awaitListsAs(NO_SUSPECTS);
    awaitGeneration(4);
    assertThat(lists.values()).extracting(MostReadList::getCountedFrom).containsOnlyNulls();
    assertThat(bad).isEmpty();
  }

  @Test
  void recountThatWasInterruptedGoesOnWhereItWas() throws Exception {
    startJobs();
    publishSome();
    clickAround(300);
    awaitListsAs(NO_SUSPECTS);

    recountUntil("building", new Counting(true, null));
    restartJobs();
    clickAround(50);
    awaitListsAs(NO_SUSPECTS);
    awaitGeneration(1);
    assertThat(recount(1).errors()).contains("generation 2 with suspects is building");

    recountUntil("switching", new Counting(true, null));
    restartJobs();
    clickAround(50);
    assertThat(recount(1, "--cancel").errors()).contains("too late to cancel");
    awaitGeneration(1);

    assertThat(recount(0, "--include-suspect").output())
        .contains("going on with generation 2 with suspects, which is switching");
    awaitListsAs(ALL);
    awaitGeneration(2);

    write(
        topics.jobs,
        "most-read",
        new JobGeneration(
            "most-read",
            2L,
            GenerationPhase.serving,
            1L,
            "test",
            Instant.now(),
            new Counting(true, null),
            null));
    assertThat(recount(1).errors()).contains("generation 2 with suspects is serving");
    assertThat(recount(0, "--include-suspect").output())
        .contains("going on with generation 2 with suspects, which is serving");
    awaitListsAs(ALL);
    assertOnlyGeneration(2);
    assertThat(bad).isEmpty();
  }

  @Test
  void cancelledRecountLeavesNothingBehind() throws Exception {
    startJobs();
    publishSome();
    Instant from = Instant.ofEpochMilli(clickAround(200) + 1);
    awaitListsAs(NO_SUSPECTS);
    assertThat(recount(1, "--cancel").errors()).contains("no recount is under way");
    recountUntil("building", new Counting(false, from));

    recount(0, "--cancel");

    clickAround(50);
    awaitListsAs(NO_SUSPECTS);
    awaitGeneration(1);
    assertOnlyGeneration(1);
    // a command that ended before it said anything has left where its generation was to begin
    try (Admin admin = Admin.create(settings.kafka().with(Map.of()))) {
      String application = Jobs.applicationId("most-read", 2, topics);
      new GenerationGroup(admin, settings.kafka(), application).beginAt(topics.clicks.name(), from);
    }
    recount(0);
    awaitListsAs(NO_SUSPECTS);
    awaitGeneration(2);
    assertThat(bad).isEmpty();
  }

  @Test
  void withNobodyRunningTheJobsItSaysSo() {

    CommandRun run = recount(1, "--from", "-P2D");

    assertThat(run.errors()).contains("nobody runs the most-read job");
    assertThat(run.output()).isEmpty();
  }

  @Test
  void timeThatCannotBeReadIsNamedBeforeAnythingIsDone() {
    assertThat(recount(2, "--from", "yesterday").errors()).contains("--from must be a time");
    assertThat(recount(2, "--from", "P2D").errors()).contains("--from must not lie in the future");
  }
}
