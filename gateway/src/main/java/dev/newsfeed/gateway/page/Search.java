package dev.newsfeed.gateway.page;

import dev.newsfeed.gateway.feed.SearchFeed;
import dev.newsfeed.gateway.http.Addresses;
import dev.newsfeed.gateway.http.Answer;
import dev.newsfeed.gateway.http.Ask;
import dev.newsfeed.gateway.http.Refused;
import dev.newsfeed.gateway.http.Resource;
import dev.newsfeed.gateway.news.News;
import dev.newsfeed.gateway.news.SearchPage;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * {@code /search?q=}: words, and phrases in quotes, in all that was published; with {@code
 * section=}, {@code topic=}, {@code person=}, and {@code from=} and {@code to=}, dates of the
 * newsroom; newest first or {@code sort=relevance}. A page for people, a JSON Feed for programs.
 */
public final class Search implements Resource {

  private static final String JSON = "/search.json";
  private static final String PAGE = "/search";
  private static final int LIMIT = 20;

  private final News news;
  private final Addresses addresses;
  private final Pages pages;
  private final ZoneId zone;
  private final String newsroom;

  /** {@code zone}: the newsroom's, in which days begin. */
  public Search(News news, Addresses addresses, Pages pages, ZoneId zone, String newsroom) {
    this.news = news;
    this.addresses = addresses;
    this.pages = pages;
    this.zone = zone;
    this.newsroom = newsroom;
  }

  @Override
  public Answer answer(Ask ask) {
    if (!ask.path().equals(PAGE) && !ask.path().equals(JSON)) {
      throw Refused.notFound("there are /search and /search.json");
    }
    SearchForm form = SearchForm.of(ask);
    if (ask.path().equals(PAGE) && ask.wantsPage()) {
      return pages.search(form, form.isEmpty() ? null : find(form));
    }
    if (form.isEmpty()) {
      throw Refused.parameter("q", "say what to look for, or a section, topic, person or date");
    }
    SearchPage found = find(form);
    SearchFeed feed = new SearchFeed(
        newsroom + ": search",
        address(PAGE, form.asked()),
        address(JSON, form.asked()),
        found.next() == null ? "" : address(JSON, form.from(found.next())),
        addresses,
        found);
    return Answer.ok(feed.content(), Answer.MOMENT);
  }

  private String address(String path, Map<String, String> parameters) {
    return addresses.absolute(Addresses.path(path, parameters));
  }

  private SearchPage find(SearchForm form) {
    return form.query(zone)
        .map(query -> news.search(query, form.after(), LIMIT))
        .orElseGet(() -> new SearchPage(List.of(), null, 0, true));
  }
}
