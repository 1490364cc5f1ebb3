package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.archive.Cursor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a document of a feed is, and those around it (RFC 5005).
 *
 * @param others by relation: {@code next}, {@code first}, {@code prev-archive} …
 * @param archive whether it is an archive: what it has does not move
 */
record FeedLinks(FeedAddress self, Map<String, FeedAddress> others, boolean archive) {

  /** A page and the pages before and after it; {@code next} null: it is the last. */
  static FeedLinks ofPage(FeedAddress self, @Nullable Cursor next) {
    Map<String, FeedAddress> others = new LinkedHashMap<>();
    if (self.after() != null) {
      others.put("first", self.from(null));
    }
    if (next != null) {
      others.put("next", self.from(next));
    }
    return new FeedLinks(self, others, false);
  }

  /** The same with one more link; {@code to} null: there is none. */
  FeedLinks with(String relation, @Nullable FeedAddress to) {
    if (to == null) {
      return this;
    }
    Map<String, FeedAddress> more = new LinkedHashMap<>(others);
    more.put(relation, to);
    return new FeedLinks(self, more, archive);
  }
}
