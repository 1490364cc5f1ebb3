package dev.newsfeed.schemas;

import dev.newsfeed.avro.Control;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * What an editor's decision about most-read must satisfy to be accepted.
 *
 * <pre>
 * bridge          excluded, or pinned at a place; evergreen or not; its own age limit
 * section/world   excluded; an age limit for all of its articles
 * </pre>
 */
public final class ControlRules {

  /** The last place of a published list, and so the last one that can be given away. */
  public static final int LAST_PLACE = 20;

  private static final int MAX_AGE_DAYS = 3_650;
  private static final int MAX_BY = 100;
  private static final int MAX_NOTE = 1_000;

  private final List<Problem> problems = new ArrayList<>();

  private ControlRules() {}

  /** Everything that is wrong with the decision, in the order of its fields; empty: it is fine. */
  public static List<Problem> problems(Control control) {
    ControlRules rules = new ControlRules();
    rules.check(control);
    return List.copyOf(rules.problems);
  }

  /**
   * Why a record is no decision at all and changes nothing; null: it is one. That a decision is taken
   * back needs no value.
   */
  public static @Nullable Problem problem(
      Topic<Control> controls, String key, byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    Control control;
    try {
      control = controls.valueSerde().read(controls.name(), value);
    } catch (SerializationException e) {
      return new Problem(
          "not-a-control",
          "value",
          Objects.requireNonNullElse(e.getMessage(), "cannot be decoded"));
    }
    return control.getKey().equals(key)
        ? null
        : new Problem("wrong-key", "key", "the record's key must be what is decided about");
  }

  /** Whether this is a section: {@code section/world}. No article's id has a slash. */
  public static boolean isSection(String key) {
    return key.startsWith(FeedIds.SECTION)
        && ArticleRules.isSlug(key.substring(FeedIds.SECTION.length()));
  }

  /** Whether anything can be decided about this: an article or a section. */
  public static boolean isKey(String key) {
    return ArticleRules.isArticleId(key) || isSection(key);
  }

  private void check(Control control) {
    if (!isKey(control.getKey())) {
      wrong("key", "must be an article id, or section/ and a slug");
    }
    if (control.getPinnedRank() != null) {
      pinned(control, control.getPinnedRank());
    }
    if (control.getEvergreen() != null && isSection(control.getKey())) {
      wrong("evergreen", "is for an article, a section has none");
    }
    if (control.getAgeLimitDays() != null) {
      range("ageLimitDays", control.getAgeLimitDays(), MAX_AGE_DAYS);
    }
    if (TextRules.isBlank(control.getBy())) {
      problems.add(new Problem("missing-field", "by", "must not be empty"));
    }
    ArticleRules.text(problems, "by", control.getBy(), MAX_BY);
    ArticleRules.text(problems, "note", control.getNote(), MAX_NOTE);
  }

  private void pinned(Control control, int rank) {
    if (isSection(control.getKey())) {
      wrong("pinnedRank", "is for an article, a section has no place in a list");
    } else if (control.getExcluded()) {
      wrong("pinnedRank", "cannot be given to an article that is excluded");
    } else {
      range("pinnedRank", rank, LAST_PLACE);
    }
  }

  private void range(String field, int value, int max) {
    if (value < 1 || value > max) {
      problems.add(Problem.outside(field, value, 1, max));
    }
  }

  private void wrong(String field, String detail) {
    problems.add(new Problem("invalid-field", field, detail));
  }
}
