package dev.newsfeed.gateway.news;

import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.archive.SearchPlace;
import dev.newsfeed.gateway.archive.SearchQuery;
import dev.newsfeed.schemas.FeedEntries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the articles that a query finds, as they are now.
 *
 * @param next where the following page begins; null: this is the last one
 * @param total how many there are in all; at least so many where it is not exact
 */
public record SearchPage(
    List<FeedPage.Item> items, @Nullable SearchPlace next, long total, boolean exact) {

  public SearchPage {
    items = List.copyOf(items);
  }

  static SearchPage of(Archive archive, SearchQuery query, @Nullable SearchPlace after, int limit) {
    Archive.Found found = archive.search(query, after, limit);
    List<SearchPlace> places = found.places();
    List<FeedPage.Item> items = places.stream()
        .flatMap(place -> archive.find(place.articleId()).stream())
        .flatMap(now ->
            FeedEntries.of(now).map(entry -> new FeedPage.Item(entry, now.getArticle())).stream())
        .toList();
    SearchPlace last = found.more() ? places.get(places.size() - 1) : null;
    return new SearchPage(items, last, found.total(), found.exact());
  }
}
