package dev.newsfeed.bench;

import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.schemas.TopicFollower;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The most-read lists as a site has them: of each the last that was committed. */
final class FollowedLists implements AutoCloseable {

  private final Map<String, MostReadList> lists = new ConcurrentHashMap<>();
  private final TopicFollower follower;

  /** Follows them; all that stand there now are known on return. */
  FollowedLists(BrokerProcess broker) {
    follower = TopicFollower.of(broker.kafka(), "bench-lists")
        .on(broker.topics().mostRead, (place, list) -> {
          if (list != null) {
            lists.put(place.key(), list);
          }
        })
        .start();
    follower.awaitCaughtUp(Duration.ofMinutes(1));
  }

  /** A list; null: there is none yet. */
  @Nullable
  MostReadList list(String key) {
    return lists.get(key);
  }

  /** The lists of all articles, one for each window. */
  Collection<MostReadList> ofAll() {
    return lists.values().stream().filter(list -> list.getScope().equals("all")).toList();
  }

  @Override
  public void close() {
    follower.close();
  }
}
