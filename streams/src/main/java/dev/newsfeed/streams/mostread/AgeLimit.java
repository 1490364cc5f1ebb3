package dev.newsfeed.streams.mostread;

import dev.newsfeed.avro.Control;
import dev.newsfeed.avro.state.Listing;
import java.time.Duration;

/**
 * How long after it was published or republished an article may be listed.
 *
 * @param by who has set it
 * @param ms {@link Long#MAX_VALUE}: it may always be
 */
public record AgeLimit(By by, long ms) {

  /** In the order in which they are asked. */
  public enum By {
    /** An editor, for this article. */
    DECISION,
    /** The article itself: it is evergreen. */
    ARTICLE,
    /** An editor, for its section. */
    SECTION_DECISION,
    /** The newsroom, for all. */
    NEWSROOM
  }

  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** What is decided about the article goes before what it says itself, and that before its section. */
  static AgeLimit of(String articleId, Listing listing, Controls controls, ListRules rules) {
    Control own = controls.article(articleId);
    Control section = controls.section(listing.getSection());
    Boolean evergreen = own == null ? null : own.getEvergreen();
    if (evergreen != null && evergreen) {
      return new AgeLimit(By.DECISION, Long.MAX_VALUE);
    } else if (own != null && own.getAgeLimitDays() != null) {
      return new AgeLimit(By.DECISION, own.getAgeLimitDays() * DAY_MS);
    } else if (evergreen == null && listing.getEvergreen()) {
      return new AgeLimit(By.ARTICLE, Long.MAX_VALUE);
    } else if (section != null && section.getAgeLimitDays() != null) {
      return new AgeLimit(By.SECTION_DECISION, section.getAgeLimitDays() * DAY_MS);
    }
    return new AgeLimit(By.NEWSROOM, rules.ageLimit().toMillis());
  }
}
