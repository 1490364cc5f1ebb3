package dev.newsfeed.streams.feeds;

import dev.newsfeed.avro.FeedEntry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What the head of a feed shows at most; it ends at whichever is reached first.
 *
 * @param entries how many
 * @param bytes of all entries together; a record larger than its topic takes would stop the job
 */
public record HeadSize(int entries, int bytes) {

  /** A hundred, in three quarters of what the topic takes: no usual entry comes near. */
  public static final HeadSize USUAL = new HeadSize(100, 1_536 * 1024);

  /** The first of these entries; asks for none that it does not need, but one that does not fit. */
  List<FeedEntry> fitting(Iterator<FeedEntry> all) {
    List<FeedEntry> fitting = new ArrayList<>();
    int taken = 0;
    while (fitting.size() < entries && all.hasNext()) {
      FeedEntry next = all.next();
      taken += EncodedSize.atMost(next);
      if (taken > bytes) {
        break;
      }
      fitting.add(next);
    }
    return fitting;
  }
}
