package dev.newsfeed.gateway.http;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Answers that can be sent by the very thread that has read the request, because nothing has to be
 * looked up for them: those asked for last, each for as long as its content is current.
 *
 * <pre>
 * /feeds/all.json?limit=20 ⏎ application/json   →   the answer, of generation 17 of the feed
 * </pre>
 */
final class HotAnswers {

  private static final int MOST = 100;

  /** How long one is kept that may soon have a date to be told by. */
  private static final long DATELESS_MS = 1_000;

  private record Hot(Answer answer, long untilMs) {
    boolean isTrue(long nowMs) {
      return nowMs < untilMs && answer.content().isCurrent();
    }
  }

  private final Clock clock;
  private final Map<String, Hot> byAsk = new LinkedHashMap<>(MOST, 0.75f, true);

  HotAnswers(Clock clock) {
    this.clock = clock;
  }

  /** The answer to the same request; null: it has to be worked out. */
  @Nullable
  Answer find(Request request) {
    String ask = ask(request);
    synchronized (byAsk) {
      Hot hot = byAsk.get(ask);
      return hot != null && hot.isTrue(clock.millis()) ? hot.answer() : null;
    }
  }

  /** Keeps an answer whose content says how long it is current. */
  void keep(Request request, Answer answer) {
    if (answer.status() != 200 || !answer.content().isCurrent()) {
      return;
    }
    long untilMs = answer.lastModified() == null ? clock.millis() + DATELESS_MS : Long.MAX_VALUE;
    synchronized (byAsk) {
      byAsk.put(ask(request), new Hot(answer, untilMs));
      if (byAsk.size() > MOST) {
        byAsk.remove(byAsk.keySet().iterator().next());
      }
    }
  }

  /** Lets go of what is no longer current: it may show what has been withdrawn. */
  void forgetOld() {
    synchronized (byAsk) {
      long nowMs = clock.millis();
      byAsk.values().removeIf(hot -> !hot.isTrue(nowMs));
    }
  }

  private static String ask(Request request) {
    return request.getHttpURI().getPathQuery() + "\n"
        + request.getHeaders().getValuesList(HttpHeader.ACCEPT);
  }
}
