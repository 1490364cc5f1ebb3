package dev.newsfeed.streams.mostread;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Counts by time, in buckets of one length, which are numbered from 1970 on.
 *
 * <pre>
 * one-minute buckets          number  29_612_345  29_612_346  29_612_390
 *                             count            3           1          12
 * </pre>
 *
 * Sparse: a bucket without a count is not kept. Adding to the latest bucket, as nearly every click
 * does, looks at one number; a late click finds its place by binary search.
 */
final class BucketCounts {

  private static final int MAX_VARINT = 10;

  private final long lengthMs;
  private int[] numbers = new int[2];
  private int[] counts = new int[2];
  private int size;

  BucketCounts(long lengthMs) {
    this.lengthMs = lengthMs;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * Adds to the bucket of a time.
   *
   * @param change what is taken out of a bucket that has been dropped is not missed
   */
  void add(long timeMs, int change) {
    addTo((int) Math.floorDiv(timeMs, lengthMs), change);
  }

  private void addTo(int number, int change) {
    int at = size > 0 && numbers[size - 1] == number ? size - 1 : find(number);
    if (at >= 0) {
      counts[at] += change;
    } else if (change > 0) {
      insert(-at - 1, number, change);
    }
  }

  private int find(int number) {
    return Arrays.binarySearch(numbers, 0, size, number);
  }

  private void insert(int at, int number, int count) {
    if (size == numbers.length) {
      int length = size + Math.max(2, size / 2);
      numbers = Arrays.copyOf(numbers, length);
      counts = Arrays.copyOf(counts, length);
    }
    System.arraycopy(numbers, at, numbers, at + 1, size - at);
    System.arraycopy(counts, at, counts, at + 1, size - at);
    numbers[at] = number;
    counts[at] = count;
    size++;
  }

  /** Sum of the buckets that begin within the span. Its bounds are bounds of buckets. */
  long sum(ReadWindow.Span span) {
    long sum = 0;
    long end = Math.floorDiv(span.endMs(), lengthMs);
    for (int i = from((int) Math.floorDiv(span.startMs(), lengthMs));
        i < size && numbers[i] < end;
        i++) {
      sum += counts[i];
    }
    return sum;
  }

  /** Forgets buckets that begin before this time; whether there were any. */
  boolean dropBefore(long timeMs) {
    int kept = from((int) Math.floorDiv(timeMs, lengthMs));
    if (kept == 0) {
      return false;
    }
    size -= kept;
    System.arraycopy(numbers, kept, numbers, 0, size);
    System.arraycopy(counts, kept, counts, 0, size);
    return true;
  }

  private int from(int number) {
    int at = find(number);
    return at >= 0 ? at : -at - 1;
  }

  /** As the changelog keeps it; see {@code CountedArticle.avsc}. */
  ByteBuffer packed() {
    ByteBuffer out = ByteBuffer.allocate(size * 2 * MAX_VARINT);
    long before = 0;
    for (int i = 0; i < size; i++) {
      putVarint(out, numbers[i] - before);
      putVarint(out, counts[i]);
      before = numbers[i];
    }
    return out.flip();
  }

  static BucketCounts unpacked(long lengthMs, ByteBuffer packed) {
    BucketCounts buckets = new BucketCounts(lengthMs);
    ByteBuffer in = packed.duplicate();
    int number = 0;
    while (in.hasRemaining()) {
      number += (int) getVarint(in);
      buckets.addTo(number, (int) getVarint(in));
    }
    return buckets;
  }

  private static void putVarint(ByteBuffer out, long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static long getVarint(ByteBuffer in) {
    long rest = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      rest |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return (rest >>> 1) ^ -(rest & 1);
      }
    }
  }
}
