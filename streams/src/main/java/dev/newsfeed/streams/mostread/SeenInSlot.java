package dev.newsfeed.streams.mostread;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The visitors of one article in one slot. What was added since the last commit is kept apart, so
 * that the changelog gets each visitor once instead of the whole set again and again.
 *
 * <pre>
 * a1|slot|0 → visitors of the first commit
 * a1|slot|1 → visitors of the second commit
 * </pre>
 */
final class SeenInSlot {

  private final LongSet visitors = new LongSet();
  private long[] added = new long[4];
  private int addedSize;
  private int chunks;

  /** Whether it was new. */
  boolean add(long visitor) {
    if (!visitors.add(visitor)) {
      return false;
    }
    if (addedSize == added.length) {
      added = Arrays.copyOf(added, addedSize * 2);
    }
    added[addedSize++] = visitor;
    return true;
  }

  boolean hasAdded() {
    return addedSize > 0;
  }

  /** How many records of the changelog it is spread over. */
  int chunks() {
    return chunks;
  }

  /** What was added since the last call, as the chunk that now follows the others. */
  ByteBuffer nextChunk() {
    ByteBuffer chunk = ByteBuffer.allocate(addedSize * Long.BYTES);
    for (int i = 0; i < addedSize; i++) {
      chunk.putLong(added[i]);
    }
    addedSize = 0;
    if (added.length > 64) {
      added = new long[4];
    }
    chunks++;
    return chunk.flip();
  }

  void restore(int chunk, ByteBuffer visitorsOfChunk) {
    ByteBuffer in = visitorsOfChunk.duplicate();
    while (in.hasRemaining()) {
      visitors.add(in.getLong());
    }
    chunks = Math.max(chunks, chunk + 1);
  }
}
