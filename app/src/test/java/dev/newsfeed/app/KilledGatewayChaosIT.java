package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway with two hundred subscribers is killed twice while news come in. Each of them is told of each
 * version once, in order, without a reset; and they do not all come back at the same moment.
 */
class KilledGatewayChaosIT {

  private static final int SUBSCRIBERS = 200;
  private static final int KILLS = 2;
  private static final int ARTICLES = 25;
  private static final int STEPS = 120;

  private final Random random = new Random(20_261_128);
  private final Map<String, Long> versions = new TreeMap<>();

  private final List<NewsfeedProcess> started = new ArrayList<>();

  @AfterEach
  void stopProcesses() {
    started.forEach(NewsfeedProcess::close);
  }

  @Test
  void nobodyMissesOrHearsTwiceAnythingAndTheyComeBackOneAfterTheOther(@TempDir Path data)
      throws Exception {
    try (KafkaCluster cluster = KafkaCluster.embedded();
        TestNewsfeed newsfeed = new TestNewsfeed(cluster, data.resolve("jobs"))) {
      int port = Ports.free(1).get(0);
      NewsfeedProcess gateway = start(cluster, data, port);
      URI events = URI.create("http://127.0.0.1:" + port + "/events?windows=");
      try (ReturningSubscribers subscribers = new ReturningSubscribers(events, SUBSCRIBERS)) {
        await().atMost(Duration.ofSeconds(30)).until(subscribers::areOpen);
        for (int kill = 1; kill <= KILLS; kill++) {
          work(newsfeed, STEPS);
          gateway.kill();
          work(newsfeed, STEPS / 4);
          gateway = start(cluster, data, port);
          work(newsfeed, STEPS / 4);
          int times = kill + 1;
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> subscribers.all().stream().allMatch(one -> one.opened.size() >= times));
          assertSpread(subscribers, kill);
        }
        work(newsfeed, STEPS);
        Set<String> all = new HashSet<>();
        versions.forEach((id, last) -> {
          for (long version = 1; version <= last; version++) {
            all.add(id + " v" + version);
          }
        });
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> subscribers.all().stream().allMatch(one -> one.told.size() >= all.size()));

        for (ReturningSubscribers.One one : subscribers.all()) {
          assertThat(one.told).doesNotHaveDuplicates().hasSameElementsAs(all);
          assertThat(one.others).as("no reset").isEmpty();
          versions
              .keySet()
              .forEach(id -> assertThat(one.told.stream()
                      .filter(told -> told.startsWith(id + " v"))
                      .map(told -> Long.valueOf(told.substring(told.indexOf(" v") + 2))))
                  .as(id)
                  .isSorted());
        }
      }
      assertThat(gateway.stop()).isZero();
    }
  }

  /** Of those who came back after a kill no quarter did within the same 200 ms. */
  private static void assertSpread(ReturningSubscribers subscribers, int kill) {
    Set<Integer> retries = new HashSet<>();
    Map<Long, Integer> moments = new TreeMap<>();
    for (ReturningSubscribers.One one : subscribers.all()) {
      retries.add(one.retries.get(kill - 1));
      moments.merge(one.opened.get(kill) / 200_000_000L, 1, Integer::sum);
    }
    assertThat(retries).as("said to %d of them", SUBSCRIBERS).hasSizeGreaterThan(150);
    assertThat(moments.values()).as("%s", moments).allMatch(n -> n < SUBSCRIBERS / 4);
  }

  private NewsfeedProcess start(KafkaCluster cluster, Path data, int port) throws IOException {
    NewsfeedProcess gateway = NewsfeedProcess.start(
        Map.of(NewsfeedSettings.BOOTSTRAP_SERVERS, cluster.bootstrapServers()),
        "gateway",
        "--gateway-port",
        String.valueOf(port),
        "--data",
        data.resolve("gateway").toString());
    started.add(gateway);
    gateway.awaitLine("listening on port");
    return gateway;
  }

  private void work(TestNewsfeed newsfeed, int steps) {
    for (int step = 0; step < steps; step++) {
      String id = "a" + random.nextInt(ARTICLES);
      long version = versions.merge(id, 1L, Long::sum);
      ObjectNode article = JsonNodeFactory.instance
          .objectNode()
          .put("articleId", id)
          .put("version", version)
          .put("headline", "Version " + version)
          .put("section", List.of("world", "sport").get(random.nextInt(2)));
      assertThat(newsfeed.intake().publish(article).status()).isEqualTo(201);
    }
  }
}
