package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.gateway.archive.Highlight;
import dev.newsfeed.gateway.archive.SearchPlace;
import dev.newsfeed.gateway.archive.SearchQuery;
import dev.newsfeed.schemas.FeedEntries;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Some of the articles that a query finds, as they are now.
 *
 * @param hits in the order that was asked for
 * @param next where the following page begins; null: this is the last one
 * @param total how many there are in all; at least so many where it is not exact
 */
public record SearchPage(List<Hit> hits, @Nullable SearchPlace next, long total, boolean exact) {

  /** An article and where in it stands what was looked for. */
  public record Hit(FeedPage.Item item, List<Highlight> highlights) {

    public Hit {
      highlights = List.copyOf(highlights);
    }

    /** The headline, with what was looked for marked. */
    public List<Highlight.Part> headline() {
      return highlights.stream()
          .filter(highlight -> highlight.in().equals("headline"))
          .map(Highlight::parts)
          .findFirst()
          .orElseGet(() -> List.of(new Highlight.Part(item.entry().getHeadline(), false)));
    }

    /** Where else it stands; nowhere, where the headline or a name is all that was found. */
    public List<Highlight> pieces() {
      return highlights.stream()
          .filter(highlight -> !highlight.in().equals("headline"))
          .toList();
    }

    static Stream<Hit> of(PublishedArticle now, SearchQuery query) {
      Article article = now.getArticle();
      List<Highlight> highlights = article == null ? List.of() : Archive.highlights(query, article);
      return FeedEntries.of(now).stream()
          .map(entry -> new Hit(new FeedPage.Item(entry, article), highlights));
    }
  }

  public SearchPage {
    hits = List.copyOf(hits);
  }

  /** The articles alone. */
  public List<FeedPage.Item> items() {
    return hits.stream().map(Hit::item).toList();
  }

  static SearchPage of(Archive archive, SearchQuery query, @Nullable SearchPlace after, int limit) {
    Archive.Found found = archive.search(query, after, limit);
    List<SearchPlace> places = found.places();
    List<Hit> hits = places.stream()
        .flatMap(place -> archive.find(place.articleId()).stream())
        .flatMap(now -> Hit.of(now, query))
        .toList();
    SearchPlace last = found.more() ? places.get(places.size() - 1) : null;
    return new SearchPage(hits, last, found.total(), found.exact());
  }
}
