package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.app.Ledger.Found;
import dev.newsfeed.schemas.TopicFollower;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionFactory;

/**
 * What must be true after whatever has happened to a newsroom's processes:
 *
 * <ul>
 *   <li>what is published next is seen within a minute ({@link #canary})
 *   <li>everything that was accepted is on {@code published} or {@code rejected}, once
 *   <li>feeds and lists equal a recount from the topics that newsrooms and readers write
 *   <li>no article's version on {@code published} was ever followed by a lower one
 *   <li>what was withdrawn is shown nowhere
 *   <li>no secret stands in a topic, an answer or a line that a process has said
 * </ul>
 */
final class Invariants {

  private static final Duration SEEN_WITHIN = Duration.ofSeconds(60);
  private static final Duration SETTLED_WITHIN = Duration.ofSeconds(90);
  private static final List<String> WINDOWS = List.of("now", "today", "this-week");

  private final NewsroomProcesses newsroom;
  private final PatientLoad load;
  private final Supplier<Stream<NewsfeedProcess>> processes;
  private final Map<String, String> answers = new TreeMap<>();
  private int canaries;

  /**
   * Of a newsroom under load.
   *
   * @param processes all that were ever started, brokers too
   */
  Invariants(
      NewsroomProcesses newsroom, PatientLoad load, Supplier<Stream<NewsfeedProcess>> processes) {
    this.newsroom = newsroom;
    this.load = load;
    this.processes = processes;
  }

  /**
   * Publishes an article in each partition, whoever may work on it, and waits until readers see all of
   * them in their feed; how long that took.
   */
  Duration canary() {
    long begun = System.nanoTime();
    canaries++;
    List<String> ids = new ArrayList<>();
    int partitions = newsroom.topics().articles.partitions();
    for (int partition = 0; partition < partitions; partition++) {
      ids.add(idIn(partition, partitions));
    }
    ids.forEach(load::publish);
    Reading reading = newsroom.reading();
    Duration left = SEEN_WITHIN.minusNanos(System.nanoTime() - begun);
    assertThat(left).as("the time that is left when they were accepted").isPositive();
    await()
        .atMost(left)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(() -> assertThat(reading.feed("section/world")).containsAll(ids));
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private String idIn(int partition, int partitions) {
    for (int n = 0; ; n++) {
      String id = "canary-" + canaries + '-' + n;
      if (BuiltInPartitioner.partitionForKey(id.getBytes(UTF_8), partitions) == partition) {
        return id;
      }
    }
  }

  /** Checks all of it; the load must be closed. */
  void hold() {
    canary();
    ledgerCloses();
    viewsEqualARecount();
    versionsNeverGoDown();
    nothingWithdrawnIsShown();
    noSecretIsAnywhere();
  }

  void ledgerCloses() {
    settled().untilAsserted(() -> {
      Found found = Ledger.find(newsroom.kafka(), newsroom.topics());
      load.ledger().assertEachHasEnded(found);
    });
  }

  void viewsEqualARecount() {
    Reading reading = newsroom.reading();
    Recount recount = new Recount(newsroom.kafka(), newsroom.topics(), (place, click) -> false);
    settled().untilAsserted(() -> {
      for (String section : PatientLoad.sections()) {
        assertThat(reading.wholeFeed("section/" + section))
            .as(section)
            .isNotEmpty()
            .isEqualTo(recount.section(section));
      }
    });
    try (ShownLists lists = new ShownLists(newsroom.kafka(), newsroom.topics())) {
      lists.awaitEqual(new MostReadRecount(newsroom.kafka(), newsroom.topics()));
    }
  }

  void versionsNeverGoDown() {
    Map<String, Long> versions = new HashMap<>();
    List<String> down = new ArrayList<>();
    try (TopicFollower follower = TopicFollower.of(newsroom.kafka(), "versions")
        .on(newsroom.topics().published, (place, article) -> {
          if (article != null) {
            Long before = versions.put(place.key(), article.getVersion());
            if (before != null && before > article.getVersion()) {
              down.add(place.key() + " from " + before + " to " + article.getVersion());
            }
          }
        })
        .start()) {
      follower.awaitCaughtUp(SEEN_WITHIN);
    }
    assertThat(versions).isNotEmpty();
    assertThat(down).isEmpty();
  }

  void nothingWithdrawnIsShown() {
    Set<String> tokens = load.withdrawnTokens();
    assertThat(tokens).isNotEmpty();
    settled().untilAsserted(() -> {
      for (String id : load.withdrawnIds()) {
        assertThat(newsroom.reading().get("/articles/" + id).status()).as(id).isEqualTo(410);
      }
      look();
      answers.forEach((path, body) -> assertThat(tokens(body, tokens)).as(path).isEmpty());
      assertThat(shownByTopics(tokens)).isEmpty();
    });
  }

  private void look() {
    List<String> paths = new ArrayList<>(List.of(
        "/", "/feeds", "/sitemap-news.xml", "/search.json?q=headline", "/search?q=headline"));
    List<String> feeds = new ArrayList<>(List.of("all", "kind/article"));
    PatientLoad.sections().forEach(section -> {
      feeds.add("section/" + section);
      paths.add("/section/" + section);
    });
    feeds.forEach(feed -> Stream.of(".json", ".rss", ".atom")
        .forEach(format -> paths.add("/feeds/" + feed + format)));
    WINDOWS.forEach(window -> paths.add("/most-read/" + window + "?scope=all"));
    load.withdrawnIds().forEach(id -> paths.add("/articles/" + id));
    for (String path : paths) {
      answers.put(path, newsroom.get(newsroom.gatewayUrl().resolve(path)));
    }
  }

  /** What stands under each key of the topics that sites mirror. */
  private Map<String, Set<String>> shownByTopics(Set<String> tokens) {
    Map<String, Set<String>> shown = new TreeMap<>();
    try (TopicFollower follower = TopicFollower.of(newsroom.kafka(), "shown")
        .on(newsroom.topics().published, (place, value) -> note(shown, tokens, place.key(), value))
        .on(newsroom.topics().feeds, (place, value) -> note(shown, tokens, place.key(), value))
        .on(newsroom.topics().mostRead, (place, value) -> note(shown, tokens, place.key(), value))
        .start()) {
      follower.awaitCaughtUp(SEEN_WITHIN);
    }
    shown.values().removeIf(Set::isEmpty);
    return shown;
  }

  private static void note(
      Map<String, Set<String>> shown, Set<String> tokens, String key, Object value) {
    shown.put(key, tokens(String.valueOf(value), tokens));
  }

  private static Set<String> tokens(String text, Set<String> wanted) {
    return wanted.stream().filter(text::contains).collect(Collectors.toCollection(TreeSet::new));
  }

  void noSecretIsAnywhere() {
    List<String> secrets = newsroom.secrets();
    List<String> said = processes
        .get()
        .flatMap(process -> process.lines().stream())
        .filter(line -> secrets.stream().anyMatch(line::contains))
        .toList();
    assertThat(said).as("said by a process").isEmpty();
    answers.forEach((path, answer) ->
        secrets.forEach(secret -> assertThat(answer).as(path).doesNotContain(secret)));
    RawSearch raw = new RawSearch(newsroom.kafka(), bytes -> {
      String text = new String(bytes, ISO_8859_1);
      Set<Integer> found = new TreeSet<>();
      for (int n = 0; n < secrets.size(); n++) {
        if (text.contains(secrets.get(n))) {
          found.add(n);
        }
      }
      return found;
    });
    assertThat(raw.in(everyPartition())).as("in topics").isEmpty();
  }

  private List<TopicPartition> everyPartition() {
    try (Admin admin = Admin.create(newsroom.kafka().with(Map.of()))) {
      Set<String> names = admin
          .listTopics(new ListTopicsOptions().listInternal(true))
          .names()
          .get(30, TimeUnit.SECONDS);
      return admin.describeTopics(names).allTopicNames().get(30, TimeUnit.SECONDS).values().stream()
          .flatMap(topic -> topic.partitions().stream()
              .map(partition -> new TopicPartition(topic.name(), partition.partition())))
          .toList();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static ConditionFactory settled() {
    return await()
        .atMost(SETTLED_WITHIN)
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptionsInstanceOf(IOException.class)
        .ignoreExceptionsInstanceOf(UncheckedIOException.class);
  }
}
