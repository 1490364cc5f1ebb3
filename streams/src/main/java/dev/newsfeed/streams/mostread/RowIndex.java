package dev.newsfeed.streams.mostread;

import java.util.SplittableRandom;

/**
 * Rows by a number that they hold. Several rows may hold one number, and one that is found may hold
 * another whose hash is the same: whoever asks looks into the row.
 *
 * <pre>
 * hash, 32 bits │ row + 1, 32        open addressing; 0: free
 * </pre>
 *
 * The hash stands in the index, so that a search goes through memory that lies side by side, and
 * looks into a row only where that is likely the one. It begins with a number that is drawn anew at
 * each start: who can choose what is indexed cannot choose it so that all of it collides.
 */
final class RowIndex {

  private static final long SEED = new SplittableRandom().nextLong();
  private static final int NONE = -1;

  private long[] entries;
  private int size;

  /** An index with room for so many rows, and somewhat more. */
  RowIndex(int rows) {
    entries = new long[Integer.highestOneBit(Math.max(8, rows) * 2)];
  }

  void add(long key, int row) {
    if ((size + 1) * 3L > entries.length * 2L) {
      grow();
    }
    insert((long) hash(key) << 32 | (row + 1));
    size++;
  }

  private void insert(long entry) {
    int mask = entries.length - 1;
    int at = home(entry) & mask;
    while (entries[at] != 0) {
      at = (at + 1) & mask;
    }
    entries[at] = entry;
  }

  private void grow() {
    long[] former = entries;
    entries = new long[former.length * 2];
    for (long entry : former) {
      if (entry != 0) {
        insert(entry);
      }
    }
  }

  /** The place of the first row that may hold this number; -1: there is none. */
  int first(long key) {
    int hash = hash(key);
    return search(hash, hash & (entries.length - 1));
  }

  /** The place of the next such row; -1: there is none. */
  int next(int place, long key) {
    return search(hash(key), (place + 1) & (entries.length - 1));
  }

  private int search(int hash, int from) {
    int mask = entries.length - 1;
    for (int at = from; entries[at] != 0; at = (at + 1) & mask) {
      if (home(entries[at]) == hash) {
        return at;
      }
    }
    return NONE;
  }

  int row(int place) {
    return (int) entries[place] - 1;
  }

  /** Another row that holds the same number takes the place. */
  void replace(int place, int row) {
    entries[place] = (entries[place] & ~0xffffffffL) | (row + 1);
  }

  /** Takes a row out; others may move to other places. */
  void remove(int place) {
    int mask = entries.length - 1;
    int free = place;
    // who stands behind and could not have its own place may have this one now
    for (int at = (free + 1) & mask; entries[at] != 0; at = (at + 1) & mask) {
      int fromHome = (at - home(entries[at])) & mask;
      if (fromHome >= ((at - free) & mask)) {
        entries[free] = entries[at];
        free = at;
      }
    }
    entries[free] = 0;
    size--;
  }

  private static int home(long entry) {
    return (int) (entry >>> 32);
  }

  private static int hash(long key) {
    long hash = (key ^ SEED) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
    return (int) (hash >>> 32);
  }
}
