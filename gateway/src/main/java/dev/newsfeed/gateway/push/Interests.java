package dev.newsfeed.gateway.push;

import dev.newsfeed.schemas.FeedIds;
import dev.newsfeed.schemas.MostReadKeys;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber wants to hear of.
 *
 * @param feeds articles of these feeds; empty: of all. Withdrawals are told in any case
 * @param lists most-read lists, such as {@code now/section/world}
 * @param related the article whose list "read also" it follows; null: none
 */
public record Interests(
    Set<String> feeds, Set<String> lists, @Nullable String related) {

  /** Where only the article stands that watches how long news takes: told to who asks for it. */
  private static final Set<String> WATCHED = Set.of(FeedIds.CANARY);

  public Interests {
    feeds = Set.copyOf(feeds);
    lists = Set.copyOf(lists);
  }

  /**
   * Articles of feeds, and the most-read lists of windows in scopes.
   *
   * @param edition by whose calendar the lists are; empty: the newsroom's own
   */
  public static Interests of(
      Set<String> feeds,
      Set<String> windows,
      Set<String> scopes,
      String edition,
      @Nullable String related) {
    Set<String> lists = new HashSet<>();
    windows.forEach(
        window -> scopes.forEach(scope -> lists.add(MostReadKeys.of(window, scope, edition))));
    return new Interests(feeds, lists, related);
  }

  boolean in(EventLog.Event event) {
    boolean all = feeds.isEmpty() && !WATCHED.equals(event.feeds());
    return all || event.concerns(feeds);
  }

  boolean in(EventLog.ListEvent list) {
    return lists.contains(list.key())
        || feeds.contains(list.key()) // an editor's
        || list.key().equals(EventLog.READ_ALSO + related);
  }
}
