package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Control;
import dev.newsfeed.schemas.ControlRules;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Decides about most-read, as an editor's tool does. A decision on the topic is the whole one, an
 * editor changes one thing of it: the one in force is read from the topic, changed, and sent through
 * the intake.
 */
@Command(
    name = "control",
    description = {
      "Decides about an article or a section in most-read. Needs the intake (NEWSFEED_INTAKE_URL), and"
          + " KAFKA_BOOTSTRAP_SERVERS to know what is decided already. See also \"newsfeed controls\".",
      "",
      "  newsfeed control exclude flood-2026-11 --note \"in memoriam page\"",
      "  newsfeed control pin bridge 1 --by mara",
      "  newsfeed control age-limit section/sport 3",
      ""
    })
final class ControlCommand {

  private static final String EITHER = "An article's id, or section/world.";
  private static final String ARTICLE = "The article's id.";

  private final Shell shell;

  ControlCommand(Shell shell) {
    this.shell = shell;
  }

  /** Who decides and why. */
  static final class Reason {

    @Option(names = "--by", paramLabel = "NAME", description = "Who decides; default: you.")
    private @Nullable String by;

    @Option(names = "--note", paramLabel = "TEXT", description = "Why.")
    private @Nullable String note;
  }

  @Command(
      name = "exclude",
      description = "Out of every list, and off its place; its reads go on counting.")
  int exclude(
      @Parameters(paramLabel = "KEY", description = EITHER) String key, @Mixin Reason reason) {
    return change(key, reason, c -> c.setExcluded(true).setPinnedRank(null));
  }

  @Command(name = "include", description = "Into the lists again, with all of its reads.")
  int include(
      @Parameters(paramLabel = "KEY", description = EITHER) String key, @Mixin Reason reason) {
    return change(key, reason, c -> c.setExcluded(false));
  }

  @Command(name = "pin", description = "At this place in each of its lists, whatever its reads.")
  int pin(
      @Parameters(paramLabel = "ID", description = ARTICLE) String key,
      @Parameters(paramLabel = "RANK", description = "1 to " + ControlRules.LAST_PLACE + ".")
          int rank,
      @Mixin Reason reason) {
    return change(key, reason, c -> c.setPinnedRank(rank));
  }

  @Command(name = "unpin", description = "Where its reads put it.")
  int unpin(
      @Parameters(paramLabel = "ID", description = ARTICLE) String key, @Mixin Reason reason) {
    return change(key, reason, c -> c.setPinnedRank(null));
  }

  /** What can be said of an article's evergreenness. */
  enum Evergreen {
    yes,
    no,
    own
  }

  @Command(name = "evergreen", description = "Exempts an article from age limits, or does not.")
  int evergreen(
      @Parameters(paramLabel = "ID", description = ARTICLE) String key,
      @Parameters(
              paramLabel = "yes|no|own",
              arity = "0..1",
              defaultValue = "yes",
              description = "own: as the article itself says. Default: yes.")
          Evergreen evergreen,
      @Mixin Reason reason) {
    Boolean value = switch (evergreen) {
      case yes -> Boolean.TRUE;
      case no -> Boolean.FALSE;
      case own -> null;
    };
    return change(key, reason, c -> c.setEvergreen(value));
  }

  @Command(
      name = "age-limit",
      description =
          "Keeps articles older than this out. An article's own limit wins over its section's.")
  int ageLimit(
      @Parameters(paramLabel = "KEY", description = EITHER) String key,
      @Parameters(paramLabel = "DAYS", description = "0: no limit of its own.") int days,
      @Mixin Reason reason) {
    return change(key, reason, c -> c.setAgeLimitDays(days == 0 ? null : days));
  }

  @Command(name = "clear", description = "Takes back all that was decided.")
  int clear(
      @Parameters(paramLabel = "KEY", description = EITHER) String key, @Mixin Reason reason) {
    return change(
        key,
        reason,
        c -> c.setExcluded(false).setPinnedRank(null).setEvergreen(null).setAgeLimitDays(null));
  }

  private int change(String key, Reason reason, UnaryOperator<Control.Builder> change) {
    NewsfeedSettings settings = NewsfeedSettings.from(shell.environment());
    if (!ControlRules.isKey(key)) {
      throw new BadSettingException(key + " is neither an article's id nor section/ and a slug");
    }
    Decision before = DecisionLog.read(
            settings.kafka(), settings.topics().controls, line -> shell.err().println(line))
        .about(key)
        .last();
    Control inForce = before == null ? null : before.control();
    Control decided = change
        .apply(inForce == null ? undecided(key) : Control.newBuilder(inForce))
        .setBy(reason.by == null ? user() : reason.by)
        .setNote(reason.note)
        .build();
    IntakeClient.Answer answer = IntakeClient.of(settings).decide(key, json(decided));
    if (!answer.accepted()) {
      shell.err().println("refused " + key + ": " + answer.problem());
      return 1;
    }
    String was = before == null ? "" : " (was: " + before.inWords() + ")";
    shell.out().println(key + ": " + new Decision(key, decided.getAt(), decided).inWords() + was);
    return 0;
  }

  /** The intake says when it was decided. */
  private static Control.Builder undecided(String key) {
    return Control.newBuilder().setKey(key).setAt(Instant.EPOCH);
  }

  private static ObjectNode json(Control decided) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("excluded", decided.getExcluded())
        .put("pinnedRank", decided.getPinnedRank())
        .put("evergreen", decided.getEvergreen())
        .put("ageLimitDays", decided.getAgeLimitDays())
        .put("by", decided.getBy())
        .put("note", decided.getNote());
  }

  private String user() {
    return shell.environment().getOrDefault("USER", "newsfeed control");
  }
}
