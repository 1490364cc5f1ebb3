package dev.newsfeed.streams.publication;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.avro.state.Revision;
import dev.newsfeed.schemas.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an event makes of an article.
 *
 * <p>Events arrive late, twice and out of order; versions tell which is newer:
 *
 * <pre>
 * known            event            becomes
 * –                v1               v1
 * v3               v2               v3, the event is stale
 * v3               v3, same text    v3, the event is a duplicate
 * v3               v3, other text   v3, the event is refused
 * v3               withdraw v3      withdrawn (a kill wins at its own version …)
 * v5               withdraw v3      withdrawn (… and over what came after it unasked)
 * withdrawn v3     v5               withdrawn, the event is refused
 * withdrawn v3     v4, restore      v4
 * v5, withdrawn v3 v4, restore      v5: it came after the restore in the newsroom, if not here
 * v4, restored     withdraw v3      v4, the event is stale
 * –                withdraw v3      withdrawn: remembered before the article was ever seen
 * </pre>
 *
 * The state is the set of versions, so any order and repetition of the same events ends the same.
 * The text of what a withdrawal blocks is taken out of it at once. The text of a higher version,
 * which a restore still on its way may have allowed, waits {@link #SETTLE}; after that a restore needs
 * a version above it. Nothing here reads a clock: the same state, event and moment always give the same
 * decision.
 */
final class VersionRule {

  /**
   * The decision on one event.
   *
   * @param state the article's state afterwards
   * @param tell what subscribers must be told now; null: nothing new
   * @param problem why the event was refused; null unless it was
   */
  record Decision(
      Verdict verdict,
      ArticleState state,
      @Nullable PublishedArticle tell,
      @Nullable Problem problem) {}

  /** Longer than any sender goes on trying to deliver an event. */
  static final Duration SETTLE = Duration.ofMinutes(10);

  /** Versions known one by one; what those below came to is kept as a whole. */
  static final int KEPT_REVISIONS = 32;

  private VersionRule() {}

  /**
   * Decides on an event.
   *
   * @param known null when the article was never heard of
   * @param hash of the event's content; equal content has equal hashes
   * @param acceptedAt when the event was acknowledged: the date of an article that bears none, so that
   *     it is the same however late or often the event is processed
   */
  static Decision apply(
      @Nullable ArticleState known, Article event, String hash, Instant acceptedAt, Instant now) {
    ArticleState state = known == null
        ? ArticleState.newBuilder()
            .setArticleId(event.getArticleId())
            .setFoldedVersion(0)
            .build()
        : known;
    if (event.getVersion() <= foldedVersion(state)) {
      return shown(Verdict.STALE, state, null, now);
    }
    Revision revision = revision(event, hash, acceptedAt);
    int at = find(state.getRevisions(), revision);
    if (at >= 0) {
      return again(state, at, revision, now);
    }
    return event.getStatus() == Status.canceled
        ? withdraw(state, event, revision, now)
        : revise(state, event, revision, now);
  }

  /** What the clock alone changes: an embargo ends, an article expires, a text is erased. */
  static Decision tick(ArticleState state, Instant now) {
    return shown(Verdict.APPLIED, state, null, now);
  }

  /** A version that is known already. */
  private static Decision again(ArticleState state, int at, Revision again, Instant now) {
    Revision known = state.getRevisions().get(at);
    if (!known.getHash().equals(again.getHash())) {
      return new Decision(
          Verdict.REFUSED,
          state,
          null,
          new Problem(
              "version-conflict",
              "version",
              "version " + known.getVersion() + " is known with other content: has "
                  + known.getHash() + ", got " + again.getHash()));
    }
    if (!again.getAcceptedAt().isBefore(known.getAcceptedAt())) {
      return new Decision(Verdict.DUPLICATE, state, null, null);
    }
    // a repetition overtook the first sending, whose date counts
    List<Revision> revisions = new ArrayList<>(state.getRevisions());
    revisions.set(
        at, Revision.newBuilder(known).setAcceptedAt(again.getAcceptedAt()).build());
    return shown(
        Verdict.DUPLICATE,
        ArticleState.newBuilder(state).setRevisions(revisions).build(),
        null,
        now);
  }

  private static Decision withdraw(
      ArticleState state, Article event, Revision revision, Instant now) {
    long version = event.getVersion();
    History before = History.of(state, date -> true);
    if (version < before.withdrawnVersion()) {
      return shown(Verdict.STALE, with(state, revision), null, now);
    }
    ArticleState withdrawn = Erasure.upTo(
        version,
        ArticleState.newBuilder(with(state, revision))
            .setWithdrawal(event.getWithdrawal())
            .build());
    Verdict verdict = version < before.restoredVersion() ? Verdict.STALE : Verdict.APPLIED;
    return shown(verdict, waiting(withdrawn, now), null, now);
  }

  private static Decision revise(
      ArticleState state, Article event, Revision revision, Instant now) {
    long version = event.getVersion();
    History before = History.of(state, date -> true);
    if (version <= before.withdrawnVersion()) {
      return shown(Verdict.STALE, with(state, Erasure.of(revision)), null, now);
    }
    boolean newest = version > state.getLatestVersion();
    if (before.isWithdrawn() && event.getRestore() && !newest && state.getLatest() == null) {
      return new Decision(
          Verdict.REFUSED,
          state,
          null,
          new Problem(
              "text-erased",
              "version",
              "version " + state.getLatestVersion()
                  + " came after the withdrawal and its text is gone: restore with a version above it"));
    }
    ArticleState known = with(state, revision);
    ArticleState revised = newest
        ? ArticleState.newBuilder(known)
            .setLatest(event)
            .setLatestVersion(version)
            .build()
        : known;
    if (before.isWithdrawn() && !event.getRestore()) {
      return shown(
          Verdict.REFUSED,
          waiting(revised, now),
          new Problem(
              "withdrawn",
              "version",
              "the article was withdrawn at version " + before.withdrawnVersion()
                  + "; a version above it must say restore"),
          now);
    }
    Verdict verdict = newest || before.isWithdrawn() ? Verdict.APPLIED : Verdict.STALE;
    return shown(verdict, ArticleState.newBuilder(revised).setEraseAt(null).build(), null, now);
  }

  /** Sets the time after which a text above a withdrawal is given up. */
  private static ArticleState waiting(ArticleState state, Instant now) {
    boolean waits = state.getLatest() != null && History.of(state, date -> true).isWithdrawn();
    Instant until = state.getEraseAt() == null ? now.plus(SETTLE) : state.getEraseAt();
    return ArticleState.newBuilder(state).setEraseAt(waits ? until : null).build();
  }

  private static Decision shown(
      Verdict verdict, ArticleState state, @Nullable Problem problem, Instant now) {
    ArticleState counted = verdict == Verdict.STALE
        ? ArticleState.newBuilder(state).setStale(state.getStale() + 1).build()
        : state;
    Instant eraseAt = counted.getEraseAt();
    boolean settled = eraseAt != null && !eraseAt.isAfter(now);
    ArticleState kept = folded(settled ? Erasure.upTo(Long.MAX_VALUE, counted) : counted);
    Appearance appearance = Appearance.of(kept, now);
    return new Decision(verdict, appearance.state(), appearance.tell(), problem);
  }

  private static Revision revision(Article event, String hash, Instant acceptedAt) {
    return Revision.newBuilder()
        .setVersion(event.getVersion())
        .setHash(hash)
        .setAcceptedAt(acceptedAt)
        .setStatus(event.getStatus())
        .setRestore(event.getRestore())
        .setRepublish(event.getRepublish())
        .setFirstPublished(event.getFirstPublished())
        .setEmbargoedUntil(event.getEmbargoedUntil())
        .setCorrection(event.getCorrection())
        .setUrl(event.getUrl())
        .build();
  }

  private static int find(List<Revision> revisions, Revision revision) {
    for (int i = 0; i < revisions.size(); i++) {
      if (order(revisions.get(i)) == order(revision)) {
        return i;
      }
    }
    return -1;
  }

  private static ArticleState with(ArticleState state, Revision revision) {
    List<Revision> revisions = new ArrayList<>(state.getRevisions());
    int at = 0;
    while (at < revisions.size() && order(revisions.get(at)) < order(revision)) {
      at++;
    }
    revisions.add(at, revision);
    return ArticleState.newBuilder(state)
        .setRevisions(revisions)
        .setFoldedVersion(foldedVersion(state))
        .build();
  }

  /** Versions ascending, a withdrawal behind an article of the same version. */
  private static long order(Revision revision) {
    return 2 * revision.getVersion() + (revision.getStatus() == Status.canceled ? 1 : 0);
  }

  /** Forgets the lowest versions but for what they came to: a live blog has thousands. */
  private static ArticleState folded(ArticleState state) {
    if (state.getRevisions().size() <= KEPT_REVISIONS) {
      return state;
    }
    List<Revision> revisions = new ArrayList<>(state.getRevisions());
    History history = History.folded(state);
    long foldedVersion = state.getFoldedVersion();
    while (revisions.size() > KEPT_REVISIONS) {
      history = history.andLowest(revisions);
      foldedVersion = revisions.remove(0).getVersion();
    }
    return ArticleState.newBuilder(state)
        .setRevisions(revisions)
        .setFoldedVersion(foldedVersion)
        .setWithdrawnVersion(history.withdrawnVersion())
        .setRestoredVersion(history.restoredVersion())
        .setFirstPublished(history.firstPublished())
        .setFirstShown(history.firstShown())
        .setFeedTime(history.feedTime())
        .setMovesUp(history.movesUp())
        .setCorrections(history.corrections())
        .setAddresses(history.addresses())
        .build();
  }

  private static long foldedVersion(ArticleState state) {
    return state.getFoldedVersion() >= 0
        ? state.getFoldedVersion()
        : Math.max(state.getLatestVersion(), state.getWithdrawnVersion());
  }
}
