package dev.newsfeed.schemas;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.Label;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The names of feeds, and which of them an article belongs to. */
public final class FeedIds {

  /** Every published article. */
  public static final String ALL = "all";

  /** In front of the name of an editor's list. */
  public static final String CURATED = "curated/";

  /** In front of a section's slug. */
  public static final String SECTION = "section/";

  /**
   * The kind of an article that only watches how long news takes: it stands in no feed but that of its
   * kind, and no search finds it.
   */
  public static final String CANARY_KIND = "canary";

  /** The feed of that kind. */
  public static final String CANARY = "kind/" + CANARY_KIND;

  private static final String TOPIC = "topic/";
  private static final String PERSON = "person/";
  private static final String KIND = "kind/";

  private FeedIds() {}

  /** Whether a feed could have this id. */
  public static boolean isFeedId(String text) {
    return text.matches("[a-z]+(/[a-z0-9._-]{1,200})?");
  }

  /** Whether this is the feed id of an editor's list: {@code curated/top-stories}. */
  public static boolean isCurated(String feedId) {
    return feedId.startsWith(CURATED) && ArticleRules.isSlug(feedId.substring(CURATED.length()));
  }

  /**
   * The feeds of an article: all-news first, then its sections, topics, persons and kind. An article
   * that names a section twice is in it once.
   */
  public static Set<String> of(Article article) {
    if (article.getKind().equals(CANARY_KIND)) {
      return Set.of(CANARY);
    }
    Set<String> feeds = new LinkedHashSet<>();
    feeds.add(ALL);
    if (article.getSection() != null) {
      feeds.add(SECTION + article.getSection().getSlug());
    }
    article.getExtraSections().forEach(label -> feeds.add(SECTION + label.getSlug()));
    article.getTopics().forEach(label -> feeds.add(TOPIC + label.getSlug()));
    article.getPersons().forEach(label -> feeds.add(PERSON + label.getSlug()));
    feeds.add(KIND + article.getKind());
    return feeds;
  }

  /**
   * What readers see above a feed in order of time: what its newest entry calls the section, topic or
   * person. Taken from the entries as they are now, so that a withdrawn article leaves no title behind.
   *
   * @param newest null: the feed is empty, and its slug must do
   */
  public static String titleOf(String feedId, @Nullable FeedEntry newest) {
    if (feedId.equals(ALL)) {
      return "All news";
    }
    String slug = feedId.substring(feedId.indexOf('/') + 1);
    if (feedId.startsWith(KIND)) {
      return titleOfKind(slug);
    }
    return Stream.ofNullable(newest)
        .flatMap(entry -> labels(feedId, entry))
        .filter(label -> label.getSlug().equals(slug))
        .map(Label::getTitle)
        .findFirst()
        .orElseGet(() -> inWords(slug));
  }

  private static Stream<Label> labels(String feedId, FeedEntry entry) {
    if (feedId.startsWith(TOPIC)) {
      return entry.getTopics().stream();
    }
    if (feedId.startsWith(PERSON)) {
      return entry.getPersons().stream();
    }
    if (feedId.startsWith(SECTION)) {
      return Stream.concat(
          Stream.ofNullable(entry.getSection()), entry.getExtraSections().stream());
    }
    return Stream.empty();
  }

  /** A title for a slug that was given none: {@code foreign-policy} gives "Foreign policy". */
  public static String inWords(String slug) {
    String words = slug.replace('-', ' ').strip();
    return words.isEmpty()
        ? slug
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  /** What readers see above the feed of a kind: {@code press-review} gives "Press reviews". */
  public static String titleOfKind(String kind) {
    return switch (kind) {
      case "gallery" -> "Photo galleries";
      default -> inWords(kind) + "s";
    };
  }
}
