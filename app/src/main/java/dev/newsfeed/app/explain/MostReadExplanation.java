package dev.newsfeed.app.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.app.explain.Standing.State;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.Label;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.streams.mostread.Placing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why an article is in the most-read lists that it is in, and not in the others.
 *
 * <pre>
 * clicks     a1 ×14               ──▶ reads      now 4, today 12; 2 repeats
 * published  a1 in world          ──▶ lists      all, section/world, kind/article
 * controls   –                    ──▶ decisions
 * most-read  today/all: a1 12 …   ──▶ placings   today/all: listed; now/all: needs 4 more
 * </pre>
 *
 * @param moments tells the times in it, and when it was looked up
 * @param counting what the generation was asked to count whose lists readers see
 * @param published null: it was never public
 * @param decisions that are in force about it and its section
 * @param clicks on it that the log has for the time of the lists, read or refused
 * @param placings of each list, those over all articles first
 * @param warnings what does not fit together, each a sentence for the person on call
 */
public record MostReadExplanation(
    String articleId,
    Moments moments,
    Counting counting,
    @Nullable PublishedArticle published,
    List<Control> decisions,
    long clicks,
    List<Placing> placings,
    List<String> warnings) {

  private static final String MOST_READ_JOB = ": is the most-read job running?";

  /** What a job that runs has counted and written. */
  private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(30);

  /** Draws the conclusions. */
  static MostReadExplanation of(
      String articleId,
      Moments moments,
      Counting counting,
      @Nullable PublishedArticle published,
      Map<String, Control> decisions,
      long clicks,
      List<Placing> placings) {
    return new MostReadExplanation(
        articleId,
        moments,
        counting,
        published,
        about(articleId, published, decisions),
        clicks,
        List.copyOf(placings),
        warnings(placings, moments, published));
  }

  private static List<Control> about(
      String articleId, @Nullable PublishedArticle published, Map<String, Control> decisions) {
    Set<String> keys = new LinkedHashSet<>(List.of(articleId));
    Article article = published == null ? null : published.getArticle();
    if (article != null) {
      if (article.getSection() != null) {
        keys.add("section/" + article.getSection().getSlug());
      }
      for (Label extra : article.getExtraSections()) {
        keys.add("section/" + extra.getSlug());
      }
    }
    return keys.stream().filter(decisions::containsKey).map(decisions::get).toList();
  }

  /** Whether anything was ever published under this id. */
  public boolean known() {
    return published != null;
  }

  /** What the public sees of it; an embargo on what was public is told as withheld. */
  State state() {
    if (published == null) {
      return State.UNKNOWN;
    }
    return switch (published.getStatus()) {
      case usable -> published.getExpired() ? State.EXPIRED : State.PUBLISHED;
      case withheld -> State.WITHHELD;
      case canceled -> State.WITHDRAWN;
    };
  }

  /** Its headline; null where it has none that may be shown. */
  @Nullable
  String headline() {
    Article article = published == null ? null : published.getArticle();
    return article == null || article.getHeadline().isEmpty() ? null : article.getHeadline();
  }

  /** In how many of the lists it is. */
  long listedIn() {
    return placings.stream().filter(placing -> placing.entry() != null).count();
  }

  /** For a person: lines of text, each ended. */
  public String text() {
    return MostReadText.of(this);
  }

  /** The same for programs: one JSON object. */
  public ObjectNode json() {
    return MostReadJson.of(this);
  }

  private static List<String> warnings(
      List<Placing> placings, Moments moments, @Nullable PublishedArticle published) {
    List<String> warnings = new ArrayList<>();
    Instant stale = null;
    for (Placing placing : placings) {
      MostReadList list = placing.list();
      if (list == null) {
        if (placing.because().isListed()) {
          warnings.add("there is no list " + placing.key() + MOST_READ_JOB);
        }
      } else if (placing.isStale(moments.now())) {
        stale = stale == null || list.getAsOf().isBefore(stale) ? list.getAsOf() : stale;
      } else if (!placing.agrees()) {
        String odds = odds(placing, list, moments, published);
        if (odds != null) {
          warnings.add(placing.key() + " " + odds + behind(list));
        }
      }
    }
    if (stale != null) {
      warnings.add("lists are stale, as of " + moments.withDistance(stale) + MOST_READ_JOB);
    }
    return List.copyOf(warnings);
  }

  /** In what a list differs; null: in clicks that have come since. */
  private static @Nullable String odds(
      Placing placing, MostReadList list, Moments moments, @Nullable PublishedArticle published) {
    MostReadEntry entry = placing.entry();
    String asOf = ", as of " + moments.withDistance(list.getAsOf());
    String why = MostReadText.why(placing, moments, published);
    if (entry == null) {
      return "should have it (" + why + ") and has not" + asOf;
    } else if (!placing.because().isListed()) {
      return "has it at place " + entry.getRank() + " and should not (" + why + ")" + asOf;
    } else if (entry.getPinned() != (placing.because() == Placing.Because.PINNED)) {
      return "has it at place " + entry.getRank() + (entry.getPinned() ? "" : " not") + " pinned"
          + asOf;
    } else if (entry.getReads() > placing.reads()) {
      return "has it with " + entry.getReads() + " reads; the log has clicks for " + placing.reads()
          + " only";
    }
    boolean isLate = list.getAsOf().plus(WRITTEN_WITHIN).isBefore(moments.now());
    return isLate
        ? "has it with " + entry.getReads() + " reads and should with " + placing.reads() + asOf
        : null;
  }

  private static String behind(MostReadList list) {
    return list.getCatchingUp()
        ? "; its counting is " + Moments.inWords(Duration.ofMillis(list.getLagMs())) + " behind"
        : "";
  }
}
