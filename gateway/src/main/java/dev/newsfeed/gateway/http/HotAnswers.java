package dev.newsfeed.gateway.http;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
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

  /** One of them, with the replies that have been made of it. */
  static final class Hot {

    private final Answer answer;
    private final long untilMs;
    // two threads may make the same one; either will do
    private final AtomicReferenceArray<@Nullable Reply> replies = new AtomicReferenceArray<>(4);

    private Hot(Answer answer, long untilMs) {
      this.answer = answer;
      this.untilMs = untilMs;
    }

    private boolean isTrue(long nowMs) {
      return nowMs < untilMs && answer.content().isCurrent();
    }

    Answer answer() {
      return answer;
    }

    /** See {@link Reply#of}. */
    Reply reply(boolean compressed, boolean known) {
      int sort = (compressed ? 1 : 0) + (known ? 2 : 0);
      Reply made = replies.get(sort);
      if (made == null) {
        made = Reply.of(answer, compressed, known);
        replies.set(sort, made);
      }
      return made;
    }
  }

  private record Key(String address, List<String> accept) {
    static Key of(Request request) {
      return new Key(
          request.getHttpURI().getPathQuery(),
          request.getHeaders().getValuesList(HttpHeader.ACCEPT));
    }
  }

  private final Clock clock;
  private final Map<Key, Hot> byKey = new LinkedHashMap<>(MOST, 0.75f, true);

  HotAnswers(Clock clock) {
    this.clock = clock;
  }

  /** The answer to the same request; null: it has to be worked out. */
  @Nullable
  Hot find(Request request) {
    Key key = Key.of(request);
    Hot hot;
    synchronized (byKey) {
      hot = byKey.get(key);
    }
    return hot != null && hot.isTrue(clock.millis()) ? hot : null;
  }

  /** Keeps an answer whose content says how long it is current. */
  void keep(Request request, Answer answer) {
    if (answer.status() != 200 || !answer.content().isCurrent()) {
      return;
    }
    long untilMs = answer.lastModified() == null ? clock.millis() + DATELESS_MS : Long.MAX_VALUE;
    synchronized (byKey) {
      byKey.put(Key.of(request), new Hot(answer, untilMs));
      if (byKey.size() > MOST) {
        byKey.remove(byKey.keySet().iterator().next());
      }
    }
  }

  /** Lets go of what is no longer current: it may show what has been withdrawn. */
  void forgetOld() {
    synchronized (byKey) {
      long nowMs = clock.millis();
      byKey.values().removeIf(hot -> !hot.isTrue(nowMs));
    }
  }
}
