package dev.newsfeed.gateway.archive;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.lucene.index.IndexWriter;

/**
 * Takes what was withdrawn out of the files, too.
 *
 * <pre>
 * withdrawn ──▶ due ──▶ merging, in the background ──▶ merged ──▶ refresh, commit ──▶ gone
 * </pre>
 *
 * A replaced document is only marked at first; its bytes go when its segment is merged, and the old
 * files when neither a searcher nor a commit needs them any more. A merge that was under way when
 * the document was replaced has copied it, so merging begins when no other does. It rewrites all
 * segments in which something was replaced, most of the index, and is therefore not done for each
 * withdrawal of many.
 */
final class Erasure {

  private final IndexWriter writer;
  private final Duration every;
  private Instant last = Instant.EPOCH;
  private volatile boolean due;
  private volatile boolean merging;

  /** {@code every}: how far apart two of them are at least. */
  Erasure(IndexWriter writer, Duration every) {
    this.writer = writer;
    this.every = every;
    this.due = writer.hasDeletions(); // a crash may have come before the merge
  }

  /** Something was replaced of which nothing may be left. */
  void due() {
    due = true;
  }

  /** Whether nothing is left of what was withdrawn. */
  boolean done() {
    return !due && !merging;
  }

  /** Begins when it is time. */
  void begin(Instant now) throws IOException {
    if (due && !merging && idle() && !now.isBefore(last.plus(every))) {
      last = now;
      merging = true;
      due = false;
      writer.forceMergeDeletes(false);
    }
  }

  /** Whether the merge has ended: after a refresh and a commit the files are gone. */
  boolean merged() {
    return merging && idle();
  }

  /** Refresh and commit are done. */
  void finish() {
    merging = false;
  }

  private boolean idle() {
    synchronized (writer) { // as the set's own documentation asks
      return writer.getMergingSegments().isEmpty();
    }
  }
}
