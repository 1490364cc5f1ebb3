package dev.newsfeed.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.newsfeed.avro.Rejected;
import dev.newsfeed.producer.intake.Replay;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was refused: which things, each one whole, and another try for it. */
@Command(
    name = "rejected",
    description = {
      "Shows what was refused, and sends it again when its reason is gone. Reads the topic at"
          + " KAFKA_BOOTSTRAP_SERVERS.",
      "",
      "  newsfeed rejected list --stage intake --since -PT6H",
      "  newsfeed rejected show 17",
      "  newsfeed rejected replay 17",
      "  newsfeed rejected replay --reason unknown-url --since 2026-11-20 --dry-run",
      ""
    })
final class RejectedCommand {

  private static final List<String> HEADINGS =
      List.of("id", "when", "stage", "reason", "field", "key", "from", "");
  private static final int CELL = 60;

  private final Shell shell;

  RejectedCommand(Shell shell) {
    this.shell = shell;
  }

  /** Which refusals are meant; all that is given must hold. */
  static final class Filter {

    @Option(names = "--reason", paramLabel = "CODE", description = "Only those, as invalid-field.")
    private @Nullable String reason;

    @Option(
        names = "--stage",
        paramLabel = "STAGE",
        description =
            "Only what it refused: intake, drop-folder, import, publication, feeds, most-read,"
                + " controls.")
    private @Nullable String stage;

    @Option(
        names = "--topic",
        paramLabel = "NAME",
        description = "Only what stood on it, with or without the prefix: articles.")
    private @Nullable String topic;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "Only from then on: a time (2026-11-20T06:00:00Z), a day in the newsroom's"
            + " zone (2026-11-20), or how long ago (-PT6H).")
    private @Nullable String since;

    boolean isEmpty() {
      return reason == null && stage == null && topic == null && since == null;
    }

    BiPredicate<Long, Rejected> in(NewsfeedSettings settings, Instant now) {
      Instant from =
          since == null ? Instant.MIN : PastMoment.parse("--since", since, now, settings.zone());
      String prefixed = settings.topics().prefix() + topic;
      return (id, refused) -> (reason == null || reason.equals(refused.getReason()))
          && (stage == null || stage.equals(refused.getStage()))
          && (topic == null
              || topic.equals(refused.getTopic())
              || prefixed.equals(refused.getTopic()))
          && !refused.getAt().isBefore(from);
    }
  }

  @Command(name = "list", description = "Prints what was refused, one line for each, newest last.")
  int list(
      @Mixin Filter filter,
      @Option(
              names = "--last",
              paramLabel = "N",
              defaultValue = "100",
              description = "The last N of them, default 100; 0: all.")
          long last,
      @Option(names = "--json", description = "A line of JSON for each.") boolean json) {
    NewsfeedSettings settings = settings();
    RefusalLog log = RefusalLog.read(
        settings.kafka(), settings.topics(), filter.in(settings, shell.clock().instant()), last);
    List<Refused> all = log.all();
    if (log.unreadable() > 0) {
      shell.err().println("passed over " + log.unreadable() + " records that are no refusals");
    }
    if (json) {
      all.forEach(refused -> shell.out().println(refused.json()));
    } else if (all.isEmpty()) {
      shell.out().println("nothing was refused");
    } else {
      List<List<String>> lines = new ArrayList<>();
      lines.add(HEADINGS);
      all.forEach(refused -> lines.add(cells(refused, settings)));
      shell.out().print(Columns.text(lines));
    }
    return 0;
  }

  private static List<String> cells(Refused refused, NewsfeedSettings settings) {
    Rejected value = refused.value();
    Rejected replayed = refused.replayed();
    return List.of(
        String.valueOf(refused.id()),
        Columns.when(value.getAt(), settings.zone()),
        cell(value.getStage()),
        cell(value.getReason()),
        cell(value.getField()),
        cell(refused.key()),
        cell(refused.source()),
        replayed == null ? "" : "replayed " + Columns.when(replayed.getAt(), settings.zone()));
  }

  private static String cell(@Nullable String text) {
    String printable = text == null ? "" : Columns.printable(text);
    return printable.length() <= CELL ? printable : printable.substring(0, CELL - 1) + "…";
  }

  @Command(name = "show", description = "Prints one of them with all that is known and its bytes.")
  int show(
      @Parameters(paramLabel = "ID", description = "As \"list\" has it.") long id,
      @Option(names = "--json", description = "As JSON.") boolean json,
      @Option(names = "--bytes", description = "Only the bytes, as they were sent.")
          boolean bytes) {
    NewsfeedSettings settings = settings();
    AtomicReference<@Nullable Refused> found = new AtomicReference<>();
    RefusalLog.read(settings.kafka(), settings.topics(), (each, value) -> each == id, 0)
        .whole(found::set);
    Refused refused = found.get();
    if (refused == null) {
      shell
          .err()
          .println("nothing with the id " + id + " is on "
              + settings.topics().rejected.name());
      return 1;
    }
    byte[] content = Replay.bytes(refused.value());
    if (bytes) {
      shell.out().write(content, 0, content.length);
      shell.out().flush();
    } else if (json) {
      ObjectNode all = refused.json();
      String text = refused.text();
      shell
          .out()
          .println(
              text == null
                  ? all.put("bytes", Base64.getEncoder().encodeToString(content))
                  : all.put("text", text));
    } else {
      shell.out().print(inWords(refused, content, settings));
    }
    return 0;
  }

  private static String inWords(Refused refused, byte[] content, NewsfeedSettings settings) {
    Rejected value = refused.value();
    Rejected replayed = refused.replayed();
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("id", String.valueOf(refused.id())));
    lines.add(List.of("when", Columns.when(value.getAt(), settings.zone())));
    lines.add(List.of("stage", Columns.printable(value.getStage())));
    lines.add(List.of("reason", Columns.printable(value.getReason())));
    lines.add(List.of("field", Columns.printable(String.valueOf(value.getField()))));
    lines.add(List.of("detail", Columns.printable(value.getDetail())));
    lines.add(List.of("key", refused.key() == null ? "none" : Columns.printable(refused.key())));
    lines.add(List.of(
        "from", refused.source().isEmpty() ? "not known" : Columns.printable(refused.source())));
    if (value.getRequest() != null) {
      lines.add(List.of("type", Columns.printable(value.getRequest().getContentType())));
    }
    lines.add(List.of(
        "size",
        value.getSize() + " bytes" + (refused.isWhole() ? "" : ", only the first part kept")));
    lines.add(List.of("sha256", Columns.printable(value.getSha256())));
    if (refused.times() > 1) {
      lines.add(List.of("times", String.valueOf(refused.times())));
    }
    lines.add(List.of(
        "replayed",
        replayed == null
            ? "no"
            : Columns.when(replayed.getAt(), settings.zone())
                + ' '
                + Columns.printable(replayed.getDetail())));
    String text = refused.text();
    return Columns.text(lines)
        + '\n'
        + (text == null ? hex(content) : text.replaceAll("[\\p{Cntrl}\\p{Cf}&&[^\\n\\t]]", "·"))
        + '\n';
  }

  /** Sixteen bytes a line; what is longer can be had with --bytes. */
  private static String hex(byte[] bytes) {
    int shown = Math.min(bytes.length, 1_024);
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < shown; i += 16) {
      int end = Math.min(shown, i + 16);
      hex.append(HexFormat.ofDelimiter(" ").formatHex(bytes, i, end)).append("  ");
      for (int j = i; j < end; j++) {
        hex.append(bytes[j] >= ' ' && bytes[j] < 0x7f ? (char) bytes[j] : '·');
      }
      hex.append('\n');
    }
    return shown == bytes.length ? hex.toString() : hex + "…\n";
  }

  @Command(
      name = "replay",
      description = "Sends what was refused again to where it came from, when the reason is gone:"
          + " the request to the intake, the record to its topic. What was sent is not sent"
          + " twice.")
  int replay(
      @Parameters(paramLabel = "ID", arity = "0..*", description = "As \"list\" has them.")
          List<Long> ids,
      @Mixin Filter filter,
      @Option(names = "--dry-run", description = "Only says what it would do.") boolean dryRun) {
    boolean byId = ids != null && !ids.isEmpty();
    if (byId != filter.isEmpty()) {
      throw new BadSettingException("say which: ids, or a --reason, --stage, --topic or --since");
    }
    NewsfeedSettings settings = settings();
    Set<Long> missing = new TreeSet<>(byId ? ids : List.of());
    AtomicInteger failed = new AtomicInteger();
    String by = shell.environment().getOrDefault("USER", "unknown");
    try (Resending resending = new Resending(settings, shell.clock(), by, dryRun)) {
      RefusalLog.read(
              settings.kafka(),
              settings.topics(),
              byId
                  ? (id, value) -> ids.contains(id)
                  : filter.in(settings, shell.clock().instant()),
              0)
          .whole(refused -> {
            missing.remove(refused.id());
            Resending.Outcome outcome = resending.send(refused);
            shell.out().println(refused.id() + "  " + Columns.printable(outcome.words()));
            failed.addAndGet(outcome.well() ? 0 : 1);
          });
    }
    missing.forEach(id -> shell.out().println(id + "  there is nothing with this id"));
    return failed.get() == 0 && missing.isEmpty() ? 0 : 1;
  }

  private NewsfeedSettings settings() {
    return NewsfeedSettings.from(shell.environment());
  }
}
