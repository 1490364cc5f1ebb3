package dev.newsfeed.app.watch;

import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.schemas.FeedIds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** How old the most-read lists are that readers see. */
public final class ListAges {

  private record Age(
      String window, String scope, String edition, Instant asOf, Instant staleAfter) {}

  private final Map<String, Age> byKey = new ConcurrentHashMap<>();

  /** Takes a record of {@code most-read}; null: the list is no more. */
  public void take(String key, @Nullable MostReadList list) {
    if (list == null) {
      byKey.remove(key);
    } else {
      byKey.put(
          key,
          new Age(
              list.getWindow(),
              list.getScope(),
              list.getEdition(),
              list.getAsOf(),
              list.getStaleAfter()));
    }
  }

  /** How many lists there are. */
  public int size() {
    return byKey.size();
  }

  /** The keys of those that must not be shown as current any more, in their order. */
  public List<String> stale(Instant now) {
    return byKey.entrySet().stream()
        .filter(entry -> now.isAfter(entry.getValue().staleAfter()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** The ages of the lists over all articles, by their keys without the scope: {@code today@tokyo}. */
  public Map<String, Duration> ofAll(Instant now) {
    Map<String, Duration> ages = new TreeMap<>();
    for (Age age : byKey.values()) {
      if (age.scope().equals(FeedIds.ALL)) {
        String edition = age.edition().isEmpty() ? "" : "@" + age.edition();
        ages.put(age.window() + edition, Duration.between(age.asOf(), now));
      }
    }
    return ages;
  }
}
