package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.Label;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What editors have decided: about articles by their id, about whole sections by {@code
 * section/world}. Never changes; what is decided later stands in another one.
 */
final class Controls {

  static final Controls NONE = new Controls(Map.of());

  private static final String SECTION = "section/";

  private final Map<String, Control> articles = new HashMap<>();
  private final Map<String, Control> sections = new HashMap<>();
  private final Set<String> pinned = new HashSet<>();

  /** The last decision of each key. */
  Controls(Map<String, Control> decisions) {
    decisions.forEach((key, decision) -> {
      if (key.startsWith(SECTION)) {
        sections.put(key.substring(SECTION.length()), decision);
        return;
      }
      articles.put(key, decision);
      Integer rank = decision.getPinnedRank();
      if (rank != null && rank > 0) {
        pinned.add(key);
      }
    });
  }

  /** What was decided about an article; null: nothing. */
  @Nullable
  Control article(String articleId) {
    return articles.get(articleId);
  }

  /** What was decided about a section; null: nothing, or there is no section. */
  @Nullable
  Control section(@Nullable Label section) {
    return section == null ? null : sections.get(section.getSlug());
  }

  /** Whether a section is excluded as a whole. */
  boolean excludes(String section) {
    Control decision = sections.get(section);
    return decision != null && decision.getExcluded();
  }

  /** What was decided about the section that a scope is; null: nothing, or it is no section. */
  @Nullable
  Control ofScope(String scope) {
    return scope.startsWith(SECTION) ? sections.get(scope.substring(SECTION.length())) : null;
  }

  /** Whether an article is to stand at a rank of its own. */
  boolean pins(String articleId) {
    return !pinned.isEmpty() && pinned.contains(articleId);
  }
}
