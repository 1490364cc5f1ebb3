package dev.newsfeed.schemas;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The names of feeds, and which of them an article belongs to. */
public final class FeedIds {

  /** Every published article. */
  public static final String ALL = "all";

  /** In front of the name of an editor's list. */
  public static final String CURATED = "curated/";

  private FeedIds() {}

  /** Whether this is the feed id of an editor's list: {@code curated/top-stories}. */
  public static boolean isCurated(String feedId) {
    return feedId.startsWith(CURATED) && ArticleRules.isSlug(feedId.substring(CURATED.length()));
  }

  /**
   * The feeds of an article with their titles, as the article gives them: all-news first, then its
   * sections, topics, persons and kind. An article that names a section twice is in it once.
   */
  public static Map<String, String> of(Article article) {
    Map<String, String> titles = new LinkedHashMap<>();
    titles.put(ALL, "All news");
    if (article.getSection() != null) {
      add(titles, "section/", List.of(article.getSection()));
    }
    add(titles, "section/", article.getExtraSections());
    add(titles, "topic/", article.getTopics());
    add(titles, "person/", article.getPersons());
    titles.put("kind/" + article.getKind(), titleOfKind(article.getKind()));
    return titles;
  }

  /** What readers see above the feed of a kind: {@code press-review} gives "Press reviews". */
  public static String titleOfKind(String kind) {
    return switch (kind) {
      case "gallery" -> "Photo galleries";
      default ->
        kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1).replace('-', ' ') + "s";
    };
  }

  private static void add(Map<String, String> titles, String prefix, List<Label> labels) {
    for (Label label : labels) {
      titles.putIfAbsent(prefix + label.getSlug(), label.getTitle());
    }
  }
}
