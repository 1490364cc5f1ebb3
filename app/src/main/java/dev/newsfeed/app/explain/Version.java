package dev.newsfeed.app.explain;

import dev.newsfeed.app.explain.Findings.Arrival;
import dev.newsfeed.avro.Article;
import org.jspecify.annotations.Nullable;

/**
 * A version as it arrived, and what became of it.
 *
 * @param why null where it was applied
 */
record Version(Arrival arrival, Verdict verdict, @Nullable String why) {

  enum Verdict {
    APPLIED,
    DUPLICATE,
    STALE,
    CONFLICTING,
    REFUSED,
    WAITING
  }

  /** Null: the bytes were none. */
  @Nullable
  Article article() {
    return arrival.article();
  }

  boolean applied() {
    return verdict == Verdict.APPLIED;
  }
}
