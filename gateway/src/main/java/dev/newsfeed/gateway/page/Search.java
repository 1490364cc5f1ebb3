package dev.newsfeed.gateway.page;

import dev.newsfeed.gateway.feed.FeedFormat;
import dev.newsfeed.gateway.feed.OpenSearch;
import dev.newsfeed.gateway.feed.SearchFeed;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.news.SearchPage;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * {@code /search?q=}: words, and phrases in quotes, in all that was published; with {@code
 * section=}, {@code topic=}, {@code person=}, {@code kind=}, {@code lang=}, and {@code from=} and
 * {@code to=}, dates of the newsroom; newest first or {@code sort=relevance}. A page for people, a
 * feed for programs, by extension or by Accept: a search that is kept is a feed to subscribe to.
 */
public final class Search implements Resource {

  private static final String PAGE = "/search";
  private static final String DESCRIPTION = "/search.opensearch";
  private static final int LIMIT = 20;

  private final News news;
  private final Addresses addresses;
  private final Pages pages;
  private final Clock clock;
  private final ZoneId zone;
  private final String newsroom;

  /** {@code zone}: the newsroom's, in which days begin. */
  public Search(
      News news, Addresses addresses, Pages pages, Clock clock, ZoneId zone, String newsroom) {
    this.news = news;
    this.addresses = addresses;
    this.pages = pages;
    this.clock = clock;
    this.zone = zone;
    this.newsroom = newsroom;
  }

  @Override
  public Answer answer(Ask ask) {
    if (ask.path().equals(DESCRIPTION)) {
      return Answer.ok(OpenSearch.description(addresses, newsroom), Answer.REVALIDATE);
    }
    Optional<FeedFormat> byExtension = ask.path().startsWith(PAGE + ".")
        ? FeedFormat.ofExtension(ask.pathAfter(PAGE + "."))
        : Optional.empty();
    if (byExtension.isEmpty() && !ask.path().equals(PAGE)) {
      throw Refused.notFound("there are /search, /search.json, /search.rss and /search.atom");
    }
    SearchForm form = SearchForm.of(ask);
    if (byExtension.isEmpty() && ask.wantsPage("application/rss+xml")) {
      return pages.search(form, form.isEmpty() ? null : find(form));
    }
    if (form.isEmpty()) {
      throw Refused.parameter("q", "say what to look for, or a section, topic, person or date");
    }
    SearchPage found = find(form);
    SearchFeed feed = new SearchFeed(
        addresses,
        newsroom,
        "search" + (form.value("q").isEmpty() ? "" : " for " + form.value("q")),
        form.address(),
        found.next() == null ? null : form.from(found.next()),
        found);
    return Answer.ok(
        feed.content(byExtension.orElseGet(() -> FeedFormat.accepted(ask))), Answer.MOMENT);
  }

  private SearchPage find(SearchForm form) {
    return form.query(zone, clock.instant())
        .map(query -> news.search(query, form.after(), LIMIT))
        .orElseGet(() -> new SearchPage(List.of(), null, 0, true));
  }
}
