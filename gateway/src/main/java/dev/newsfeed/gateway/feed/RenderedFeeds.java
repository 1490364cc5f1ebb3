package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.http.Content;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * First pages of feeds, ready to be sent. Bounded by what they weigh: the ones longest unasked for
 * go first.
 */
final class RenderedFeeds {

  /** A rendering and the generation of the feed that it shows. */
  private record Rendered(String feedId, long generation, Content content) {}

  private final int maxBytes;
  private final Map<String, Rendered> byKey = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  RenderedFeeds(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized @Nullable Content find(String key, long generation) {
    Rendered rendered = byKey.get(key);
    return rendered != null && rendered.generation() == generation ? rendered.content() : null;
  }

  synchronized void keep(String feedId, String key, long generation, Content content) {
    remove(byKey.put(key, new Rendered(feedId, generation, content)));
    bytes += content.weight();
    var oldest = byKey.values().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      Rendered dropped = oldest.next();
      oldest.remove();
      remove(dropped);
    }
  }

  /** Keeps nothing of these feeds: what was rendered may show what has been withdrawn. */
  synchronized void forget(Set<String> feedIds) {
    byKey.values().removeIf(rendered -> {
      boolean concerned = feedIds.contains(rendered.feedId());
      if (concerned) {
        remove(rendered);
      }
      return concerned;
    });
  }

  private void remove(@Nullable Rendered rendered) {
    if (rendered != null) {
      bytes -= rendered.content().weight();
    }
  }
}
