package dev.newsfeed.app;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Everything that shows stories, asked again and again: which words of which stories stand there, and
 * since when those of a withdrawn one do not.
 */
final class Surfaces {

  /** Says which stories it shows of those that somebody wants to know of; it may show others. */
  interface Surface {
    Set<Integer> shown(Set<Integer> asked);
  }

  private final Map<String, Surface> surfaces = new LinkedHashMap<>();
  private final Map<String, Set<Integer>> shown = new TreeMap<>();
  private final Map<Integer, Instant> withdrawn = new TreeMap<>();
  private final Map<Integer, Map<String, Instant>> cleanSince = new TreeMap<>();

  void add(String name, Surface surface) {
    surfaces.put(name, surface);
    shown.put(name, new TreeSet<>());
  }

  /** From this moment on nothing of the story may be shown anywhere. */
  synchronized void withdrawn(int story, Instant at) {
    withdrawn.put(story, at);
    cleanSince.put(story, new TreeMap<>());
  }

  /** How many stories are withdrawn. */
  synchronized int withdrawn() {
    return withdrawn.size();
  }

  /** Looks at all of them once, for all of these stories. */
  void look(Set<Integer> stories) {
    surfaces.forEach((name, surface) -> look(name, surface, stories));
  }

  /** The same for withdrawn stories only, each as long as it is shown. */
  void lookForWithdrawn() {
    surfaces.forEach((name, surface) -> look(name, surface, withdrawnAndNotClean(name)));
  }

  private void look(String name, Surface surface, Set<Integer> asked) {
    Instant before = Instant.now();
    Set<Integer> stories = surface.shown(asked);
    note(name, before, asked, stories, Instant.now());
  }

  private synchronized Set<Integer> withdrawnAndNotClean(String name) {
    Set<Integer> stories = new TreeSet<>();
    cleanSince.forEach((story, clean) -> {
      if (!clean.containsKey(name)) {
        stories.add(story);
      }
    });
    return stories;
  }

  private synchronized void note(
      String name, Instant before, Set<Integer> asked, Set<Integer> stories, Instant after) {
    shown.get(name).addAll(stories);
    withdrawn.forEach((story, at) -> {
      if (stories.contains(story) && before.isAfter(at)) {
        cleanSince.get(story).remove(name);
      } else if (!stories.contains(story) && asked.contains(story)) {
        cleanSince.get(story).putIfAbsent(name, after);
      }
    });
  }

  /** The stories that a surface has ever shown. */
  Set<Integer> shown(String name) {
    return shown.get(name);
  }

  List<String> names() {
    return List.copyOf(surfaces.keySet());
  }

  /** The surfaces that still show a withdrawn story, or have not been looked at since. */
  synchronized Map<Integer, List<String>> notClean() {
    Map<Integer, List<String>> not = new TreeMap<>();
    cleanSince.forEach((story, clean) -> {
      List<String> left = new ArrayList<>(surfaces.keySet());
      left.removeAll(clean.keySet());
      if (!left.isEmpty()) {
        not.put(story, left);
      }
    });
    return not;
  }

  /** For each withdrawn story the time until the last surface was without it. */
  synchronized List<Duration> times() {
    return withdrawn.entrySet().stream()
        .map(story -> cleanSince.get(story.getKey()).values().stream()
            .map(clean -> Duration.between(story.getValue(), clean))
            .max(Duration::compareTo)
            .orElseThrow())
        .sorted()
        .toList();
  }

  /** The surfaces that took longest, with their longest time. */
  synchronized String slowest(int count) {
    Map<String, Duration> longest = new TreeMap<>();
    cleanSince.forEach((story, clean) -> clean.forEach((name, at) -> longest.merge(
        name, Duration.between(withdrawn.get(story), at), (a, b) -> a.compareTo(b) > 0 ? a : b)));
    return longest.entrySet().stream()
        .sorted(Map.Entry.<String, Duration>comparingByValue().reversed())
        .limit(count)
        .map(entry -> "%s %.2f s".formatted(entry.getKey(), entry.getValue().toMillis() / 1e3))
        .collect(Collectors.joining(", "));
  }
}
