package dev.newsfeed.producer.http;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Reads a request's body up to a limit, whatever length it claims to have, and holds no thread while
 * the sender is slow; one that is too slow is not waited for. What goes beyond the limit is read on for
 * a while and dropped: a sender that is still writing would otherwise see a broken connection and not
 * the answer.
 *
 * <pre>
 * ├──────── limit: kept ────────┼──── 4 MiB: dropped ────┤ then the connection is closed
 * </pre>
 */
public final class BodyReader implements Invocable.Task {

  private static final long DROPPED_AT_MOST = 4L << 20;

  private final Content.Source source;
  private final int limit;
  private final Pace pace;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(1024);
  private final CompletableFuture<Call.Body> body = new CompletableFuture<>();
  private long dropped;
  private long askedAtNs;

  private BodyReader(Content.Source source, int limit, Duration patience) {
    this.source = source;
    this.limit = limit;
    this.pace = new Pace(patience);
  }

  /** Completes with what was sent, or exceptionally when the sender went away or is too slow. */
  public static CompletionStage<Call.Body> read(
      Content.Source source, int limit, Duration patience) {
    BodyReader reader = new BodyReader(source, limit, patience);
    reader.askedAtNs = System.nanoTime();
    reader.run();
    return reader.body;
  }

  /** Takes what is there and asks to be called again. */
  @Override
  public void run() {
    while (true) {
      Content.Chunk chunk = source.read();
      if (chunk == null) {
        askedAtNs = System.nanoTime();
        source.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        body.completeExceptionally(chunk.getFailure());
        return;
      }
      long now = System.nanoTime();
      boolean tooSlow = pace.isTooSlow(now - askedAtNs, chunk.remaining());
      askedAtNs = now;
      take(chunk);
      boolean last = chunk.isLast();
      chunk.release();
      if (last || dropped > DROPPED_AT_MOST) {
        body.complete(new Call.Body(kept.toByteArray(), dropped > 0));
        return;
      }
      if (tooSlow) {
        TimeoutException slow = new TimeoutException("the body comes too slowly");
        source.fail(slow);
        body.completeExceptionally(slow);
        return;
      }
    }
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  private void take(Content.Chunk chunk) {
    byte[] bytes = new byte[Math.min(chunk.remaining(), limit - kept.size())];
    chunk.getByteBuffer().get(bytes);
    kept.writeBytes(bytes);
    dropped += chunk.remaining();
    chunk.skip(chunk.remaining());
  }
}
