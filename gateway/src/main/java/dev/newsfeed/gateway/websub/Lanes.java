package dev.newsfeed.gateway.websub;

import java.util.HashMap;
import java.util.Map;

/** How many requests may be under way: in all, and to one host, so that a slow one holds up itself only. */
final class Lanes {

  private final int perHost;
  private final int total;
  private final Map<String, Integer> taken = new HashMap<>();
  private int allTaken;

  Lanes(int perHost, int total) {
    this.perHost = perHost;
    this.total = total;
  }

  /** Whether one more may go to the host; if so, it is counted until it {@link #leave leaves}. */
  boolean enter(String host) {
    int there = taken.getOrDefault(host, 0);
    if (full() || there >= perHost) {
      return false;
    }
    taken.put(host, there + 1);
    allTaken++;
    return true;
  }

  void leave(String host) {
    taken.computeIfPresent(host, (h, there) -> there == 1 ? null : there - 1);
    allTaken--;
  }

  /** Nothing is under way any more. */
  void clear() {
    taken.clear();
    allTaken = 0;
  }

  boolean full() {
    return allTaken >= total;
  }
}
