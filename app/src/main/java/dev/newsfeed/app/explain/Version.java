package dev.newsfeed.app.explain;

import dev.newsfeed.app.explain.Findings.Arrival;
import dev.newsfeed.app.explain.Findings.Place;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Status;
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
   * What became of each arrival. What was refused stands in {@code rejected}; for the rest the order
   * decides:
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
    Order order = new Order();
    List<Version> versions = new ArrayList<>();
    for (Arrival arrival : found.arrivals()) {
      Article article = arrival.article();
      Refusal refusal = refused.get(arrival.place());
      Long readUpTo = found.readUpTo();
      if (refusal != null) {
        boolean conflict = refusal.reason().equals("version-conflict");
        versions.add(new Version(
            arrival, conflict ? Verdict.CONFLICTING : Verdict.REFUSED, refusal.detail()));
      } else if (readUpTo != null && arrival.place().offset() >= readUpTo) {
        versions.add(
            new Version(arrival, Verdict.WAITING, "the publication job has not read it yet"));
      } else if (article == null) {
        versions.add(new Version(arrival, Verdict.REFUSED, "the bytes are no article"));
      } else {
        versions.add(order.next(arrival, article));
      }
    }
    return versions;
  }

  /** The versions so far, while they are gone through. */
  private static final class Order {
    private long latest;
    private long withdrawn;
    private long restored;

    Version next(Arrival arrival, Article article) {
      long version = article.getVersion();
      return article.getStatus() == Status.canceled
          ? withdrawal(arrival, version)
          : revision(arrival, version, article.getRestore());
    }

    private Version withdrawal(Arrival arrival, long version) {
      if (version == withdrawn) {
        return new Version(arrival, Verdict.DUPLICATE, "the same withdrawal was there already");
      }
      if (version < withdrawn) {
        return stale(arrival, "it was withdrawn with version " + withdrawn + " already");
      }
      if (version < restored) {
        return stale(arrival, "it was restored with version " + restored + " already");
      }
      withdrawn = version;
      return new Version(arrival, Verdict.APPLIED, null);
    }

    private Version revision(Arrival arrival, long version, boolean restore) {
      if (version <= withdrawn) {
        return stale(arrival, "the withdrawal with version " + withdrawn + " covers it");
      }
      if (version == latest) {
        return new Version(arrival, Verdict.DUPLICATE, "the same was there already");
      }
      if (version < latest) {
        return stale(arrival, "version " + latest + " was there already");
      }
      latest = version;
      restored = restore ? version : restored;
      return new Version(arrival, Verdict.APPLIED, null);
    }

    private static Version stale(Arrival arrival, String why) {
      return new Version(arrival, Verdict.STALE, why);
    }
  }
}
