package dev.newsfeed.gateway.push;

import java.util.Set;

/**
 * What a subscriber wants to hear of.
 *
 * @param feeds articles of these feeds; empty: of all. Withdrawals are told in any case
 * @param windows most-read lists of these windows
 * @param scopes and of these scopes
 */
public record Interests(Set<String> feeds, Set<String> windows, Set<String> scopes) {

  public Interests {
    feeds = Set.copyOf(feeds);
    windows = Set.copyOf(windows);
    scopes = Set.copyOf(scopes);
  }

  boolean in(EventLog.Event event) {
    return event.forAll() || feeds.isEmpty() || event.feeds().stream().anyMatch(feeds::contains);
  }

  boolean in(EventLog.ListEvent list) {
    return windows.contains(list.window()) && scopes.contains(list.scope());
  }
}
