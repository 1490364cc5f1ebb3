package dev.newsfeed.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.Topic;
import dev.newsfeed.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing withdrawn survives. Forty stories bear a word of their own in every field of text; under
 * load they are published, read, withdrawn one by one, and their words looked for everywhere: first on
 * what is served, then, when the time that topics keep things has passed, in every record on the
 * broker. That the search can find something it shows before the first withdrawal.
 */
class WithdrawalProofIT {

  private static final int STORIES = 40;
  private static final int SECTIONS = 4;
  private static final long WITHDRAW_EVERY_MS = 250;
  private static final Duration GONE_WITHIN = Duration.ofSeconds(10);

  /** A text that came after its withdrawal waits this long for a restore; then it is erased. */
  private static final String AFTER_ITS_WAIT = "PT11M";

  private static final Map<String, String> FORGETTING_COMPACTED = Map.of(
      "min.compaction.lag.ms", "0",
      "max.compaction.lag.ms", "500",
      "delete.retention.ms", "100",
      "segment.ms", "500");
  private static final Map<String, String> FORGETTING_DELETED =
      Map.of("retention.ms", "2000", "segment.ms", "500");

  private final Markers markers = new Markers();
  private final Surfaces surfaces = new Surfaces();
  private final List<String> sections =
      IntStream.range(0, SECTIONS).mapToObj(n -> "docket-" + n).toList();
  private final List<String> ids =
      IntStream.range(0, STORIES).mapToObj(n -> "story-" + n).toList();
  private final Set<Integer> all =
      IntStream.range(0, STORIES).boxed().collect(Collectors.toCollection(TreeSet::new));
  private TestNewsfeed newsfeed;
  private IndexSearch archive;

  @Test
  void nothingOfAWithdrawnStoryIsLeft(@TempDir Path data) {
    try (OutputCapture output = new OutputCapture();
        KafkaCluster cluster = KafkaCluster.embedded(TopicTuning.IMPATIENT)) {
      KafkaSettings kafka = KafkaSettings.of(cluster.bootstrapServers());
      archive = new IndexSearch(data.resolve("gateway"), markers);
      TableMirror away;
      newsfeed = new TestNewsfeed(cluster, data);
      try (TopicTuning tuning = new TopicTuning(kafka)) {
        away = withdrawUnderLoad(kafka, tuning);
      } finally {
        newsfeed.close();
      }
      newsfeed = new TestNewsfeed(cluster, data, Map.of(NewsfeedSettings.CLOCK, AFTER_ITS_WAIT));
      try (TopicTuning tuning = new TopicTuning(kafka);
          BackgroundLoad load =
              new BackgroundLoad(newsfeed.intake(), "later", sections, List.of())) {
        everyRecordIsForgotten(kafka, tuning);
        assertThat(load.published()).isPositive();
        // it read the stories, was away while all this happened, and goes on where it was
        assertThat(away.in(topics().published.name())).isEqualTo(all);
        assertThat(away.catchUp().keys(all)).isEmpty();
        assertThat(away.size(topics().published.name())).isGreaterThan(STORIES);
        soon().untilAsserted(() -> assertThat(archive.stories()).isEmpty());
      } finally {
        newsfeed.close();
      }
      assertThat(output.text())
          .contains("Withdrawal to the last surface", "gateway started") // printed, logged
          .doesNotContain(markers.common());
    }
  }

  private TableMirror withdrawUnderLoad(KafkaSettings kafka, TopicTuning tuning) {
    List<TopicPartition> tables = tables(tuning);
    TableMirror live = new TableMirror(kafka, tables, markers);
    try (BackgroundLoad load = new BackgroundLoad(newsfeed.intake(), "load", sections, ids);
        KafkaConsumer<byte[], byte[]> following = live.consumer();
        EventStream everything = newsfeed.reading().events("");
        EventStream elsewhere = newsfeed.reading().events("?feeds=section/nowhere")) {
      String before = everything.lastEventId();
      publishStories();
      addSurfaces(live, following);
      everySurfaceShowsThem();
      TableMirror away = new TableMirror(kafka, tables, markers).catchUp();
      String between = everything.lastEventId();

      withdrawOneByOne();

      soon()
          .untilAsserted(() -> ids.forEach(id -> {
            assertThat(everything.names(id)).as(id).endsWith("withdrawn");
            assertThat(elsewhere.names(id)).as(id).containsExactly("withdrawn");
          }));
      assertThat(marked(elsewhere)).isEmpty();
      refuseWhatComesLater();
      surfaces.look(all);
      assertThat(surfaces.notClean()).isEmpty();
      assertThat(new TableMirror(kafka, tables, markers).catchUp().keys(all)).isEmpty();
      assertResumed(before);
      assertResumed(between);
      assertThat(load.published()).isPositive();
      return away;
    }
  }

  private void publishStories() {
    for (int n = 0; n < STORIES; n++) {
      publish(story(n, 1));
      publish(story(n, 2));
      for (int reader = 1; reader <= 3; reader++) {
        newsfeed.intake().click(ids.get(n), Reader.number(reader));
      }
    }
    for (int n = 0; n < SECTIONS; n++) { // others that link to them
      ObjectNode linking = JsonNodeFactory.instance
          .objectNode()
          .put("articleId", "linking-" + n)
          .put("version", 1)
          .put("headline", "What else there is")
          .put("section", sections.get(n))
          .put("firstPublished", Instant.now().minusSeconds(86_400 * 2).toString());
      ArrayNode readAlso = linking.putArray("readAlso");
      for (int story = n; story < STORIES; story += SECTIONS) {
        readAlso.add(ids.get(story));
      }
      publish(linking);
    }
  }

  /** A story with its word in every field that holds text. */
  private ObjectNode story(int n, long version) {
    String word = markers.of(n);
    ObjectNode story = JsonNodeFactory.instance
        .objectNode()
        .put("articleId", ids.get(n))
        .put("version", version)
        .put("kind", "gallery")
        .put("headline", "Headline " + word)
        .put("shortHeadline", "Short " + word)
        .put("lead", "Lead " + word)
        .put("bodyHtml", "<p>Body " + word + "</p>")
        .put("url", "https://news.example/" + word)
        .put("section", sections.get(n % SECTIONS))
        .put("byline", "Byline " + word)
        .put("dateline", "Dateline " + word)
        .put("source", "Source " + word)
        .put("copyright", "Copyright " + word)
        .put("usageTerms", "Terms " + word)
        .put("edition", "Edition " + word)
        .put(
            "firstPublished",
            Instant.now().minusSeconds(n).truncatedTo(ChronoUnit.MILLIS).toString());
    story.putArray("aliases").add("https://news.example/former/" + word);
    story
        .putArray("extraSections")
        .addObject()
        .put("slug", "case-" + n)
        .put("title", "Case " + word);
    story.putArray("topics").addObject().put("slug", "affair-" + n).put("title", "Affair " + word);
    story.putArray("persons").addObject().put("slug", "person-" + n).put("title", "Person " + word);
    story.putArray("places").addObject().put("slug", "place-" + n).put("title", "Place " + word);
    story
        .putArray("photos")
        .addObject()
        .put("url", "https://news.example/photo/" + word + ".jpg")
        .put("caption", "Caption " + word)
        .put("credit", "Credit " + word)
        .put("alt", "Alt " + word);
    story
        .putArray("inOtherMedia")
        .addObject()
        .put("title", "Elsewhere " + word)
        .put("url", "https://other.example/" + word)
        .put("source", "Other " + word);
    if (version > 1) {
      story
          .putObject("correction")
          .put("text", "Correction " + word)
          .put("at", "2026-01-02T03:04:05Z");
    }
    return story;
  }

  private void addSurfaces(TableMirror live, KafkaConsumer<byte[], byte[]> following) {
    surfaces.add("topic published", asked -> {
      live.catchUp(following);
      return live.in(topics().published.name());
    });
    for (Topic<?> topic : List.of(topics().feeds, topics().mostRead)) {
      surfaces.add("topic " + topic.shortName(), asked -> live.in(topic.name()));
    }
    List<String> paths = new ArrayList<>(List.of("/", "/feeds"));
    List<String> feeds = new ArrayList<>(List.of("all", "kind/gallery", "curated/top-stories"));
    List<String> scopes = new ArrayList<>(List.of("all", "kind/gallery"));
    for (String section : sections) {
      feeds.add("section/" + section);
      scopes.add("section/" + section);
      paths.add("/?section=" + section);
      paths.add("/section/" + section);
    }
    for (int n = 0; n < SECTIONS; n++) {
      paths.add("/articles/linking-" + n);
    }
    for (String feed : feeds) {
      Stream.of(".json", ".rss", ".atom").forEach(format -> paths.add("/feeds/" + feed + format));
    }
    for (String scope : scopes) {
      Stream.of("now", "today", "this-week")
          .forEach(window -> paths.add("/most-read/" + window + "?scope=" + scope));
    }
    for (String section : sections) {
      paths.add("/search?q=headline&section=" + section);
      paths.add("/search.json?q=headline&section=" + section);
    }
    paths.forEach(path -> surfaces.add(path, asked -> page(path)));
    surfaces.add("each story's own pages and feeds", this::ownPages);
    surfaces.add("search for each story's word", this::found);
  }

  private Set<Integer> page(String path) {
    boolean forPeople = !path.startsWith("/feeds")
        && !path.startsWith("/most-read")
        && !path.startsWith("/search.json");
    return markers.in(
        newsfeed.reading().get(path, "Accept", forPeople ? "text/html" : "*/*").body());
  }

  private Set<Integer> ownPages(Set<Integer> asked) {
    Set<Integer> found = new TreeSet<>();
    for (int n : asked) {
      for (String path : ownPaths(n)) {
        found.addAll(markers.in(newsfeed.reading().get(path).body()));
      }
      found.addAll(page("/articles/" + ids.get(n)));
    }
    return found;
  }

  /** Answers repeat what was asked for, so only what was found counts. */
  private Set<Integer> found(Set<Integer> asked) {
    return asked.stream()
        .filter(n -> newsfeed
                .reading()
                .get("/search.json?q=" + markers.of(n))
                .json()
                .path("items")
                .size()
            > 0)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> ownPaths(int n) {
    return List.of(
        "/articles/story-" + n + ".json",
        "/articles/story-" + n + ".ninjs",
        "/feeds/topic/affair-" + n + ".rss",
        "/feeds/person/person-" + n + ".atom",
        "/feeds/section/case-" + n + ".json");
  }

  /** The search can find: every surface shows stories, and those of one section show all of theirs. */
  private void everySurfaceShowsThem() {
    soon().untilAsserted(() -> {
      surfaces.look(all);
      for (String name : surfaces.names()) {
        assertThat(surfaces.shown(name)).as(name).isNotEmpty();
      }
      for (String name : List.of(
          "topic published",
          "topic feeds",
          "topic most-read",
          "each story's own pages and feeds",
          "search for each story's word",
          "/feeds/all.json",
          "/feeds/kind/gallery.atom",
          "/feeds/curated/top-stories.rss")) {
        assertThat(surfaces.shown(name)).as(name).isEqualTo(all);
      }
      for (int n = 0; n < SECTIONS; n++) {
        int section = n;
        Set<Integer> own = all.stream()
            .filter(story -> story % SECTIONS == section)
            .collect(Collectors.toCollection(TreeSet::new));
        for (String name : List.of(
            "/feeds/section/docket-" + n + ".json",
            "/most-read/now?scope=section/docket-" + n,
            "/search?q=headline&section=docket-" + n,
            "/articles/linking-" + n)) {
          assertThat(surfaces.shown(name)).as(name).containsAll(own);
        }
      }
    });
    soon().untilAsserted(() -> assertThat(archive.stories()).isEqualTo(all));
  }

  private void withdrawOneByOne() {
    AtomicInteger next = new AtomicInteger();
    ScheduledExecutorService editor = Executors.newSingleThreadScheduledExecutor();
    try {
      editor.scheduleWithFixedDelay(
          () -> {
            int n = next.getAndIncrement();
            if (n < STORIES) {
              assertThat(newsfeed
                      .intake()
                      .withdraw(ids.get(n), 3, "On legal advice")
                      .status())
                  .isEqualTo(201);
              surfaces.withdrawn(n, Instant.now());
            }
          },
          0,
          WITHDRAW_EVERY_MS,
          TimeUnit.MILLISECONDS);
      await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
        surfaces.lookForWithdrawn();
        assertThat(surfaces.withdrawn()).isEqualTo(STORIES);
        assertThat(surfaces.notClean()).isEmpty();
      });
    } finally {
      editor.shutdownNow();
    }
    List<Duration> times = surfaces.times();
    assertThat(times).hasSize(STORIES);
    System.out.printf(
        "Withdrawal to the last surface, %d stories, %d surfaces: p50 %.2f s, p99 %.2f s, max %.2f s"
            + " (slowest: %s)%n",
        STORIES,
        surfaces.names().size(),
        seconds(times, 0.5),
        seconds(times, 0.99),
        seconds(times, 1),
        surfaces.slowest(3));
    assertThat(times.get(STORIES - 1)).isLessThan(GONE_WITHIN);
  }

  private static double seconds(List<Duration> sorted, double share) {
    return sorted.get((int) Math.round(share * (sorted.size() - 1))).toMillis() / 1e3;
  }

  /** What a CMS may still send: an autosave, a repetition, an older version, nonsense. */
  private void refuseWhatComesLater() {
    for (int n = 0; n < STORIES; n += 5) {
      publish(story(n, 4));
      publish(story(n + 1, 2));
      publish(story(n + 2, 1).put("headline", "Other words " + markers.of(n + 2)));
      Reading.Page answer = newsfeed
          .reading()
          .put(
              "/v1/articles/" + ids.get(n + 3),
              ("{\"headline\": \"" + markers.of(n + 3) + "\"").getBytes(UTF_8));
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).doesNotContain(markers.common());
    }
    int refused = STORIES / 5;
    soon().untilAsserted(() -> {
      assertThat(newsfeed.rejected())
          .filteredOn(r -> r.getReason().equals("withdrawn"))
          .hasSizeGreaterThanOrEqualTo(refused);
      assertThat(newsfeed.rejected())
          .filteredOn(r -> r.getReason().equals("malformed-json"))
          .hasSize(refused);
    });
  }

  /** A subscriber that comes back from before hears of the withdrawals and of nothing else. */
  private void assertResumed(String lastEventId) {
    try (EventStream resumed = newsfeed.reading().eventsAfter(lastEventId, "")) {
      soon().untilAsserted(() -> {
        if (resumed.told().stream().noneMatch(event -> event.name().equals("reset"))) {
          ids.forEach(id -> assertThat(resumed.names(id)).as(id).endsWith("withdrawn"));
        }
        assertThat(resumed.told()).isNotEmpty();
      });
      assertThat(marked(resumed)).isEmpty();
    }
  }

  private Set<Integer> marked(EventStream stream) {
    return stream.told().stream()
        .flatMap(event -> markers.in(event.data()).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Lets the time pass that topics keep things, and searches every record that is left. */
  private void everyRecordIsForgotten(KafkaSettings kafka, TopicTuning tuning) {
    RawSearch raw = new RawSearch(kafka, markers);
    List<TopicPartition> everywhere = tuning.partitions(tuning.topics());
    Set<String> before = topics(raw.in(everywhere));
    assertThat(before)
        .as("where the search finds something before the time has passed")
        .contains(
            topics().articles.name(),
            topics().published.name(),
            topics().feeds.name(),
            topics().mostRead.name(),
            topics().rejected.name());
    long begun = System.nanoTime();
    for (String topic : tuning.topics()) {
      if (!topic.startsWith("__") && !topic.endsWith("-repartition")) {
        boolean compacted = tuning.config(topic, "cleanup.policy").equals("compact");
        tuning.set(topic, compacted ? FORGETTING_COMPACTED : FORGETTING_DELETED);
      }
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(raw.in(everywhere)).isEmpty());
    System.out.printf(
        "Forgotten within %d s, once retention and compaction may: %s%n",
        (System.nanoTime() - begun) / 1_000_000_000, String.join(", ", before));
  }

  private static Set<String> topics(Map<TopicPartition, Set<Integer>> found) {
    return found.keySet().stream()
        .map(TopicPartition::topic)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<TopicPartition> tables(TopicTuning tuning) {
    return tuning.partitions(topics().all().stream()
        .filter(topic -> topic.policy().equals("compact"))
        .map(Topic::name)
        .toList());
  }

  private Topics topics() {
    return newsfeed.settings().topics();
  }

  private void publish(ObjectNode article) {
    IntakeClient.Answer answer = newsfeed.intake().publish(article);
    assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(200));
  }
}
