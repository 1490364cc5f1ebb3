package dev.newsfeed.gateway.news;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.FeedEntry;
import dev.newsfeed.avro.PublishedArticle;
import dev.newsfeed.gateway.archive.Archive;
import dev.newsfeed.schemas.FeedEntries;
import dev.newsfeed.schemas.FeedIds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An article that readers of another one may read also.
 *
 * @param why {@code editor} where she chose it; else the feeds in which both stand, such as {@code
 *     person/ada-lovelace}, and {@code words} where it is the text that brings them together
 */
public record ReadAlso(FeedEntry entry, List<String> why) {

  /** What {@link #why} says of an editor's choice. */
  public static final String EDITOR = "editor";

  private static final int MAX = 10;

  public ReadAlso {
    why = List.copyOf(why);
  }

  /** Whether an editor chose it. */
  public boolean chosen() {
    return why.contains(EDITOR);
  }

  /**
   * What readers of an article may read also: what an editor chose, in her order, then what is
   * related to it, newest first. Never itself, nor what is not listed now.
   */
  static List<ReadAlso> of(Article article, Archive archive, Instant now) {
    List<ReadAlso> chosen = new ArrayList<>();
    Set<String> known = new HashSet<>(Set.of(article.getArticleId()));
    for (String id : article.getReadAlso()) {
      if (known.add(id) && chosen.size() < MAX) {
        listed(archive, id).ifPresent(other -> chosen.add(of(other, List.of(EDITOR))));
      }
    }
    // of twice as many, because some may have been withdrawn since the archive was last refreshed
    List<ReadAlso> related = archive.related(article, known, now, 2 * MAX).stream()
        .flatMap(id -> listed(archive, id).stream())
        .limit(MAX - chosen.size())
        .map(other -> of(other, why(article, other)))
        .sorted(Comparator.<ReadAlso, Instant>comparing(other -> other.entry().getFeedTime())
            .reversed()
            .thenComparing(other -> other.entry().getArticleId()))
        .toList();
    return Stream.concat(chosen.stream(), related.stream()).toList();
  }

  private static Optional<PublishedArticle> listed(Archive archive, String articleId) {
    return archive.find(articleId).filter(found -> !FeedEntries.feedsOf(found).isEmpty());
  }

  private static ReadAlso of(PublishedArticle listed, List<String> why) {
    return new ReadAlso(FeedEntries.of(listed).orElseThrow(), why);
  }

  private static List<String> why(Article article, PublishedArticle other) {
    Set<String> feeds = FeedEntries.feedsOf(other);
    List<String> why = new ArrayList<>();
    boolean near = false;
    for (String feedId : FeedIds.of(article)) {
      boolean label = feedId.startsWith("person/") || feedId.startsWith("topic/");
      if (feeds.contains(feedId) && (label || feedId.startsWith("section/"))) {
        why.add(feedId);
        near |= label;
      }
    }
    if (!near) {
      why.add("words"); // a section alone brings nothing together
    }
    return why;
  }
}
