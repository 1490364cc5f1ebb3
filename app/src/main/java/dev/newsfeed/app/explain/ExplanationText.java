package dev.newsfeed.app.explain;

import dev.newsfeed.app.explain.Explanation.Refused;
import dev.newsfeed.app.explain.Findings.Refusal;
import dev.newsfeed.app.explain.Standing.State;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Correction;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Status;
import dev.newsfeed.avro.Withdrawal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An explanation for a person, the most urgent first: what the public sees, what is wrong, then why.
 *
 * <pre>
 * bridge “Bridge reopens on Tuesday”
 * PUBLISHED  version 2, since 12:00:04 (3 min ago)
 *
 * In feeds
 *   section/regions  3 of 27  its section
 *
 * Versions as they arrived
 *   12:00:03  v1  applied  section regions
 * </pre>
 */
final class ExplanationText {

  /** The warnings say more. */
  private static final String WRONGLY = "WRONGLY, see above";

  private static final Pattern HASH = Pattern.compile("\\b([0-9a-f]{8})[0-9a-f]{56}\\b");

  private final Explanation explained;
  private final Moments moments;
  private final Page page = new Page();

  private ExplanationText(Explanation explained) {
    this.explained = explained;
    this.moments = explained.moments();
  }

  /** The whole of it, each line ended. */
  static String of(Explanation explained) {
    ExplanationText text = new ExplanationText(explained);
    text.write();
    return text.page.text();
  }

  private void write() {
    String headline = explained.headline();
    page.line(explained.articleId() + (headline == null ? "" : " “" + headline + "”"));
    page.line(explained.standing().state() + "  " + standing());
    withdrawal();
    if (!explained.warnings().isEmpty()) {
      page.line("");
      explained.warnings().forEach(warning -> page.line("! " + warning));
    }
    page.section("In feeds", inFeeds());
    page.section("Not in", notIn());
    page.section("Versions as they arrived", versions());
    page.section("Corrections", corrections());
    page.section("Addresses", addresses());
    page.section("Refused before it was a version", refusals());
  }

  private String standing() {
    Standing standing = explained.standing();
    Instant since = standing.since();
    Instant until = standing.until();
    String version = "version " + standing.version();
    String sinceThen = since == null ? "" : ", since " + moments.withDistance(since);
    return switch (standing.state()) {
      case PUBLISHED -> version + sinceThen + firstPublished(since);
      case EMBARGOED ->
        version
            + (until == null ? "" : ", until " + moments.withDistance(until))
            + (since == null ? "; it was never public" : "; it was public before");
      case WITHHELD -> version + sinceThen + "; it may come back";
      case WITHDRAWN -> version + sinceThen + "; only a version that says restore brings it back";
      case EXPIRED -> version + sinceThen + "; readable, but in no feed";
      case WAITING -> "nothing of it is public yet";
      case REFUSED -> "nothing of it was ever accepted";
      case UNKNOWN -> "no topic has heard of it";
    };
  }

  private String firstPublished(@Nullable Instant since) {
    PublishedArticle published = explained.published();
    Instant first = published == null ? null : published.getFirstPublished();
    return first == null || first.equals(since) ? "" : "; first published " + moments.at(first);
  }

  private void withdrawal() {
    PublishedArticle published = explained.published();
    Withdrawal withdrawal = published == null ? null : published.getWithdrawal();
    if (withdrawal != null) {
      page.line("reason: " + withdrawal.getReason());
      if (withdrawal.getNote() != null) {
        page.line("note to subscribers: " + withdrawal.getNote());
      }
      if (withdrawal.getSuccessorId() != null) {
        page.line("its place takes " + withdrawal.getSuccessorId());
      }
    }
  }

  private List<List<String>> inFeeds() {
    List<List<String>> rows = new ArrayList<>();
    for (Seat seat : explained.seats()) {
      String place = seat.place() + " of " + seat.total();
      switch (seat.kind()) {
        case IN_HEAD -> rows.add(List.of(seat.feedId(), place, seat.why()));
        case OUTDATED ->
          rows.add(List.of(seat.feedId(), place, "as an older version: " + seat.why()));
        case BELOW_HEAD ->
          rows.add(List.of(
              seat.feedId(),
              "below the first " + seat.shown() + " of " + seat.total(),
              seat.why()));
        case LEFT_OVER -> rows.add(List.of(seat.feedId(), place, WRONGLY));
        case MISSING, OUT -> {}
      }
    }
    return rows;
  }

  /** Most have one reason, which is then said once. */
  private List<List<String>> notIn() {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Seat seat : explained.seats()) {
      if (seat.kind() == Seat.Kind.MISSING || seat.kind() == Seat.Kind.OUT) {
        byReason
            .computeIfAbsent(
                seat.kind() == Seat.Kind.MISSING ? WRONGLY : seat.why(), why -> new ArrayList<>())
            .add(seat.feedId());
      }
    }
    return byReason.entrySet().stream()
        .map(entry -> List.of(String.join(", ", entry.getValue()) + ": " + entry.getKey()))
        .toList();
  }

  private List<List<String>> versions() {
    List<List<String>> rows = new ArrayList<>();
    String section = "";
    for (Version version : explained.versions()) {
      Article article = version.article();
      String said = article == null ? "" : said(article, section);
      String why = version.why() == null ? "" : "(" + shortened(version.why()) + ")";
      rows.add(List.of(
          moments.at(version.arrival().at()),
          article == null ? "?" : "v" + article.getVersion(),
          version.verdict().name().toLowerCase(Locale.ROOT),
          (said + " " + why).strip()));
      if (article != null && version.applied() && article.getStatus() != Status.canceled) {
        section = sectionOf(article);
      }
    }
    return rows;
  }

  /** What sets this version apart. */
  private String said(Article article, String sectionBefore) {
    if (article.getStatus() == Status.canceled) {
      Withdrawal withdrawal = article.getWithdrawal();
      return "WITHDRAWAL" + (withdrawal == null ? "" : " “" + withdrawal.getReason() + "”");
    }
    List<String> said = new ArrayList<>();
    if (article.getStatus() == Status.withheld) {
      said.add("WITHHELD");
    }
    if (!sectionOf(article).equals(sectionBefore)) {
      said.add(sectionOf(article));
    }
    if (article.getRestore()) {
      said.add("restore");
    }
    if (article.getRepublish()) {
      said.add("republish");
    }
    if (article.getEmbargoedUntil() != null) {
      said.add("embargo until " + moments.at(article.getEmbargoedUntil()));
    }
    if (article.getExpires() != null) {
      said.add("expires " + moments.at(article.getExpires()));
    }
    if (article.getCorrection() != null) {
      said.add("correction");
    }
    return String.join(", ", said);
  }

  private static String sectionOf(Article article) {
    return article.getSection() == null
        ? "no section"
        : "section " + article.getSection().getSlug();
  }

  private List<List<String>> corrections() {
    List<List<String>> rows = new ArrayList<>();
    PublishedArticle published = explained.published();
    if (published != null) {
      for (Correction correction : published.getCorrections()) {
        rows.add(List.of(moments.at(correction.getAt()), correction.getText()));
      }
    }
    return rows;
  }

  private List<List<String>> addresses() {
    List<List<String>> rows = new ArrayList<>();
    State state = explained.standing().state();
    if (state == State.UNKNOWN || state == State.REFUSED) {
      return rows;
    }
    Article article = explained.standing().article();
    if (article != null && article.getUrl() != null) {
      rows.add(List.of(article.getUrl()));
    }
    rows.add(List.of("/articles/" + explained.articleId() + "  on the gateway"));
    if (article != null) {
      article.getAliases().forEach(alias -> rows.add(List.of(alias + "  formerly")));
    }
    return rows;
  }

  private List<List<String>> refusals() {
    List<List<String>> rows = new ArrayList<>();
    for (Refused refused : explained.refusals()) {
      Refusal refusal = refused.last();
      if (!explained.isVersion(refusal)) {
        boolean said = refusal.detail().startsWith(refusal.field() + ": ");
        rows.add(List.of(
            moments.at(refusal.at()),
            refusal.stage(),
            refusal.reason() + (refused.times() == 1 ? "" : " ×" + refused.times()),
            (said || refusal.field().isEmpty() ? "" : refusal.field() + ": ")
                + shortened(refusal.detail())));
      }
    }
    return rows;
  }

  /** Nobody compares 64 digits by eye. */
  private static String shortened(String detail) {
    return HASH.matcher(detail).replaceAll("$1…");
  }
}
