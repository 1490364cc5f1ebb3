package dev.newsfeed.producer;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.io.Content;

/**
 * Reads a request's body up to a limit, whatever length it claims to have, and holds no thread while
 * the sender is slow. What goes beyond the limit is read on for a while and dropped: a sender that is
 * still writing would otherwise see a broken connection and not the answer.
 *
 * <pre>
 * ├──────── limit: kept ────────┼──── 4 MiB: dropped ────┤ then the connection is closed
 * </pre>
 */
final class BodyReader implements Runnable {

  private static final long DROPPED_AT_MOST = 4L << 20;

  private final Content.Source source;
  private final int limit;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(1024);
  private final CompletableFuture<Call.Body> body = new CompletableFuture<>();
  private long dropped;

  private BodyReader(Content.Source source, int limit) {
    this.source = source;
    this.limit = limit;
  }

  /** Completes with what was sent, or exceptionally when the sender went away. */
  static CompletionStage<Call.Body> read(Content.Source source, int limit) {
    BodyReader reader = new BodyReader(source, limit);
    reader.run();
    return reader.body;
  }

  /** Takes what is there and asks to be called again. */
  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = source.read();
      if (chunk == null) {
        source.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        body.completeExceptionally(chunk.getFailure());
        return;
      }
      take(chunk);
      boolean last = chunk.isLast();
      chunk.release();
      if (last || dropped > DROPPED_AT_MOST) {
        body.complete(new Call.Body(kept.toByteArray(), dropped > 0));
        return;
      }
    }
  }

  private void take(Content.Chunk chunk) {
    byte[] bytes = new byte[Math.min(chunk.remaining(), limit - kept.size())];
    chunk.getByteBuffer().get(bytes);
    kept.writeBytes(bytes);
    dropped += chunk.remaining();
    chunk.skip(chunk.remaining());
  }
}
