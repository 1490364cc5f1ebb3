package dev.newsfeed.app;

import dev.newsfeed.avro.Control;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an editor has decided about an article or a section.
 *
 * @param key an article id, or {@code section/world}
 * @param at when
 * @param control null: the record was deleted, which no tool of ours does
 */
public record Decision(String key, Instant at, @Nullable Control control) {

  /** {@code pinned at 3, evergreen}; "nothing" where all is as it would be without it. */
  public String inWords() {
    if (control == null) {
      return "deleted";
    }
    List<String> parts = new ArrayList<>();
    if (control.getExcluded()) {
      parts.add("excluded");
    }
    if (control.getPinnedRank() != null) {
      parts.add("pinned at " + control.getPinnedRank());
    }
    if (control.getEvergreen() != null) {
      parts.add(control.getEvergreen() ? "evergreen" : "not evergreen");
    }
    if (control.getAgeLimitDays() != null) {
      int days = control.getAgeLimitDays();
      parts.add("age limit " + days + (days == 1 ? " day" : " days"));
    }
    return parts.isEmpty() ? "nothing" : String.join(", ", parts);
  }

  /** Whether it changes anything in any list. */
  public boolean hasEffect() {
    return control != null
        && (control.getExcluded()
            || control.getPinnedRank() != null
            || control.getEvergreen() != null
            || control.getAgeLimitDays() != null);
  }

  String by() {
    return control == null ? "" : control.getBy();
  }

  String note() {
    return control == null || control.getNote() == null ? "" : control.getNote();
  }
}
