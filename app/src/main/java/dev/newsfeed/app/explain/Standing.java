package dev.newsfeed.app.explain;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the public sees of an article now, and since or until when.
 *
 * @param version the one that decides; 0 where none does
 * @param since null where nothing was ever public
 * @param until when its embargo ends; null where there is none
 * @param article what its feeds follow from; null where no topic has its text any more
 */
record Standing(
    State state,
    long version,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable Article article) {

  enum State {
    PUBLISHED,
    EMBARGOED,
    WITHHELD,
    WITHDRAWN,
    EXPIRED,
    /** On its way: accepted by the intake, and nothing decided yet. */
    WAITING,
    /** Never accepted. */
    REFUSED,
    /** No topic has heard of it. */
    UNKNOWN
  }

  static Standing of(Findings found, Rerun rerun) {
    PublishedArticle published = found.published();
    if (published == null) {
      Article latest = rerun.lastApplied();
      return latest == null ? unheardOf(found, rerun) : neverPublic(latest, rerun.nextChange());
    }
    long version = published.getVersion();
    Instant since = published.getChangedAt();
    return switch (published.getStatus()) {
      case usable ->
        new Standing(
            published.getExpired() ? State.EXPIRED : State.PUBLISHED,
            version,
            since,
            null,
            published.getArticle());
      case withheld -> {
        Article text = rerun.told(version);
        boolean embargoed = text != null && text.getStatus() == Status.usable;
        yield new Standing(
            embargoed ? State.EMBARGOED : State.WITHHELD,
            version,
            since,
            embargoed ? rerun.nextChange() : null,
            text);
      }
      case canceled -> {
        // the notice bears the highest version of all, which may be one that was refused since
        Article withdrawal = rerun.lastWithdrawal();
        long withdrawn = withdrawal == null ? version : withdrawal.getVersion();
        yield new Standing(State.WITHDRAWN, withdrawn, since, null, rerun.lastText());
      }
    };
  }

  /** Whether it stands in the feeds that it names. */
  boolean listed() {
    return state == State.PUBLISHED;
  }

  private static Standing unheardOf(Findings found, Rerun rerun) {
    boolean waiting =
        rerun.versions().stream().anyMatch(v -> v.verdict() == Version.Verdict.WAITING);
    boolean nothing = rerun.versions().isEmpty() && found.refusals().isEmpty();
    State state = waiting ? State.WAITING : nothing ? State.UNKNOWN : State.REFUSED;
    return new Standing(state, 0, null, null, null);
  }

  private static Standing neverPublic(Article latest, @Nullable Instant release) {
    long version = latest.getVersion();
    return switch (latest.getStatus()) {
      case canceled -> new Standing(State.WITHDRAWN, version, null, null, null);
      case withheld -> new Standing(State.WITHHELD, version, null, null, latest);
      case usable ->
        new Standing(
            release == null ? State.WAITING : State.EMBARGOED, version, null, release, latest);
    };
  }
}
