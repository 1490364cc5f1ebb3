package dev.newsfeed.producer.http;

import java.util.concurrent.atomic.AtomicLong;

/** What happens in masses is logged once in ten seconds, with a count of how often so far. */
public final class SeldomLine {

  private static final long EVERY_MS = 10_000;

  private final AtomicLong count = new AtomicLong();
  private final AtomicLong dueMs = new AtomicLong(Long.MIN_VALUE);

  /** Counts; how often so far where a line is due now, else 0. */
  public long count(long nowMs) {
    long so = count.incrementAndGet();
    long due = dueMs.get();
    return nowMs >= due && dueMs.compareAndSet(due, nowMs + EVERY_MS) ? so : 0;
  }
}
