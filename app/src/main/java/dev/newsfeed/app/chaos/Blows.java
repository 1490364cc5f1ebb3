package dev.newsfeed.app.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Whom it hits next, and when: by chance, the same chance for the same seed. Everyone is hit once before
 * anyone is again.
 */
public final class Blows {

  private static final int MIN_REST_MS = 18_000;
  private static final int MAX_REST_MS = 35_000;
  private static final int MAX_DOWN_MS = 6_000;

  private final List<String> roles;
  private final Random random;
  private final Deque<String> round = new ArrayDeque<>();

  /**
   * A blow.
   *
   * @param rest how long all is well before
   * @param down how long the role stays away
   */
  public record Blow(Duration rest, String role, Duration down) {}

  /** Blows on these roles. */
  public Blows(List<String> roles, long seed) {
    this.roles = List.copyOf(roles);
    this.random = new Random(seed);
  }

  /** The next one. */
  public Blow next() {
    if (round.isEmpty()) {
      List<String> all = new ArrayList<>(roles);
      Collections.shuffle(all, random);
      round.addAll(all);
    }
    int restMs = random.nextInt(MIN_REST_MS, MAX_REST_MS);
    int downMs = random.nextInt(MAX_DOWN_MS);
    return new Blow(Duration.ofMillis(restMs), round.removeFirst(), Duration.ofMillis(downMs));
  }
}
