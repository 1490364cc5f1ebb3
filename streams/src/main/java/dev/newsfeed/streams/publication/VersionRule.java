package dev.newsfeed.streams.publication;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Change;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.state.ArticleState;
import dev.newsfeed.avro.state.Told;
import dev.newsfeed.schemas.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an event makes of an article, and what the public may see of it.
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
 * withdrawn v3     v4               withdrawn, the event is refused
 * withdrawn v3     v4, restore      v4
 * v4, restored     withdraw v3      v4, the event is stale
 * –                withdraw v3      withdrawn: remembered before the article was ever seen
 * </pre>
 *
 * A withdrawal takes the text out of this state, too. Nothing here reads a clock: the same state,
 * event and moment always give the same decision.
 */
final class VersionRule {

  /** What became of an event. */
  enum Verdict {
    APPLIED,
    DUPLICATE,
    STALE,
    REFUSED
  }

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
        ? ArticleState.newBuilder().setArticleId(event.getArticleId()).build()
        : known;
    return event.getStatus() == Status.canceled
        ? withdraw(state, event, hash, now)
        : revise(state, event, hash, acceptedAt, now);
  }

  /** What the clock alone changes: an embargo ends, an article expires. */
  static Decision tick(ArticleState state, Instant now) {
    return shown(state, null, now);
  }

  private static Decision withdraw(ArticleState state, Article event, String hash, Instant now) {
    long version = event.getVersion();
    if (version == state.getWithdrawnVersion()) {
      return sameVersion(state, hash, state.getWithdrawnHash(), version);
    }
    if (version < state.getWithdrawnVersion() || version < state.getRestoredVersion()) {
      return new Decision(Verdict.STALE, state, null, null);
    }
    ArticleState withdrawn = ArticleState.newBuilder(state)
        .setLatest(null)
        .setWithdrawnVersion(version)
        .setWithdrawnHash(hash)
        .setWithdrawal(event.getWithdrawal())
        .build();
    return shown(withdrawn, event, now);
  }

  private static Decision revise(
      ArticleState state, Article event, String hash, Instant acceptedAt, Instant now) {
    long version = event.getVersion();
    boolean withdrawn = isWithdrawn(state);
    if (version <= state.getWithdrawnVersion()) {
      return new Decision(Verdict.STALE, state, null, null);
    }
    if (version == state.getLatestVersion() && state.getLatest() != null) {
      return sameVersion(state, hash, state.getLatestHash(), version);
    }
    if (version < state.getLatestVersion() || (version == state.getLatestVersion() && !withdrawn)) {
      return new Decision(Verdict.STALE, state, null, null);
    }
    if (withdrawn && !event.getRestore()) {
      return refused(
          state,
          new Problem(
              "withdrawn",
              "version",
              "the article was withdrawn at version "
                  + state.getWithdrawnVersion()
                  + "; a version above it must say restore"));
    }
    ArticleState.Builder revised = ArticleState.newBuilder(state)
        .setLatest(event)
        .setLatestVersion(version)
        .setLatestHash(hash)
        .setCorrections(corrections(state, event));
    if (event.getRestore()) {
      revised.setRestoredVersion(version);
    }
    if (event.getFirstPublished() != null) {
      revised.setFirstPublished(event.getFirstPublished());
    } else if (state.getTold() == null) {
      revised.setFirstPublished(later(acceptedAt, event));
    }
    if (event.getRepublish()) {
      revised.setFeedTime(acceptedAt);
    }
    return shown(revised.build(), event, now);
  }

  private static Decision sameVersion(
      ArticleState state, String hash, @Nullable String known, long version) {
    if (hash.equals(known)) {
      return new Decision(Verdict.DUPLICATE, state, null, null);
    }
    return refused(
        state,
        new Problem(
            "version-conflict",
            "version",
            "version " + version + " is known with other content: has " + known + ", got " + hash));
  }

  private static Decision refused(ArticleState state, Problem problem) {
    return new Decision(Verdict.REFUSED, state, null, problem);
  }

  private static boolean isWithdrawn(ArticleState state) {
    return state.getWithdrawnVersion() > 0
        && state.getWithdrawnVersion() >= state.getRestoredVersion();
  }

  private static List<Correction> corrections(ArticleState state, Article event) {
    List<Correction> corrections = new ArrayList<>(state.getCorrections());
    if (event.getCorrection() != null && !corrections.contains(event.getCorrection())) {
      corrections.add(event.getCorrection());
    }
    return corrections;
  }

  /** Works out what may be seen at this moment, and whether that is news to subscribers. */
  private static Decision shown(ArticleState state, @Nullable Article event, Instant now) {
    if (isWithdrawn(state)) {
      long version = Math.max(state.getWithdrawnVersion(), state.getLatestVersion());
      return notice(state, version, Status.canceled, null, now);
    }
    Article latest = state.getLatest();
    if (latest == null) {
      return applied(state, null, null);
    }
    Instant release = release(state, latest);
    boolean held = latest.getStatus() != Status.usable || release.isAfter(now);
    if (held) {
      Instant due = release.isAfter(now) && latest.getStatus() == Status.usable ? release : null;
      // what was never seen needs no notice; what was must go
      return state.getTold() == null
          ? applied(state, due, null)
          : notice(state, state.getLatestVersion(), Status.withheld, due, now);
    }
    return article(state, latest, event, now);
  }

  private static Decision article(
      ArticleState state, Article latest, @Nullable Article event, Instant now) {
    Instant firstPublished = Objects.requireNonNullElse(state.getFirstPublished(), now);
    Instant feedTime =
        Objects.requireNonNullElse(state.getFeedTime(), later(firstPublished, latest));
    Instant expires = latest.getExpires();
    boolean expired = expires != null && !expires.isAfter(now);
    Told told = new Told(state.getLatestVersion(), Status.usable, expired);
    ArticleState seen = ArticleState.newBuilder(state)
        .setFirstPublished(firstPublished)
        .setFeedTime(feedTime)
        .setTold(told)
        .build();
    Instant due = expired ? null : expires;
    if (told.equals(state.getTold())) {
      return applied(seen, due, null);
    }
    PublishedArticle published = PublishedArticle.newBuilder()
        .setArticleId(latest.getArticleId())
        .setVersion(state.getLatestVersion())
        .setStatus(Status.usable)
        .setChange(change(state.getTold(), expired, event))
        .setChangedAt(now)
        .setFirstPublished(firstPublished)
        .setFeedTime(feedTime)
        .setCorrections(state.getCorrections())
        .setExpired(expired)
        .setArticle(latest)
        .build();
    return applied(seen, due, published);
  }

  private static Decision notice(
      ArticleState state, long version, Status status, @Nullable Instant due, Instant now) {
    Told told = new Told(version, status, false);
    if (told.equals(state.getTold())) {
      return applied(state, due, null);
    }
    PublishedArticle notice = PublishedArticle.newBuilder()
        .setArticleId(state.getArticleId())
        .setVersion(version)
        .setStatus(status)
        .setChange(Change.withdrawn)
        .setChangedAt(now)
        .setWithdrawal(status == Status.canceled ? state.getWithdrawal() : null)
        .build();
    return applied(ArticleState.newBuilder(state).setTold(told).build(), due, notice);
  }

  private static Decision applied(
      ArticleState state, @Nullable Instant due, @Nullable PublishedArticle tell) {
    ArticleState dated = ArticleState.newBuilder(state).setDueAt(due).build();
    return new Decision(Verdict.APPLIED, dated, tell, null);
  }

  private static Change change(@Nullable Told before, boolean expired, @Nullable Article event) {
    if (expired) {
      return Change.expired;
    }
    if (before == null || before.getStatus() != Status.usable || before.getExpired()) {
      return Change.published;
    }
    return event != null && event.getCorrection() != null ? Change.corrected : Change.updated;
  }

  /** When it may be shown: after its embargo, and not before the date it bears. */
  private static Instant release(ArticleState state, Article latest) {
    Instant dated = Objects.requireNonNullElse(state.getFirstPublished(), Instant.MIN);
    return later(dated, latest);
  }

  private static Instant later(Instant dated, Article latest) {
    Instant embargo = latest.getEmbargoedUntil();
    return embargo != null && embargo.isAfter(dated) ? embargo : dated;
  }
}
