package dev.newsfeed.streams.mostread;

/** Reads by network, of one article on one day; open addressing, as there are many. */
final class NetworkCounts {

  private static final int[] NONE = new int[1];

  // one that nothing was added to takes no room: most articles never need theirs
  private int[] networks = NONE;
  private int[] counts = NONE;
  private int size;
  private int largest;

  /**
   * Adds to a network's count.
   *
   * @param network not 0
   */
  void add(int network, int change) {
    if ((size + 1) * 2 > networks.length) {
      grow();
    }
    int at = find(network);
    if (networks[at] == 0) {
      networks[at] = network;
      size++;
    }
    counts[at] += change;
    largest = Math.max(largest, counts[at]);
  }

  int count(int network) {
    return counts[find(network)];
  }

  /** At least the largest count there is: it does not shrink when a count does. */
  int largest() {
    return largest;
  }

  /**
   * How many reads of one network count at most: the largest number that is no more than the floor,
   * or no more than the share of all reads that then count. It grows with the reads of others, and a
   * network cannot raise it by its own reads alone.
   *
   * @param floor what counts from any network
   * @param percent of all reads that count, 0 to 100
   * @param others reads that are known to come from no network
   */
  int cap(int floor, int percent, int others) {
    int cap = largest;
    while (cap > floor) {
      long counted = others;
      for (int count : counts) {
        counted += Math.min(count, cap);
      }
      int allowed = Math.max(floor, (int) (counted * percent / 100));
      if (allowed >= cap) {
        return cap;
      }
      cap = allowed;
    }
    return floor;
  }

  private int find(int network) {
    int mask = networks.length - 1;
    int at = ((network * 0x9E3779B9) >>> 7) & mask;
    while (networks[at] != 0 && networks[at] != network) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] formerNetworks = networks;
    int[] formerCounts = counts;
    networks = new int[Math.max(32, formerNetworks.length * 2)];
    counts = new int[networks.length];
    for (int i = 0; i < formerNetworks.length; i++) {
      if (formerNetworks[i] != 0) {
        int at = find(formerNetworks[i]);
        networks[at] = formerNetworks[i];
        counts[at] = formerCounts[i];
      }
    }
  }
}
