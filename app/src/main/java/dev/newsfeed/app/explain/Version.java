package dev.newsfeed.app.explain;

import dev.newsfeed.app.explain.Findings.Arrival;
import dev.newsfeed.app.explain.Findings.Place;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.SchemaCatalogue;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.publication.Replay;
import dev.newsfeed.streams.publication.Replay.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version as it arrived, and what became of it.
 *
 * @param why null where it was applied
 */
record Version(Arrival arrival, Verdict verdict, @Nullable String why) {

  enum Verdict {
    APPLIED,
    DUPLICATE,
    STALE,
    CONFLICTING,
    REFUSED,
    WAITING
  }

  @Nullable
  Article article() {
    return arrival.article();
  }

  boolean applied() {
    return verdict == Verdict.APPLIED;
  }

  /**
   * What became of each arrival. What was refused stands in {@code rejected}; for the rest the rule
   * of the publication job is asked again:
   *
   * <pre>
   * arrived        verdict
   * v1             applied
   * v3             applied
   * v2             stale        v3 was there already
   * v3             duplicate    or it would have been refused
   * withdraw v3    applied
   * v3             stale        the withdrawal covers it
   * v4             refused      stands in rejected: it does not say restore
   * v5, restore    applied
   * </pre>
   */
  static List<Version> of(Findings found) {
    Map<Place, Refusal> refused = new HashMap<>();
    found.refusals().forEach(refusal -> {
      if (refusal.place() != null) {
        refused.put(refusal.place(), refusal);
      }
    });
    Replay replay = new Replay(new Topics(Topics.DEFAULT_PREFIX, SchemaCatalogue.shipped()));
    List<Version> versions = new ArrayList<>();
    for (Arrival arrival : found.arrivals()) {
      Article article = arrival.article();
      Long readUpTo = found.readUpTo();
      boolean waiting = readUpTo != null && arrival.place().offset() >= readUpTo;
      // refused ones, too: what comes after them is judged with them in mind
      Outcome outcome = article == null || waiting ? null : replay.take(article, arrival.at());
      Refusal refusal = refused.get(arrival.place());
      if (refusal != null) {
        boolean conflict = refusal.reason().equals("version-conflict");
        versions.add(new Version(
            arrival, conflict ? Verdict.CONFLICTING : Verdict.REFUSED, refusal.detail()));
      } else if (waiting) {
        versions.add(
            new Version(arrival, Verdict.WAITING, "the publication job has not read it yet"));
      } else if (article == null || outcome == null) {
        versions.add(new Version(arrival, Verdict.REFUSED, "the bytes are no article"));
      } else {
        versions.add(judged(arrival, article, outcome, versions));
      }
    }
    return versions;
  }

  private static Version judged(
      Arrival arrival, Article article, Outcome outcome, List<Version> before) {
    return switch (outcome.verdict()) {
      case APPLIED -> new Version(arrival, Verdict.APPLIED, null);
      case DUPLICATE -> new Version(arrival, Verdict.DUPLICATE, "the same was there already");
      case STALE -> new Version(arrival, Verdict.STALE, whyStale(article.getVersion(), before));
      case REFUSED ->
        new Version(
            arrival,
            Verdict.REFUSED,
            outcome.problem() == null ? null : outcome.problem().detail());
    };
  }

  private static String whyStale(long version, List<Version> before) {
    long withdrawn = highest(before, true);
    return withdrawn >= version
        ? "the withdrawal with version " + withdrawn + " covers it"
        : "version " + highest(before, false) + " was there already";
  }

  private static long highest(List<Version> versions, boolean withdrawals) {
    return versions.stream()
        .map(Version::article)
        .filter(a -> a != null && (a.getStatus() == Status.canceled) == withdrawals)
        .mapToLong(Article::getVersion)
        .max()
        .orElse(0);
  }
}
