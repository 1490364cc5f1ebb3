package dev.newsfeed.streams.mostread;

/**
 * A growing set of 64-bit hashes, by open addressing with linear probing: 16 to 32 bytes of heap a
 * value, where a set of boxed numbers takes about 60.
 */
final class LongSet {

  private long[] slots = new long[4];
  private int size;
  private boolean hasZero;

  /** Whether it was new. */
  boolean add(long value) {
    if (value == 0) {
      boolean isNew = !hasZero;
      hasZero = true;
      return isNew;
    }
    if (size * 2 >= slots.length) {
      grow();
    }
    return put(value);
  }

  private boolean put(long value) {
    int mask = slots.length - 1;
    int at = spread(value) & mask;
    while (slots[at] != 0) {
      if (slots[at] == value) {
        return false;
      }
      at = (at + 1) & mask;
    }
    slots[at] = value;
    size++;
    return true;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    size = 0;
    for (long value : old) {
      if (value != 0) {
        put(value);
      }
    }
  }

  /** Whoever can choose the hashes must not be able to make one long chain of them. */
  private static int spread(long value) {
    return (int) ((value * 0x9E3779B97F4A7C15L) >>> 32);
  }
}
