package dev.newsfeed.gateway.feed;

import dev.newsfeed.gateway.archive.FeedChoice;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.news.FeedSummary;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.schemas.ArticleRules;
import dev.newsfeed.schemas.FeedIds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A feed, or a choice from several: any of the values of a parameter, and all of the parameters.
 *
 * <pre>
 * /feeds/all?sections=world,sport                        what is in world or in sport
 * /feeds/all?sections=world,sport&amp;kinds=gallery          the galleries among it
 * /feeds/section/world?persons=ada-lovelace              what is in world about her
 * /feeds/all?feeds=section/world,kind/gallery            what is in world, and every gallery
 * </pre>
 *
 * @param feedId the one in the path
 * @param chosen feed ids by parameter
 */
record FeedQuery(String feedId, SortedMap<String, SortedSet<String>> chosen) {

  /** Feeds that one address may name: each costs a look-up. */
  static final int MAX_FEEDS = 50;

  /** By parameter what stands in front of its values in a feed id. */
  private static final Map<String, String> PARAMETERS = parameters();

  private static Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("feeds", "");
    parameters.put("kinds", "kind/");
    parameters.put("persons", "person/");
    parameters.put("sections", FeedIds.SECTION);
    parameters.put("topics", "topic/");
    return parameters;
  }

  /** Whether a request chooses anything. */
  static boolean isIn(Ask ask) {
    return PARAMETERS.keySet().stream().anyMatch(name -> ask.query().getValue(name) != null);
  }

  /**
   * What a request asks for.
   *
   * @throws Refused naming the parameter that is wrong, or that names a feed there is not
   */
  static FeedQuery of(String feedId, Ask ask, News news) {
    SortedMap<String, SortedSet<String>> chosen = new TreeMap<>();
    int count = 0;
    for (Map.Entry<String, String> parameter : PARAMETERS.entrySet()) {
      String name = parameter.getKey();
      Set<String> values = ask.list(name);
      if (values == null) {
        continue;
      }
      if (values.isEmpty()) {
        throw Refused.parameter(name, "names nothing");
      }
      count += values.size();
      if (count > MAX_FEEDS) {
        throw Refused.parameter(name, "an address may name " + MAX_FEEDS + " feeds in all");
      }
      SortedSet<String> feeds = new TreeSet<>();
      for (String value : values) {
        feeds.add(known(name, parameter.getValue(), value, news));
      }
      chosen.put(name, feeds);
    }
    if (!chosen.isEmpty() && feedId.startsWith(FeedIds.CURATED)) {
      String name = chosen.firstKey();
      throw Refused.parameter(name, "an editor's list has an order of its own and is served whole");
    }
    return new FeedQuery(feedId, chosen);
  }

  private static String known(String name, String prefix, String value, News news) {
    String slug = prefix.isEmpty() ? value.substring(value.indexOf('/') + 1) : value;
    if (!ArticleRules.isSlug(slug)) {
      String like = prefix.isEmpty() ? "a feed id, as in /feeds" : "a slug, as in /" + prefix + "…";
      throw Refused.parameter(name, "each value must be " + like);
    }
    String feedId = prefix + value;
    if (feedId.startsWith(FeedIds.CURATED)) {
      throw Refused.parameter(
          name, "an editor's list has an order of its own and cannot be merged with others");
    }
    if (news.feed(feedId).isEmpty()) {
      throw Refused.notFound(
          name + ": there is no feed " + feedId + "; /feeds lists those there are");
    }
    return feedId;
  }

  /** Whether it is the feed of the path and nothing else. */
  boolean isPlain() {
    return chosen.isEmpty();
  }

  /** As it stands behind the question mark, always the same for the same choice. */
  String text() {
    return chosen.entrySet().stream()
        .map(parameter -> parameter.getKey() + "="
            + parameter.getValue().stream()
                .map(id -> id.substring(prefix(parameter.getKey()).length()))
                .collect(Collectors.joining(",")))
        .collect(Collectors.joining("&"));
  }

  private static String prefix(String parameter) {
    return PARAMETERS.getOrDefault(parameter, "");
  }

  FeedChoice choice() {
    List<Set<String>> anyOfEach = new ArrayList<>(chosen.values());
    if (anyOfEach.isEmpty() || !feedId.equals(FeedIds.ALL)) { // every article is in "all"
      anyOfEach.add(Set.of(feedId));
    }
    return FeedChoice.of(anyOfEach);
  }

  /** What it is called. */
  FeedSummary summary(News news, FeedSummary ofPath) {
    if (isPlain()) {
      return ofPath;
    }
    List<String> titles = new ArrayList<>();
    if (!feedId.equals(FeedIds.ALL)) {
      titles.add(ofPath.title());
    }
    chosen
        .values()
        .forEach(feeds -> titles.add(feeds.stream()
            .flatMap(id -> news.feed(id).stream())
            .map(FeedSummary::title)
            .collect(Collectors.joining(", "))));
    return new FeedSummary(
        feedId + "?" + text(), String.join(" · ", titles), news.count(choice()), 0, Instant.EPOCH);
  }
}
