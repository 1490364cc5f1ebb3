package dev.newsfeed.app.chaos;

import java.net.URI;

/** A reader who looks at the front page all the time, and knows for how long it was not there. */
public final class Visitor {

  private final URI page;
  private volatile long answeredAtNanos = System.nanoTime();
  private volatile long longestSilenceNanos;

  /** Who looks at this page. */
  public Visitor(URI page) {
    this.page = page;
  }

  /** Looks once. */
  public void visit() {
    boolean answered = Probes.answers(page);
    long now = System.nanoTime();
    longestSilenceNanos = Math.max(longestSilenceNanos, now - answeredAtNanos);
    if (answered) {
      answeredAtNanos = now;
    }
  }

  /** Forgets what was. */
  public void begin() {
    longestSilenceNanos = 0;
  }

  /** The longest time without an answer since then. */
  public long longestSilenceNanos() {
    return longestSilenceNanos;
  }
}
