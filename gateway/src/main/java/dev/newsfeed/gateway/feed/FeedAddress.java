package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.archive.Cursor;
import dev.newsfeed.gateway.http.Addresses;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a document of a feed is, but for the format.
 *
 * @param path {@code section/world}, or {@code section/world/archive/2026-11-28}
 * @param query what is chosen from it; empty: all
 * @param after where the document begins; null: at the top
 * @param limit how many entries it has at most; 0: as many as it has where nothing is said
 */
record FeedAddress(String path, String query, @Nullable Cursor after, int limit)
    implements FeedLinks.Link {

  /** The whole address. */
  @Override
  public String in(FeedFormat format, Addresses addresses) {
    List<String> parameters = new ArrayList<>();
    if (!query.isEmpty()) {
      parameters.add(query);
    }
    if (after != null) {
      parameters.add("after=" + after.token());
    }
    if (after != null && limit > 0) {
      parameters.add("limit=" + limit);
    }
    String plain = addresses.feed(path, format.extension());
    return parameters.isEmpty() ? plain : plain + "?" + String.join("&", parameters);
  }

  /** The same feed from a place on. */
  FeedAddress from(@Nullable Cursor place) {
    return new FeedAddress(path, query, place, limit);
  }
}
