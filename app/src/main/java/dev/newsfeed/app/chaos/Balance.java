package dev.newsfeed.app.chaos;

import java.time.Instant;

/**
 * What the books say at one moment. Articles are counted by version: a story that was corrected once is
 * two.
 *
 * @param at until when the topics were read for it
 * @param accepted versions of articles that the intake has confirmed
 * @param published those of them that the public sees, or a later one
 * @param inFeeds those that stand in the feed of all news as they should
 * @param sent clicks that the intake has taken
 * @param sentAgain those of them that were sent once more, because a kill could have lost them
 * @param written those that stand on the topic
 * @param onTopic records on the topic, further copies and others' clicks among them
 * @param counted clicks that the list of this week has judged: as reads, or refused by some reason
 * @param lost what has had its time and is not where it must be
 * @param twice what is somewhere more often than it was sent
 */
public record Balance(
    Instant at,
    long accepted,
    long published,
    long inFeeds,
    long sent,
    long sentAgain,
    long written,
    long onTopic,
    long counted,
    long lost,
    long twice) {

  /** Nothing yet. */
  public static Balance opening(Instant at) {
    return new Balance(at, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** What was accepted and is not everywhere yet. */
  public long underWay() {
    return accepted - inFeeds + sent - written + Math.max(0, onTopic - counted);
  }

  /** Nothing is missing, nothing is there too often. */
  public boolean closes() {
    return lost == 0 && twice == 0;
  }

  /** For a terminal. */
  @Override
  public String toString() {
    return ("articles accepted %,d, published %,d, in the feeds %,d · clicks sent %,d, on the topic"
            + " %,d, counted %,d of %,d · under way %,d · lost %,d · twice %,d")
        .formatted(
            accepted, published, inFeeds, sent, written, counted, onTopic, underWay(), lost, twice);
  }
}
