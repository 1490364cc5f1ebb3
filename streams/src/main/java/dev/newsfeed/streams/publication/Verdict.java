package dev.newsfeed.streams.publication;

/** What became of an event. */
public enum Verdict {
  /** It is the newest version, a withdrawal, or brings a withdrawn article back. */
  APPLIED,
  /** The version was known with the same content. */
  DUPLICATE,
  /** A higher version came before it, or a withdrawal covers it. */
  STALE,
  /** It is kept on {@code rejected}, with the reason. */
  REFUSED
}
