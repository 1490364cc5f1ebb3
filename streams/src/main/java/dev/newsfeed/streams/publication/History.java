package dev.newsfeed.streams.publication;

import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.avro.state.Revision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an article's versions come to when each is taken as having come in its turn, whenever it
 * really came:
 *
 * <pre>
 *      accepted  says                          shown        place     corrections
 * v1   10:00     embargo 12:00                 12:00–13:00  12:00
 * v2   13:00     correction "misspelt"         13:00–15:00  12:00     misspelt
 * v3   15:00     republish                     15:00–16:00  15:00     misspelt
 * v4   16:00     withdrawal                                           (erased with the text)
 * v5   17:00     an autosave: v4 blocks it
 * v6   18:00     restore                       18:00–       15:00
 * </pre>
 *
 * A version counts as accepted no later than those above it. So the history is a function of the set
 * of versions: their order of arrival, and how often each came, make no difference.
 *
 * @param withdrawnVersion highest withdrawal; 0: none
 * @param restoredVersion highest version that said restore; 0: none
 * @param firstPublished the date that the highest version with a date bears
 * @param firstShown when it came to be seen first; null: not yet
 * @param feedTime its place in feeds; null: not yet seen
 * @param movesUp republished by a version that was itself never seen: the next one that is moves up
 * @param corrections oldest first; those of withdrawn versions are gone
 * @param addresses at which it was seen, oldest first; those of withdrawn versions are gone
 */
record History(
    long withdrawnVersion,
    long restoredVersion,
    @Nullable Instant firstPublished,
    @Nullable Instant firstShown,
    @Nullable Instant feedTime,
    boolean movesUp,
    List<Correction> corrections,
    List<String> addresses) {

  /** Beyond them the oldest go: with an article of 1 MiB they must fit one record of 2 MiB. */
  private static final int MAX_CORRECTIONS = 100;

  private static final int MAX_CORRECTION_CHARACTERS = 100_000;
  private static final int MAX_ADDRESSES = 50;

  /** Whether the clock has passed a date. */
  interface Past {
    boolean reached(Instant date);
  }

  /** All that an article's state knows, by now. */
  static History of(ArticleState state, Past past) {
    History history = folded(state);
    List<Revision> revisions = state.getRevisions();
    for (int i = 0; i < revisions.size(); i++) {
      history = history.and(
          revisions.get(i), acceptedBy(revisions, i), acceptedBy(revisions, i + 1), past);
    }
    return history;
  }

  /** What the versions came to that are no longer known one by one. */
  static History folded(ArticleState state) {
    return new History(
        state.getWithdrawnVersion(),
        state.getRestoredVersion(),
        state.getFirstPublished(),
        state.getFirstShown(),
        state.getFeedTime(),
        state.getMovesUp(),
        state.getCorrections(),
        state.getAddresses());
  }

  /** The history after the lowest of these revisions, which is about to be forgotten. */
  History andLowest(List<Revision> revisions) {
    return and(revisions.get(0), acceptedBy(revisions, 0), acceptedBy(revisions, 1), date -> true);
  }

  /** The earliest acceptance among a revision and those above; the end of time above the last. */
  private static Instant acceptedBy(List<Revision> revisions, int from) {
    Instant earliest = Instant.MAX;
    for (Revision revision : revisions.subList(from, revisions.size())) {
      earliest = revision.getAcceptedAt().isBefore(earliest) ? revision.getAcceptedAt() : earliest;
    }
    return earliest;
  }

  private History and(Revision revision, Instant acceptedAt, Instant supersededAt, Past past) {
    if (revision.getStatus() == Status.canceled) {
      return new History(
          revision.getVersion(),
          restoredVersion,
          firstPublished,
          firstShown,
          feedTime,
          movesUp,
          List.of(),
          List.of());
    }
    long restored = revision.getRestore() ? revision.getVersion() : restoredVersion;
    if (withdrawnVersion > 0 && withdrawnVersion >= restored) {
      return this; // blocked
    }
    Instant dated =
        revision.getFirstPublished() == null ? firstPublished : revision.getFirstPublished();
    History said = new History(
        withdrawnVersion,
        restored,
        dated,
        firstShown,
        feedTime,
        movesUp || revision.getRepublish(),
        bounded(with(corrections, revision.getCorrection(), MAX_CORRECTIONS)),
        addresses);
    Instant release = later(dated, revision.getEmbargoedUntil());
    boolean open = supersededAt.equals(Instant.MAX);
    boolean shown = revision.getStatus() == Status.usable
        && (open ? past.reached(release) : !release.isAfter(supersededAt));
    return shown ? said.shown(revision, acceptedAt, release) : said;
  }

  private History shown(Revision revision, Instant acceptedAt, Instant release) {
    Instant embargo = revision.getEmbargoedUntil();
    Instant from = later(acceptedAt, release);
    Instant place = later(
        feedTime != null ? feedTime : firstPublished != null ? firstPublished : acceptedAt,
        embargo);
    return new History(
        withdrawnVersion,
        restoredVersion,
        firstPublished,
        firstShown == null ? later(acceptedAt, embargo) : firstShown,
        movesUp ? later(place, from) : place,
        false,
        corrections,
        with(addresses, revision.getUrl(), MAX_ADDRESSES));
  }

  /** Whether it is withdrawn and nobody has restored it since. */
  boolean isWithdrawn() {
    return withdrawnVersion > 0 && withdrawnVersion >= restoredVersion;
  }

  private static List<Correction> bounded(List<Correction> corrections) {
    int characters = corrections.stream().mapToInt(c -> c.getText().length()).sum();
    int from = 0;
    while (characters > MAX_CORRECTION_CHARACTERS) {
      characters -= corrections.get(from++).getText().length();
    }
    return from == 0 ? corrections : List.copyOf(corrections.subList(from, corrections.size()));
  }

  private static <T> List<T> with(List<T> list, @Nullable T more, int atMost) {
    if (more == null || list.contains(more)) {
      return list;
    }
    List<T> longer = new ArrayList<>(list);
    longer.add(more);
    return List.copyOf(longer.size() > atMost ? longer.subList(1, longer.size()) : longer);
  }

  /** The later of two dates; one that is missing lies before every other. */
  static Instant later(@Nullable Instant one, @Nullable Instant other) {
    Instant first = one == null ? Instant.MIN : one;
    return other == null || other.isBefore(first) ? first : other;
  }
}
