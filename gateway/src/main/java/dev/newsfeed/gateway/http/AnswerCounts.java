package dev.newsfeed.gateway.http;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * How many answers there were of which status. 503 stands apart from the other 5xx: it says "not now",
 * as to a proxy that asks a gateway which still reads its topics whether it may send readers.
 */
public final class AnswerCounts {

  /** What is told apart. */
  public static final List<String> STATUSES = List.of("2xx", "3xx", "4xx", "5xx", "503");

  private static final int LATER = STATUSES.indexOf("503");

  private final List<LongAdder> counts =
      Stream.generate(LongAdder::new).limit(STATUSES.size()).toList();

  void count(int status) {
    counts.get(status == 503 ? LATER : status / 100 - 2).increment();
  }

  /** Since the start, of one of {@link #STATUSES}. */
  long of(String statuses) {
    return counts.get(STATUSES.indexOf(statuses)).sum();
  }
}
