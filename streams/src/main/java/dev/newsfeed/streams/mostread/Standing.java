package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.state.Listing;
import org.jspecify.annotations.Nullable;

/** Whether an article may be listed at a moment, whatever it was read; and if not, why. */
enum Standing {
  /** Nothing is published under this id, or it was withdrawn. */
  UNPUBLISHED,
  /** It is withheld, or it has expired. */
  NOT_SHOWN,
  /** An editor has decided so. */
  EXCLUDED,
  /** An editor has decided so for its section. */
  SECTION_EXCLUDED,
  /** An editor has given it a rank. It needs no reads. */
  PINNED,
  /** It says itself that it is not for most-read. */
  NOT_MEANT,
  /** It was published too long ago. */
  TOO_OLD,
  /** It is listed when it has reads enough. */
  BY_READS;

  /**
   * The standing of an article.
   *
   * @param listing null: not published
   * @param rules for the age limit where editors have set none
   */
  static Standing of(
      String articleId, @Nullable Listing listing, Controls controls, ListRules rules, long nowMs) {
    if (listing == null) {
      return UNPUBLISHED;
    } else if (!listing.getUsable()) {
      return NOT_SHOWN;
    }
    Control own = controls.article(articleId);
    if (own != null && own.getExcluded()) {
      return EXCLUDED;
    }
    Label section = listing.getSection();
    if (section != null && controls.excludes(section.getSlug())) {
      return SECTION_EXCLUDED;
    } else if (controls.pins(articleId)) {
      return PINNED;
    } else if (!listing.getEligible()) {
      return NOT_MEANT;
    }
    long ageMs = nowMs - listing.getFeedTime().toEpochMilli();
    return ageMs > AgeLimit.of(articleId, listing, controls, rules).ms() ? TOO_OLD : BY_READS;
  }
}
