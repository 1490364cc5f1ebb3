package dev.newsfeed.gateway.push;

/** What a feed shows now, for a subscriber who has to start afresh. */
public interface Snapshots {

  /** Its first entries as JSON; of a feed that does not exist, none. */
  byte[] of(String feedId);
}
