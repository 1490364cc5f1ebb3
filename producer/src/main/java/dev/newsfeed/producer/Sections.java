package dev.newsfeed.producer;

import dev.newsfeed.avro.Article;
import dev.newsfeed.avro.Label;
import dev.newsfeed.schemas.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who names a section that the newsroom does not have. The article is taken all the same: it is in
 * all-news, and in a feed of the section as it is spelt, so that a misspelt slug costs nobody a story.
 */
public final class Sections {

  private static final Logger LOG = LoggerFactory.getLogger(Sections.class);
  private static final int LOGGED_AT_MOST = 1_000;

  private final Set<String> known;
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /** The newsroom's sections; none: any will do. */
  public Sections(List<String> slugs) {
    this.known = Set.copyOf(slugs);
  }

  /** A warning for each section of the article that is none of the newsroom's. */
  public List<Problem> unknown(Article article) {
    List<Problem> warnings = new ArrayList<>();
    if (!known.isEmpty()) {
      if (article.getSection() != null) {
        check("section", article.getSection(), warnings);
      }
      for (int i = 0; i < article.getExtraSections().size(); i++) {
        check("extraSections[" + i + "]", article.getExtraSections().get(i), warnings);
      }
    }
    return warnings;
  }

  private void check(String field, Label section, List<Problem> warnings) {
    String slug = section.getSlug();
    if (known.contains(slug)) {
      return;
    }
    warnings.add(
        new Problem(
            "unknown-section",
            field,
            "is none of the newsroom's sections: the article is in all-news and in a feed of that name"));
    if (logged.size() < LOGGED_AT_MOST && logged.add(slug)) {
      LOG.warn("articles come with an unknown section slug={}", slug);
    }
  }
}
