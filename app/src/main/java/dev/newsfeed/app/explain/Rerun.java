package dev.newsfeed.app.explain;

import dev.newsfeed.app.explain.Findings.Arrival;
import dev.newsfeed.app.explain.Findings.Place;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.app.explain.Version.Verdict;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Status;
import dev.newsfeed.schemas.Problem;
import dev.newsfeed.schemas.Topics;
import dev.newsfeed.streams.publication.Replay;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What became of each arrival: the publication job's own rule, applied again, and what {@code
 * rejected} keeps.
 *
 * <pre>
 * arrived        verdict
 * v1             applied
 * v3             applied
 * v2             stale        v3 was there already
 * v3             duplicate    or conflicting, when it says something else
 * withdraw v3    applied
 * v4             refused      it does not say restore
 * v5, restore    applied
 * v6             waiting      the job has not read it yet
 * </pre>
 *
 * @param nextChange when the clock alone will change what the public sees; null: never
 */
record Rerun(List<Version> versions, @Nullable Instant nextChange) {

  /** The reason for which an update of a withdrawn article is refused. */
  private static final String WITHDRAWN = "withdrawn";

  static Rerun of(Findings found, Topics topics) {
    Map<Place, Refusal> refused = new HashMap<>();
    found.refusals().forEach(refusal -> {
      if (refusal.place() != null) {
        refused.put(refusal.place(), refusal);
      }
    });
    Judge judge = new Judge(found.articleId(), topics);
    List<Version> versions = new ArrayList<>();
    for (Arrival arrival : found.arrivals()) {
      Refusal refusal = refused.get(arrival.place());
      Long readUpTo = found.readUpTo();
      if (refusal != null) {
        if (refusal.reason().equals(WITHDRAWN)) {
          judge.next(arrival); // a restore that comes late lets it in
        }
        versions.add(refused(arrival, refusal.reason(), refusal.detail()));
      } else if (readUpTo != null && arrival.place().offset() >= readUpTo) {
        versions.add(
            new Version(arrival, Verdict.WAITING, "the publication job has not read it yet"));
      } else {
        versions.add(judge.next(arrival));
      }
    }
    return new Rerun(List.copyOf(versions), judge.nextChange(found.at()));
  }

  /** The last version that was applied; null: none was, or none is left on the topic. */
  @Nullable
  Article lastApplied() {
    return lastApplied(article -> true);
  }

  /** The last one of these that has a text. */
  @Nullable
  Article lastText() {
    return lastApplied(article -> article.getStatus() != Status.canceled);
  }

  /** The last one of these that withdraws. */
  @Nullable
  Article lastWithdrawal() {
    return lastApplied(article -> article.getStatus() == Status.canceled);
  }

  private @Nullable Article lastApplied(Predicate<Article> wanted) {
    Article last = null;
    for (Version version : versions) {
      Article article = version.article();
      if (version.applied() && article != null && wanted.test(article)) {
        last = article;
      }
    }
    return last;
  }

  /**
   * The text of a version that was told to subscribers. It may be one that was refused at first: a
   * restore that comes late lets in what came after it. Null: it is not left on the topic.
   */
  @Nullable
  Article told(long number) {
    Article told = null;
    for (Version version : versions) {
      Article article = version.article();
      boolean counts = version.applied() || (told == null && version.verdict() == Verdict.REFUSED);
      if (counts
          && article != null
          && article.getVersion() == number
          && article.getStatus() != Status.canceled) {
        told = article;
      }
    }
    return told;
  }

  private static Version refused(Arrival arrival, String reason, String why) {
    boolean conflict = reason.equals("version-conflict");
    return new Version(arrival, conflict ? Verdict.CONFLICTING : Verdict.REFUSED, why);
  }

  /** Takes the arrivals as the job took them. */
  private static final class Judge {
    private final String articleId;
    private final Replay replay;
    private long highest;
    private long withdrawn;

    Judge(String articleId, Topics topics) {
      this.articleId = articleId;
      this.replay = new Replay(topics);
    }

    Version next(Arrival arrival) {
      Article article = arrival.article();
      if (article == null) {
        return refused(arrival, "not-an-article", "the bytes are no article");
      }
      if (!article.getArticleId().equals(articleId)) {
        return refused(arrival, "wrong-key", "it is another article under this one's key");
      }
      Replay.Outcome outcome = replay.take(article, arrival.at());
      return switch (outcome.verdict()) {
        case APPLIED -> applied(arrival, article);
        case DUPLICATE -> new Version(arrival, Verdict.DUPLICATE, "the same was there already");
        case STALE -> new Version(arrival, Verdict.STALE, overtakenBy(article));
        case REFUSED -> {
          Problem problem = outcome.problem();
          yield problem == null
              ? new Version(arrival, Verdict.REFUSED, null)
              : refused(arrival, problem.reason(), problem.detail());
        }
      };
    }

    private Version applied(Arrival arrival, Article article) {
      highest = Math.max(highest, article.getVersion());
      withdrawn = article.getStatus() == Status.canceled ? article.getVersion() : withdrawn;
      return new Version(arrival, Verdict.APPLIED, null);
    }

    private String overtakenBy(Article article) {
      return article.getVersion() <= withdrawn
          ? "the withdrawal with version " + withdrawn + " covers it"
          : "version " + highest + " was there already";
    }

    @Nullable
    Instant nextChange(Instant now) {
      var unused = replay.toldBy(now); // what the clock has changed until now
      return replay.nextChange().orElse(null);
    }
  }
}
