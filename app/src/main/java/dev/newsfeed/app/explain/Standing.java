package dev.newsfeed.app.explain;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import java.time.Instant;
import java.util.List;
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

  static Standing of(Findings found, List<Version> versions) {
    Version decides = decides(versions);
    Article latest = decides == null ? null : decides.article();
    PublishedArticle published = found.published();
    if (published == null) {
      return latest == null ? unheardOf(found, versions) : neverPublic(latest, found.at());
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
      case withheld ->
        latest != null && held(latest, found.at())
            ? new Standing(State.EMBARGOED, version, since, release(latest), latest)
            : new Standing(State.WITHHELD, version, since, null, latest);
      case canceled -> new Standing(State.WITHDRAWN, version, since, null, lastText(versions));
    };
  }

  /** Whether it stands in the feeds that it names. */
  boolean listed() {
    return state == State.PUBLISHED;
  }

  /** When the newest decision was to show it; null where that is not for the clock to say. */
  static @Nullable Instant release(Article article) {
    Instant embargo = article.getEmbargoedUntil();
    Instant dated = article.getFirstPublished();
    return embargo == null || (dated != null && dated.isAfter(embargo)) ? dated : embargo;
  }

  /** The last version that was applied; null: none was, or none is left on the topic. */
  static @Nullable Version decides(List<Version> versions) {
    return versions.stream()
        .filter(Version::applied)
        .reduce((earlier, later) -> later)
        .orElse(null);
  }

  private static Standing unheardOf(Findings found, List<Version> versions) {
    boolean waiting = versions.stream().anyMatch(v -> v.verdict() == Version.Verdict.WAITING);
    State state = waiting
        ? State.WAITING
        : versions.isEmpty() && found.refusals().isEmpty() ? State.UNKNOWN : State.REFUSED;
    return new Standing(state, 0, null, null, null);
  }

  private static Standing neverPublic(Article latest, Instant now) {
    long version = latest.getVersion();
    return switch (latest.getStatus()) {
      case canceled -> new Standing(State.WITHDRAWN, version, null, null, null);
      case withheld -> new Standing(State.WITHHELD, version, null, null, latest);
      case usable ->
        held(latest, now)
            ? new Standing(State.EMBARGOED, version, null, release(latest), latest)
            : new Standing(State.WAITING, version, null, null, latest);
    };
  }

  private static boolean held(Article article, Instant now) {
    Instant release = release(article);
    return article.getStatus() == Status.usable && release != null && release.isAfter(now);
  }

  private static @Nullable Article lastText(List<Version> versions) {
    return versions.stream()
        .filter(Version::applied)
        .map(Version::article)
        .filter(article -> article != null && article.getStatus() != Status.canceled)
        .reduce((earlier, later) -> later)
        .orElse(null);
  }
}
