package dev.newsfeed.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.schemas.KafkaSettings;
import dev.newsfeed.schemas.TopicFollower;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The most-read lists as a site sees them: of each the last that was committed. */
final class ShownLists implements AutoCloseable {

  private static final List<String> WINDOWS = List.of("now", "today", "this-week");

  private final Map<String, MostReadList> lists = new ConcurrentHashMap<>();
  private final TopicFollower follower;

  ShownLists(KafkaSettings kafka, Topics topics) {
    follower = TopicFollower.of(kafka, "shown-lists")
        .on(topics.mostRead, (place, list) -> {
          if (list != null) {
            lists.put(place.key(), list);
          }
        })
        .start();
    follower.awaitCaughtUp(Duration.ofSeconds(60));
  }

  /** A list; null: there is none yet. */
  @Nullable
  MostReadList list(String key) {
    return lists.get(key);
  }

  /** Waits until there is every list of every window and scope, and each equals the recount. */
  void awaitEqual(MostReadRecount recount) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(250))
        .untilAsserted(() -> assertEqual(recount));
  }

  private void assertEqual(MostReadRecount recount) {
    List<String> keys = new ArrayList<>();
    WINDOWS.forEach(window -> recount.scopes().forEach(scope -> keys.add(window + '/' + scope)));
    assertThat(lists.keySet()).containsExactlyInAnyOrderElementsOf(keys);
    lists.forEach((key, list) -> {
      assertThat(MostReadRecount.Shown.of(list))
          .as("%s from %s to %s", key, list.getWindowStart(), list.getWindowEnd())
          .isEqualTo(recount.list(list));
    });
  }

  @Override
  public void close() {
    follower.close();
  }
}
