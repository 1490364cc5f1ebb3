package dev.newsfeed.producer.formats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.newsfeed.avro.Control;
import dev.newsfeed.producer.InvalidEventException;
import dev.newsfeed.schemas.ControlRules;
import dev.newsfeed.schemas.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An editor's decision about most-read as newsrooms send it: always the whole decision, so what is not
 * said is as the article itself, its section or the newsroom has it.
 *
 * <pre>
 * {"excluded": false,          out of every list; required, so that nobody includes again by forgetting
 *  "pinnedRank": 1,            1 to 20
 *  "evergreen": true,          or false
 *  "ageLimitDays": 3,
 *  "by": "mara", "note": "the bridge is closed until Sunday"}
 * </pre>
 */
public final class ControlJson {

  private ControlJson() {}

  /**
   * The decision, ready to be sent.
   *
   * @param key an article id, or {@code section/world}
   * @param now the moment of the decision
   * @throws InvalidEventException naming everything that is wrong
   */
  public static Control read(JsonNode json, String key, Instant now) {
    List<Problem> problems = new ArrayList<>();
    JsonFields in = JsonFields.ofBody(json, problems);
    if (!in.has("excluded")) {
      in.missing("excluded", "is required: a control is the whole decision");
    }
    Control control = Control.newBuilder()
        .setKey(key)
        .setExcluded(in.flag("excluded", false))
        .setPinnedRank(in.smallNumber("pinnedRank"))
        .setEvergreen(in.flag("evergreen"))
        .setAgeLimitDays(in.smallNumber("ageLimitDays"))
        .setBy(in.requiredText("by"))
        .setAt(now)
        .setNote(in.text("note"))
        .build();
    in.end();
    InvalidEventException.throwIfAny(problems, ControlRules.problems(control));
    return control;
  }
}
