package dev.newsfeed.app.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The processes of all roles, by name, and whether each was ready when it was last asked. */
public final class Company implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final long STOPPED_WITHIN_MS = 4_000;

  private final Map<String, RoleProcess> roles = new LinkedHashMap<>();
  private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
  private final Map<String, Integer> blows = new ConcurrentHashMap<>();

  /**
   * None of them runs yet.
   *
   * @param roles the first is what all others need
   */
  public Company(List<RoleProcess> roles) {
    roles.forEach(role -> this.roles.put(role.name(), role));
  }

  /** In their order. */
  public List<String> names() {
    return List.copyOf(roles.keySet());
  }

  /** The process of a role. */
  public RoleProcess role(String name) {
    return Objects.requireNonNull(roles.get(name), name);
  }

  /**
   * Starts roles and waits until each is ready.
   *
   * @throws IllegalStateException with its last words, when one does not start
   */
  public void start(List<String> names) throws InterruptedException {
    names.forEach(name -> role(name).start());
    for (String name : names) {
      if (!await(READY_WITHIN, () -> probe(name) || !role(name).isAlive()) || !probe(name)) {
        throw new IllegalStateException(name + " does not start: " + role(name).lastWords());
      }
    }
  }

  /** Asks a role whether it is ready. */
  public boolean probe(String name) {
    boolean passes = role(name).isReady();
    ready.put(name, passes);
    return passes;
  }

  /** Whether it runs, and was ready when it was last asked. */
  public boolean isOpen(String name) {
    return role(name).isAlive() && ready.getOrDefault(name, false);
  }

  /** Whether all of them are. */
  public boolean allOpen() {
    return roles.keySet().stream().allMatch(this::isOpen);
  }

  /** Kills it, which is counted. */
  public void kill(String name) throws InterruptedException {
    role(name).kill();
    probe(name);
    blows.merge(name, 1, Integer::sum);
  }

  /** How they are. */
  public List<Standing.Role> standing() {
    List<Standing.Role> states = new ArrayList<>();
    for (String name : roles.keySet()) {
      String state = !role(name).isAlive() ? "down" : isOpen(name) ? "up" : "starting";
      states.add(new Standing.Role(name, state, blows.getOrDefault(name, 0)));
    }
    return states;
  }

  /**
   * Waits for something.
   *
   * @return whether it came to be within the time
   */
  public static boolean await(Duration atMost, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return true;
  }

  /** Ends all of them, that which the others need at last. */
  @Override
  public void close() {
    List<String> names = names();
    List<String> first = names.subList(1, names.size());
    try {
      for (String name : first) {
        role(name).tellToStop();
      }
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOPPED_WITHIN_MS);
      for (String name : first) {
        role(name).awaitEnd(Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      }
      role(names.get(0)).tellToStop();
      role(names.get(0)).awaitEnd(STOPPED_WITHIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
