package dev.newsfeed.schemas;

import dev.newsfeed.avro.CuratedEntry;
import dev.newsfeed.avro.CuratedFeed;
import dev.newsfeed.avro.MediaLink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an editor's list must satisfy to be accepted; checked by the intake and by the feeds job, as
 * {@link ArticleRules} are.
 */
public final class CuratedRules {

  /** Entries of a list: as many as the head of a feed shows. */
  public static final int MAX_ENTRIES = 100;

  private static final int MAX_TEXT = 500;

  private final List<Problem> problems = new ArrayList<>();

  private CuratedRules() {}

  /** Everything that is wrong with the list, in the order of its fields; empty: it is fine. */
  public static List<Problem> problems(CuratedFeed list) {
    CuratedRules rules = new CuratedRules();
    rules.check(list);
    return List.copyOf(rules.problems);
  }

  private void check(CuratedFeed list) {
    if (!FeedIds.isCurated(list.getFeedId())) {
      wrong("feedId", "must be curated/ and a slug: lower-case letters, digits and dashes");
    }
    text("title", list.getTitle());
    text("by", list.getBy());
    if (list.getEntries().size() > MAX_ENTRIES) {
      problems.add(Problem.tooLong("entries", list.getEntries().size(), "entries", MAX_ENTRIES));
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < list.getEntries().size(); i++) {
      entry("entries[" + i + "]", list.getEntries().get(i), seen);
    }
  }

  private void entry(String field, CuratedEntry entry, Set<String> seen) {
    String articleId = entry.getArticleId();
    MediaLink link = entry.getLink();
    if ((articleId == null) == (link == null)) {
      wrong(field, "must have either an articleId or a link");
    } else if (articleId != null) {
      if (!ArticleRules.isArticleId(articleId)) {
        wrong(field + ".articleId", "is not an article id");
      } else if (!seen.add(articleId)) {
        wrong(field + ".articleId", "stands in the list twice");
      }
    } else {
      text(field + ".link.title", link.getTitle());
      text(field + ".link.source", link.getSource());
      ArticleRules.webAddress(field + ".link.url", link.getUrl()).ifPresent(problems::add);
      if (!seen.add(link.getUrl())) {
        wrong(field + ".link.url", "stands in the list twice");
      }
    }
  }

  private void text(String field, String text) {
    if (TextRules.isBlank(text)) {
      problems.add(new Problem("missing-field", field, "must not be empty"));
    } else {
      ArticleRules.text(problems, field, text, MAX_TEXT);
    }
  }

  private void wrong(String field, String detail) {
    problems.add(new Problem("invalid-field", field, detail));
  }
}
