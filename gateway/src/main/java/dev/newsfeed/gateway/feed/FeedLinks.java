package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a document of a feed is, and those around it (RFC 5005).
 *
 * @param others by relation: {@code next}, {@code first}, {@code prev-archive} …
 * @param archive whether it is an archive: what it has does not move
 */
record FeedLinks(Link self, Map<String, Link> others, boolean archive) {

  /** An address that is another one in each format. */
  interface Link {
    String in(FeedFormat format, Addresses addresses);
  }

  /** Whether this is what a feed shows now from its top, which WebSub delivers; not a page or a choice. */
  boolean isOfFeed() {
    return !archive
        && self instanceof FeedAddress address
        && address.query().isEmpty()
        && address.after() == null;
  }

  /** A page and the pages before and after it; {@code next} null: it is the last. */
  static FeedLinks ofPage(FeedAddress self, @Nullable Cursor next) {
    Map<String, Link> others = new LinkedHashMap<>();
    if (self.after() != null) {
      others.put("first", self.from(null));
    }
    if (next != null) {
      others.put("next", self.from(next));
    }
    return new FeedLinks(self, others, false);
  }

  /** The same with one more link; {@code to} null: there is none. */
  FeedLinks with(String relation, @Nullable Link to) {
    if (to == null) {
      return this;
    }
    Map<String, Link> more = new LinkedHashMap<>(others);
    more.put(relation, to);
    return new FeedLinks(self, more, archive);
  }
}
