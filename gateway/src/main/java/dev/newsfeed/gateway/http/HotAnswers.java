package dev.newsfeed.gateway.http;

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

  private final Map<String, Answer> byAsk = new LinkedHashMap<>(MOST, 0.75f, true);

  /** The answer to the same request; null: it has to be worked out. */
  @Nullable
  Answer find(Request request) {
    String ask = ask(request);
    synchronized (byAsk) {
      Answer answer = byAsk.get(ask);
      return answer != null && answer.content().isCurrent() ? answer : null;
    }
  }

  /** Keeps an answer whose content says how long it is current. */
  void keep(Request request, Answer answer) {
    if (answer.status() != 200 || !answer.content().isCurrent()) {
      return;
    }
    synchronized (byAsk) {
      byAsk.put(ask(request), answer);
      if (byAsk.size() > MOST) {
        byAsk.remove(byAsk.keySet().iterator().next());
      }
    }
  }

  /** Lets go of what is no longer current: it may show what has been withdrawn. */
  void forgetOld() {
    synchronized (byAsk) {
      byAsk.values().removeIf(answer -> !answer.content().isCurrent());
    }
  }

  private static String ask(Request request) {
    return request.getHttpURI().getPathQuery() + "\n"
        + request.getHeaders().getValuesList(HttpHeader.ACCEPT);
  }
}
