package dev.newsfeed.app.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.app.explain.Standing.State;
import dev.newsfeed.app.explain.Version.Verdict;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why an article is where it is, drawn from what stands on the topics.
 *
 * <pre>
 * articles   v1, v2, withdraw v3, v3 once more  ──▶ versions   applied, applied, applied, stale
 * published  notice v3                          ──▶ standing   withdrawn
 * feeds      all: [b1, b2]                      ──▶ seats      all: out, because it is withdrawn
 * curated    top-stories: [b2, a1]              ──▶            curated/top-stories: out, though in the list
 * </pre>
 *
 * @param moments tells the times in it, and when it was looked up
 * @param standing what the public sees of it
 * @param warnings what does not fit together, each a sentence for the person on call
 * @param refusals those of the same kind one after the other are one
 */
public record Explanation(
    String articleId,
    Moments moments,
    Standing standing,
    @Nullable PublishedArticle published,
    List<String> warnings,
    List<Seat> seats,
    List<Version> versions,
    List<Refused> refusals) {

  private static final String FEEDS_JOB = ": is the feeds job running?";
  private static final String PUBLICATION_JOB = ": is the publication job running?";

  /** What arrived longer ago, a publication job that runs has read. */
  private static final Duration READ_WITHIN = Duration.ofSeconds(5);

  /** The same refusal, so many times; the time is the last one's. */
  record Refused(Refusal last, int times) {}

  /** Draws the conclusions. */
  static Explanation of(Findings found, Topics topics, Moments moments) {
    Rerun rerun = Rerun.of(found, topics);
    List<Version> versions = rerun.versions();
    Standing standing = Standing.of(found, rerun);
    List<Seat> seats = Seat.of(found, versions, standing, moments);
    List<String> warnings = new ArrayList<>();
    warnAboutVersions(found, rerun, standing, moments, warnings);
    warnAboutSeats(seats, warnings);
    return new Explanation(
        found.articleId(),
        moments,
        standing,
        found.published(),
        List.copyOf(warnings),
        List.copyOf(seats),
        versions,
        counted(found.refusals()));
  }

  /** Whether any topic has heard of the article. */
  public boolean known() {
    return standing.state() != State.UNKNOWN;
  }

  /** Whether what was refused stands among the versions. */
  boolean isVersion(Refusal refusal) {
    return refusal.place() != null
        && versions.stream().anyMatch(version -> version.arrival().place().equals(refusal.place()));
  }

  /** For a person: lines of text, each ended. */
  public String text() {
    return ExplanationText.of(this);
  }

  /** The same for programs: one JSON object. */
  public ObjectNode json() {
    return ExplanationJson.of(this);
  }

  /** Its headline; null where it has none that may be shown: of what is withdrawn nothing is. */
  @Nullable
  String headline() {
    Article article = standing.article();
    return article == null
            || standing.state() == State.WITHDRAWN
            || article.getHeadline().isEmpty()
        ? null
        : article.getHeadline();
  }

  private static void warnAboutVersions(
      Findings found, Rerun rerun, Standing standing, Moments moments, List<String> warnings) {
    rerun.versions().stream()
        .filter(version -> version.verdict() == Verdict.WAITING)
        .filter(version -> version.arrival().at().isBefore(found.at().minus(READ_WITHIN)))
        .findFirst()
        .ifPresent(version -> warnings.add("what arrived at "
            + moments.withDistance(version.arrival().at())
            + " has not been read" + PUBLICATION_JOB));
    Article latest = rerun.lastApplied();
    PublishedArticle published = found.published();
    if (latest == null || standing.state() == State.EMBARGOED) {
      return;
    }
    if (published == null && standing.state() != State.WITHHELD) {
      warnings.add("version " + latest.getVersion()
          + " was accepted, but nothing stands on published" + PUBLICATION_JOB);
    } else if (published != null && published.getVersion() < latest.getVersion()) {
      warnings.add("version " + latest.getVersion() + " was accepted, but published has version "
          + published.getVersion() + PUBLICATION_JOB);
    }
  }

  private static void warnAboutSeats(List<Seat> seats, List<String> warnings) {
    for (Seat seat : seats) {
      switch (seat.kind()) {
        case MISSING ->
          warnings.add(
              seat.feedId() + " should have it (" + seat.why() + ") and has not" + FEEDS_JOB);
        case LEFT_OVER ->
          warnings.add(seat.feedId() + " has it at place " + seat.place() + " and should not ("
              + seat.why() + ")" + FEEDS_JOB);
        case OUTDATED -> warnings.add(seat.feedId() + " shows an older version of it" + FEEDS_JOB);
        case IN_HEAD, BELOW_HEAD, OUT -> {}
      }
    }
  }

  private static List<Refused> counted(List<Refusal> refusals) {
    List<Refused> counted = new ArrayList<>();
    for (Refusal refusal : refusals) {
      int end = counted.size() - 1;
      if (end >= 0 && counted.get(end).last().repeats(refusal)) {
        counted.set(end, new Refused(refusal, counted.get(end).times() + 1));
      } else {
        counted.add(new Refused(refusal, 1));
      }
    }
    return List.copyOf(counted);
  }
}
