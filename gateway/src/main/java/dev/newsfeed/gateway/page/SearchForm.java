package dev.newsfeed.gateway.page;

import dev.newsfeed.gateway.archive.SearchPlace;
import dev.newsfeed.gateway.archive.SearchQuery;
import dev.newsfeed.gateway.archive.SearchQuery.Order;
import dev.newsfeed.gateway.archive.SearchQuery.Phrase;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.schemas.ArticleRules;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What someone looks for, as it stands in the address.
 *
 * @param asked the parameters that were given, in the order in which pages write them
 * @param after where to go on; null: from the first
 */
record SearchForm(Map<String, String> asked, @Nullable SearchPlace after) {

  static final List<String> PARAMETERS =
      List.of("q", "section", "topic", "person", "kind", "lang", "from", "to", "sort");
  private static final List<String> LABELS = List.of("section", "topic", "person", "kind");
  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,8}");
  private static final int MAX_CHARACTERS = 500;
  private static final LocalDate FIRST_DAY = LocalDate.of(1900, 1, 1);
  private static final LocalDate LAST_DAY = LocalDate.of(2100, 1, 1);

  static SearchForm of(Ask ask) {
    Map<String, String> asked = new LinkedHashMap<>();
    for (String name : PARAMETERS) {
      ask.parameter(name).ifPresent(value -> asked.put(name, value));
    }
    SearchPlace after = ask.parameter("after")
        .map(token -> SearchPlace.parse(token)
            .orElseThrow(() -> Refused.parameter("after", "is not a place in what was found")))
        .orElse(null);
    return new SearchForm(asked, after);
  }

  /** What was given for a parameter; empty: nothing. */
  String value(String name) {
    return asked.getOrDefault(name, "");
  }

  /** Whether nothing is looked for: an order alone finds nothing. */
  boolean isEmpty() {
    return asked.keySet().stream().allMatch("sort"::equals);
  }

  /** The parameters of this page. */
  Map<String, String> address() {
    return after == null ? asked : from(after);
  }

  /** The parameters of the page that begins after a place. */
  Map<String, String> from(SearchPlace place) {
    Map<String, String> further = new LinkedHashMap<>(asked);
    further.put("after", place.token());
    return further;
  }

  /**
   * The query; empty where what was typed has no word in it, which finds nothing.
   *
   * @param zone in which the days begin
   * @param now from when age counts, unless the search goes on from a place
   * @throws Refused naming the parameter that is wrong
   */
  Optional<SearchQuery> query(ZoneId zone, Instant now) {
    String typed = value("q");
    if (typed.length() > MAX_CHARACTERS) {
      throw Refused.parameter("q", "may have " + MAX_CHARACTERS + " characters");
    }
    List<Phrase> phrases = SearchQuery.phrases(typed);
    if (SearchQuery.count(phrases) > SearchQuery.MAX_WORDS) {
      throw Refused.parameter("q", "may have " + SearchQuery.MAX_WORDS + " words");
    }
    Order order = switch (value("sort")) {
      case "", "newest" -> Order.NEWEST;
      case "relevance" -> Order.RELEVANCE;
      default -> throw Refused.parameter("sort", "must be newest or relevance");
    };
    SearchQuery query = new SearchQuery(
        phrases,
        feeds(),
        language(),
        day("from", zone, 0),
        day("to", zone, 1),
        order,
        after == null ? SearchQuery.asOf(now) : after.asOf());
    return typed.isEmpty() || !phrases.isEmpty() ? Optional.of(query) : Optional.empty();
  }

  private List<String> feeds() {
    List<String> feeds = new ArrayList<>();
    for (String name : LABELS) {
      String slug = value(name);
      if (!slug.isEmpty()) {
        if (!ArticleRules.isSlug(slug)) {
          throw Refused.parameter(name, "must be a slug, as in /" + name + "/…");
        }
        feeds.add(name + "/" + slug);
      }
    }
    return feeds;
  }

  private String language() {
    String language = value("lang");
    if (!language.isEmpty() && !LANGUAGE.matcher(language).matches()) {
      throw Refused.parameter("lang", "must be a language such as en, without a region");
    }
    return language;
  }

  private @Nullable Instant day(String name, ZoneId zone, int daysLater) {
    String day = value(name);
    if (day.isEmpty()) {
      return null;
    }
    try {
      LocalDate date = LocalDate.parse(day);
      if (date.isBefore(FIRST_DAY) || date.isAfter(LAST_DAY)) {
        throw Refused.parameter(name, "must lie between the years 1900 and 2100");
      }
      return date.plusDays(daysLater).atStartOfDay(zone).toInstant();
    } catch (DateTimeException e) {
      throw Refused.parameter(name, "must be a date such as 2026-03-02");
    }
  }
}
