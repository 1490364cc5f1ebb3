package dev.newsfeed.app.explain;

import dev.newsfeed.app.Decision;
import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Counting;
import dev.newsfeed.avro.MostReadEntry;
import dev.newsfeed.avro.MostReadList;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.avro.Withdrawal;
import dev.newsfeed.streams.Generation;
import dev.newsfeed.streams.mostread.AgeLimit;
import dev.newsfeed.streams.mostread.Placing;
import dev.newsfeed.streams.mostread.ReadWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An explanation of most-read for a person.
 *
 * <pre>
 * bridge “Bridge reopens on Tuesday”
 * PUBLISHED  section regions, kind article, since 12:00:04 (3 min ago)
 * LISTED     in 2 of 9 lists
 *
 * Lists
 *   now/all            4 reads   not listed  needs 4 more: place 20 has 7
 *   today/all          12 reads  3 of 20
 *
 * Windows
 *   now    11:04:00 to 12:04:00  as of 12:03:05 (2 s ago)  not counted: 2 repeat
 * </pre>
 */
final class MostReadText {

  private final MostReadExplanation explained;
  private final Moments moments;
  private final Page page = new Page();

  private MostReadText(MostReadExplanation explained) {
    this.explained = explained;
    this.moments = explained.moments();
  }

  /** The whole of it, each line ended. */
  static String of(MostReadExplanation explained) {
    MostReadText text = new MostReadText(explained);
    text.write();
    return text.page.text();
  }

  private void write() {
    String headline = explained.headline();
    page.line(explained.articleId() + (headline == null ? "" : " “" + headline + "”"));
    page.line(explained.state() + "  " + state());
    if (!explained.known() && explained.clicks() == 0) {
      return;
    }
    page.line(verdict());
    if (!explained.counting().equals(Generation.AS_USUAL)) {
      page.line("COUNTED  " + counted());
    }
    if (!explained.warnings().isEmpty()) {
      page.line("");
      explained.warnings().forEach(warning -> page.line("! " + warning));
    }
    page.section("Decisions", decisions());
    page.section("Lists", lists());
    page.section("Windows", windows());
  }

  private String state() {
    PublishedArticle published = explained.published();
    if (published == null) {
      return explained.clicks() == 0
          ? "nothing is published under this id, and nobody has clicked on it"
          : "nothing is published under this id; clicks on it: " + explained.clicks();
    }
    String since = "since " + moments.withDistance(published.getChangedAt());
    Article article = published.getArticle();
    Withdrawal withdrawal = published.getWithdrawal();
    if (article == null) {
      return since + (withdrawal == null ? "" : "; reason: " + withdrawal.getReason());
    }
    Instant feedTime = published.getFeedTime();
    return (article.getSection() == null
            ? "no section"
            : "section " + article.getSection().getSlug())
        + ", kind " + article.getKind()
        + (feedTime == null ? "" : ", of " + moments.withDistance(feedTime));
  }

  /** Most reasons hold for all lists alike. */
  private String verdict() {
    long listed = explained.listedIn();
    if (listed > 0) {
      return "LISTED  in " + listed + " of " + explained.placings().size() + " lists";
    }
    String common = common();
    return "NOT LISTED" + (common == null ? "" : "  " + common);
  }

  /** What a recount was asked for. */
  private String counted() {
    Counting counting = explained.counting();
    return (counting.getSuspects() ? "with suspect clicks" : "without suspect clicks")
        + (counting.getFrom() == null ? "" : ", from " + moments.at(counting.getFrom()) + " on");
  }

  /** The reason that holds for all lists alike; null: there is none. */
  private @Nullable String common() {
    List<String> reasons = explained.placings().stream()
        .map(placing -> isOfReads(placing) ? "" : why(placing, moments, explained.published()))
        .distinct()
        .toList();
    return reasons.size() == 1 && !reasons.get(0).isEmpty() ? reasons.get(0) : null;
  }

  private static boolean isOfReads(Placing placing) {
    return switch (placing.because()) {
      case READS, PINNED, BELOW_FLOOR, TOO_FEW, CROWDED_OUT -> true;
      case NOT_PUBLISHED,
          NOT_SHOWN,
          EXCLUDED,
          SECTION_EXCLUDED,
          LIST_EXCLUDED,
          NOT_ELIGIBLE,
          TOO_OLD,
          OTHER_SCOPE -> false;
    };
  }

  private List<List<String>> decisions() {
    List<List<String>> rows = new ArrayList<>();
    for (Control control : explained.decisions()) {
      Decision decision = new Decision(control.getKey(), control.getAt(), control);
      if (decision.hasEffect()) {
        rows.add(List.of(control.getKey(), decision.inWords() + " " + decided(control, moments)));
      }
    }
    return rows;
  }

  private List<List<String>> lists() {
    List<List<String>> rows = new ArrayList<>();
    boolean isSaid = explained.listedIn() == 0 && common() != null;
    for (Placing placing : explained.placings()) {
      MostReadEntry entry = placing.entry();
      MostReadList list = placing.list();
      String place = entry == null || list == null
          ? "not listed"
          : entry.getRank() + " of " + list.getEntries().size();
      rows.add(List.of(
          placing.key(),
          placing.reads() + (placing.reads() == 1 ? " read" : " reads"),
          place,
          isSaid ? "" : remark(placing)));
    }
    return rows;
  }

  private String remark(Placing placing) {
    MostReadEntry entry = placing.entry();
    String why = switch (placing.because()) {
      case READS -> entry == null ? "should be listed, see above" : "";
      case PINNED -> "pinned";
      default -> why(placing, moments, explained.published());
    };
    String other = entry == null || entry.getReads() == placing.reads()
        ? ""
        : entry.getReads() + " when the list was made";
    return why.isEmpty() || other.isEmpty() ? why + other : why + "; " + other;
  }

  /** What holds for all lists of a window alike; "now" may be wider in some. */
  private List<List<String>> windows() {
    Map<ReadWindow, Placing> first = new TreeMap<>();
    explained.placings().forEach(placing -> first.putIfAbsent(placing.window(), placing));
    List<List<String>> rows = new ArrayList<>();
    first.forEach((window, placing) -> {
      MostReadList list = placing.list();
      rows.add(List.of(
          window.label(),
          moments.at(placing.start()) + " to " + moments.at(placing.end()),
          list == null ? "no list" : "as of " + moments.withDistance(list.getAsOf()),
          refused(placing)));
    });
    return rows;
  }

  private static String refused(Placing placing) {
    return placing.refused().isEmpty()
        ? ""
        : placing.refused().entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", ", "not counted: ", ""));
  }

  /** Why an article is to stand in a list, or what keeps it out and what it would need. */
  static String why(Placing placing, Moments moments, @Nullable PublishedArticle published) {
    return switch (placing.because()) {
      case READS -> "it has reads enough";
      case PINNED -> "pinned " + decided(placing, moments);
      case CROWDED_OUT ->
        placing.decision() == null
            ? "every place is taken by an article that is pinned"
            : "others are pinned to every place from the one on that it is pinned to";
      case NOT_PUBLISHED -> published == null ? "not published" : "withdrawn";
      case NOT_SHOWN -> published != null && published.getExpired() ? "expired" : "withheld";
      case EXCLUDED -> "excluded " + decided(placing, moments);
      case SECTION_EXCLUDED -> "its section is excluded " + decided(placing, moments);
      case LIST_EXCLUDED -> placing.scope() + " is excluded " + decided(placing, moments);
      case NOT_ELIGIBLE -> "its CMS says that it is not for most-read (mostReadEligible)";
      case TOO_OLD -> tooOld(placing, moments, published);
      case BELOW_FLOOR, TOO_FEW -> tooFew(placing);
      case OTHER_SCOPE -> "it is not of this section or kind";
    };
  }

  private static String tooFew(Placing placing) {
    String needs = "needs " + (placing.needs() - placing.reads()) + " more";
    MostReadEntry last = placing.last();
    if (last == null) {
      return needs + ": there is room";
    }
    String place = ": place " + last.getRank() + " has " + last.getReads();
    return last.getReads() == placing.needs() - 1 && last.getReads() > 0
        ? needs + place + " and goes first at a tie"
        : needs + place;
  }

  private static String tooOld(
      Placing placing, Moments moments, @Nullable PublishedArticle published) {
    AgeLimit limit = Objects.requireNonNull(placing.ageLimit());
    Duration allowed = Duration.ofMillis(limit.ms());
    Instant feedTime = published == null ? null : published.getFeedTime();
    String over = feedTime == null
        ? ""
        : " by " + Moments.inWords(Duration.between(feedTime, moments.now()).minus(allowed));
    String of = switch (limit.by()) {
      case DECISION, ARTICLE -> "its own limit";
      case SECTION_DECISION -> "its section's limit";
      case NEWSROOM -> "the newsroom's limit";
    };
    return "older than " + of + " of " + Moments.inWords(allowed) + over
        + (placing.decision() == null ? "" : ", set " + decided(placing, moments));
  }

  private static String decided(Placing placing, Moments moments) {
    Control decision = placing.decision();
    return decision == null ? "" : decided(decision, moments);
  }

  /** Others write to the topic, too: nobody may write to a terminal through it. */
  private static String decided(Control decision, Moments moments) {
    String note = decision.getNote() == null ? "" : ": “" + decision.getNote() + "”";
    return ("by " + decision.getBy() + ", " + moments.withDistance(decision.getAt()) + note)
        .replaceAll("\\p{Cntrl}+", " ");
  }
}
