package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.Gateway;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An id of one gateway is a place at the other, and at the one that has restarted since. */
class EventResumeIT {

  private static final int ARTICLES = 30;
  private static final int STEPS = 500;
  private static final List<String> SECTIONS = List.of("world", "sport", "culture");
  private static final String SPORT = "section/sport";

  @Test
  void everyChangeIsToldOnceAndInOrderOverTwoGatewaysThatRestart(@TempDir Path data)
      throws InterruptedException {
    long seed = System.nanoTime();
    try (KafkaCluster cluster = KafkaCluster.embedded();
        TestNewsfeed newsfeed = new TestNewsfeed(cluster, data.resolve("newsroom"));
        Gateways gateways = new Gateways(newsfeed, data)) {
      gateways.start("one");
      gateways.start("two");
      try (WanderingSubscriber all = new WanderingSubscriber(gateways::open, "?windows=", seed);
          WanderingSubscriber sport =
              new WanderingSubscriber(gateways::open, "?windows=&feeds=" + SPORT, seed + 1)) {
        await().until(() -> all.isUnderWay() && sport.isUnderWay());

        Newsroom newsroom = new Newsroom(newsfeed.intake(), seed);
        newsroom.work(STEPS / 3);
        newsroom.meanwhile(() -> gateways.restart(0, "one")); // goes on with its archive
        newsroom.work(STEPS / 3);
        newsroom.meanwhile(() -> gateways.restart(1, "new")); // its disk was lost
        newsroom.work(STEPS / 3);
        newsroom.last("done");

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
          for (String id : newsroom.ids()) {
            assertThat(newsfeed.published(id)).last().satisfies(last -> {
              assertThat(last.getVersion()).isEqualTo(newsroom.version(id));
              assertThat(versions(all.told(id))).as(id).endsWith(last.getVersion());
            });
          }
          assertThat(sport.told("done")).hasSize(1);
          assertThat(all.told("done")).hasSize(1);
        });
        assertThat(all.failure()).isNull();
        assertThat(sport.failure()).isNull();
        for (WanderingSubscriber each : List.of(all, sport)) {
          assertThat(each.others()).as("no reset, seed %d", seed).isEmpty();
          assertThat(each.visits()).hasSizeGreaterThanOrEqualTo(4);
          assertThat(each.visits().values().stream().mapToInt(n -> n).sum()).isGreaterThan(40);
        }
        for (String id : newsroom.ids()) {
          List<PublishedArticle> truth = newsfeed.published(id);
          assertTold(
              truth, all.told(id), IntStream.range(0, truth.size()).boxed().toList(), seed);
          assertTold(truth, sport.told(id), concerningSport(truth), seed);
        }
      }
    }
  }

  /**
   * Nothing twice, nothing out of order, and nothing left out but what was erased: a text that was
   * withdrawn before its reader came back.
   */
  private static void assertTold(
      List<PublishedArticle> truth, List<JsonNode> told, List<Integer> due, long seed) {
    List<Long> versions = versions(told);
    List<Long> all = truth.stream().map(PublishedArticle::getVersion).toList();
    String what = "seed %d, article %s, published %s, told %s"
        .formatted(seed, truth.get(0).getArticleId(), all, versions);
    assertThat(all).as(what).containsSubsequence(versions);
    assertThat(versions).as(what).doesNotHaveDuplicates();
    int lastNotice = -1;
    for (int i = 0; i < truth.size(); i++) {
      if (truth.get(i).getChange() == Change.withdrawn) {
        lastNotice = i;
      }
    }
    for (int i : due) {
      boolean notice = truth.get(i).getChange() == Change.withdrawn;
      if (notice || i > lastNotice) {
        assertThat(versions).as(what).contains(all.get(i));
      }
    }
    for (JsonNode event : told) {
      int i = all.indexOf(event.path("version").asLong());
      // a gateway that has restarted may not know where an article stood before, and tells
      // everybody
      assertThat(due.contains(i) || !event.has("left")).as(what).isTrue();
    }
  }

  /** Which changes of an article somebody has to hear of who reads the feed of sport. */
  private static List<Integer> concerningSport(List<PublishedArticle> truth) {
    List<Integer> due = new ArrayList<>();
    boolean before = false;
    for (int i = 0; i < truth.size(); i++) {
      PublishedArticle record = truth.get(i);
      boolean now = record.getArticle() != null
          && record.getArticle().getSection() != null
          && record.getArticle().getSection().getSlug().equals("sport");
      if (before || now || record.getChange() == Change.withdrawn) {
        due.add(i);
      }
      before = now;
    }
    return due;
  }

  private static List<Long> versions(List<JsonNode> told) {
    return told.stream().map(event -> event.path("version").asLong()).toList();
  }

  /** Two gateways of one broker, beside the newsroom's own. */
  private static final class Gateways implements AutoCloseable {
    private final TestNewsfeed newsfeed;
    private final Path data;
    private final List<Gateway> running = new CopyOnWriteArrayList<>();

    Gateways(TestNewsfeed newsfeed, Path data) {
      this.newsfeed = newsfeed;
      this.data = data;
    }

    void start(String directory) {
      Gateway gateway = new Roles(newsfeed.settings(), data.resolve(directory), Clock.systemUTC())
          .gateway(newsfeed.intakeUrl(), null);
      gateway.awaitReady(Duration.ofMinutes(1));
      running.add(gateway);
    }

    void restart(int index, String directory) {
      running.remove(index).close();
      start(directory);
    }

    List<URI> open() {
      return running.stream()
          .map(gateway -> NewsfeedSettings.localhost(gateway.port()))
          .toList();
    }

    @Override
    public void close() {
      running.forEach(Gateway::close);
    }
  }

  /** Publishes, updates, moves, withdraws and restores without a pause. */
  private static final class Newsroom {
    private final IntakeClient intake;
    private final Random random;
    private final long[] versions = new long[ARTICLES];
    private final boolean[] gone = new boolean[ARTICLES];

    Newsroom(IntakeClient intake, long seed) {
      this.intake = intake;
      this.random = new Random(seed);
    }

    List<String> ids() {
      return IntStream.range(0, ARTICLES)
          .filter(i -> versions[i] > 0)
          .mapToObj(i -> "a" + i)
          .toList();
    }

    long version(String id) {
      return versions[Integer.parseInt(id.substring(1))];
    }

    void work(int steps) {
      for (int step = 0; step < steps; step++) {
        step();
      }
    }

    /** Goes on until something that takes its time is done. */
    void meanwhile(Runnable action) throws InterruptedException {
      Thread thread = new Thread(action, "meanwhile");
      thread.start();
      while (thread.isAlive()) {
        step();
      }
      thread.join();
    }

    private void step() {
      int i = random.nextInt(ARTICLES);
      versions[i]++;
      String id = "a" + i;
      boolean withdraw = versions[i] > 1 && !gone[i] && random.nextInt(8) == 0;
      IntakeClient.Answer answer = withdraw
          ? intake.withdraw(id, versions[i], "reason " + versions[i])
          : intake.publish(article(id, versions[i], gone[i]));
      assertThat(answer.status()).as(answer.problem()).isEqualTo(201);
      gone[i] = withdraw;
    }

    /** An article of sport, after which there are none. */
    void last(String id) {
      intake.publish(article(id, 1, false).put("section", "sport"));
    }

    private ObjectNode article(String id, long version, boolean restore) {
      ObjectNode article = JsonNodeFactory.instance
          .objectNode()
          .put("articleId", id)
          .put("version", version)
          .put("headline", "Headline " + version + " of " + id)
          .put("section", SECTIONS.get(random.nextInt(SECTIONS.size())));
      return restore ? article.put("restore", true) : article;
    }
  }
}
