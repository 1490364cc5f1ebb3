package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An article's place in one list, or its absence: what follows from its own clicks, and what the list
 * as it was published says.
 *
 * <pre>
 * key                  reads  because    needs  entry
 * today/all            12     READS      0      rank 3, 12 reads
 * now/all              4      TOO_FEW    8      –                    last is b7 with 7 reads
 * now/section/world    4      READS      0      rank 9, 4 reads
 * </pre>
 *
 * @param key of the list
 * @param start of the list's window, inclusive
 * @param end exclusive
 * @param reads of the article in the window, counted again
 * @param refused clicks on it in the window that were not counted, by reason
 * @param needs how many reads it would need in all; 0 where reads do not matter or are enough
 * @param decision what an editor has decided that leads to this; null: nothing
 * @param ageLimit that it is held against; null where its age does not matter
 * @param list as it was published; null: there is none
 * @param entry the article's in it; null: it is not listed
 * @param last what stands lowest by its reads in a list that is full; null where there is room, and
 *     where all that stands there is pinned
 */
public record Placing(
    String articleId,
    String key,
    ReadWindow window,
    String scope,
    Instant start,
    Instant end,
    long reads,
    Map<String, Long> refused,
    Because because,
    long needs,
    @Nullable Control decision,
    @Nullable AgeLimit ageLimit,
    @Nullable MostReadList list,
    @Nullable MostReadEntry entry,
    @Nullable MostReadEntry last) {

  /** Why an article should stand in a list, or should not. */
  public enum Because {
    /** It has reads enough. */
    READS,
    /** An editor has given it a rank. */
    PINNED,
    /** An editor has given it a rank, and others all that are left from there on. */
    CROWDED_OUT,
    /** Nothing is published under this id, or it was withdrawn. */
    NOT_PUBLISHED,
    /** It is withheld, or it has expired. */
    NOT_SHOWN,
    /** An editor has decided so. */
    EXCLUDED,
    /** An editor has decided so for its section. */
    SECTION_EXCLUDED,
    /** An editor has decided that the section of this list has no list. */
    LIST_EXCLUDED,
    /** It says itself that it is not for most-read. */
    NOT_ELIGIBLE,
    /** It was published too long ago. */
    TOO_OLD,
    /** It has fewer reads than any listed article needs. */
    BELOW_FLOOR,
    /** The list is full of others with more. */
    TOO_FEW,
    /** The list is not one of its scopes. */
    OTHER_SCOPE;

    /** Whether it should stand in the list. */
    public boolean isListed() {
      return this == READS || this == PINNED;
    }
  }

  /** Whether the list as it was published says the same about the article. */
  public boolean agrees() {
    if (entry == null) {
      return !because.isListed();
    }
    return because.isListed()
        && entry.getReads() == reads
        && entry.getPinned() == (because == Because.PINNED);
  }

  /** Whether nobody should take the list for a current one any more. */
  public boolean isStale(Instant now) {
    return list != null && !list.getStaleAfter().isAfter(now);
  }
}
